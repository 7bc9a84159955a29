#include "services/registration/domain/close_organisation.hpp"
#include "services/registration/domain/found_organisation.hpp"
#include "services/registration/domain/move_organisation.hpp"
#include "services/registration/domain/testing.hpp"

namespace gonghui::registration {
namespace {

using namespace testing;

FoundOrganisation a_new_union()
{
    FoundOrganisation command;
    command.organisation_id = firm;
    command.parent_id = township;
    command.kind = OrganisationKind::union_;
    command.form = OrganisationForm::enterprise;
    command.code = " 91350100m000100y43";
    command.name = "机床厂工会";
    return command;
}

FoundOrganisationFacts below_a_township()
{
    FoundOrganisationFacts facts;
    facts.standing = inside;
    facts.parent = organisation(township, OrganisationKind::township, district);
    return facts;
}

const Actor township_office = holder(Role::township, township);

TEST(FoundOrganisation, KeepsTheCodeInItsNormalForm)
{
    const auto founded = found_organisation(below_a_township(), a_new_union(), township_office, now);
    ASSERT_TRUE(founded);
    EXPECT_EQ(founded->code, "91350100M000100Y43");
    EXPECT_EQ(founded->parent_id, township);
    EXPECT_FALSE(founded->new_employment);
    EXPECT_EQ(founded->at, now);
}

TEST(FoundOrganisation, IsForWhoeverCoversTheParent)
{
    auto facts = below_a_township();
    EXPECT_EQ(code_of(found_organisation(facts, a_new_union(), holder(Role::officer, firm), now)),
              refusal::not_permitted);
    facts.standing = outside;
    EXPECT_EQ(code_of(found_organisation(facts, a_new_union(), township_office, now)), refusal::not_permitted);
    EXPECT_EQ(code_of(found_organisation(facts, a_new_union(), operator_command(), now)), "accepted");
}

TEST(FoundOrganisation, RefusesABadOrTakenCode)
{
    auto command = a_new_union();
    command.code = "91350100M000100Y44";
    EXPECT_EQ(code_of(found_organisation(below_a_township(), command, township_office, now)),
              refusal::wrong_check_digit);
    auto facts = below_a_township();
    facts.code_taken = true;
    EXPECT_EQ(code_of(found_organisation(facts, a_new_union(), township_office, now)), refusal::code_taken);
}

TEST(FoundOrganisation, HasOneRoot)
{
    FoundOrganisation command;
    command.organisation_id = city;
    command.kind = OrganisationKind::city;
    FoundOrganisationFacts facts;
    facts.standing = outside;
    EXPECT_EQ(code_of(found_organisation(facts, command, operator_command(), now)), refusal::wrong_place_in_tree);
    facts.tree_is_empty = true;
    EXPECT_EQ(code_of(found_organisation(facts, command, operator_command(), now)), "accepted");
    command.kind = OrganisationKind::district;
    EXPECT_EQ(code_of(found_organisation(facts, command, operator_command(), now)), "accepted");
    command.kind = OrganisationKind::township;
    EXPECT_EQ(code_of(found_organisation(facts, command, operator_command(), now)), refusal::wrong_place_in_tree);
}

TEST(FoundOrganisation, KeepsTheLevelsInOrder)
{
    const auto the_city = organisation(city, OrganisationKind::city, city);
    const auto the_district = organisation(district, OrganisationKind::district, city);
    const auto the_township = organisation(township, OrganisationKind::township, district);
    auto village = a_union();
    village.form = OrganisationForm::village;
    EXPECT_TRUE(may_stand_below(OrganisationKind::district, the_city));
    EXPECT_TRUE(may_stand_below(OrganisationKind::township, the_district));
    EXPECT_TRUE(may_stand_below(OrganisationKind::union_, the_township));
    EXPECT_TRUE(may_stand_below(OrganisationKind::union_, the_district));
    EXPECT_TRUE(may_stand_below(OrganisationKind::union_, village));
    EXPECT_FALSE(may_stand_below(OrganisationKind::union_, a_union()));
    EXPECT_FALSE(may_stand_below(OrganisationKind::union_, the_city));
    EXPECT_FALSE(may_stand_below(OrganisationKind::township, the_city));
    EXPECT_FALSE(may_stand_below(OrganisationKind::district, the_township));
    EXPECT_FALSE(may_stand_below(OrganisationKind::city, the_city));
}

TEST(FoundOrganisation, RefusesWhatIsKnownOrHasNoParent)
{
    auto facts = below_a_township();
    facts.exists = true;
    EXPECT_EQ(code_of(found_organisation(facts, a_new_union(), township_office, now)), refusal::organisation_exists);
    facts = below_a_township();
    facts.parent->closed = true;
    EXPECT_EQ(code_of(found_organisation(facts, a_new_union(), township_office, now)), refusal::organisation_closed);
    facts.parent.reset();
    EXPECT_EQ(code_of(found_organisation(facts, a_new_union(), operator_command(), now)),
              refusal::unknown_organisation);
}

TEST(MoveOrganisation, NeverMakesACircle)
{
    MoveOrganisationFacts facts;
    facts.standing = inside;
    facts.organisation = a_union();
    facts.organisation->form = OrganisationForm::village;
    facts.parent = a_union(other_firm);
    facts.parent->form = OrganisationForm::joint;
    const MoveOrganisation command{firm, other_firm};
    EXPECT_EQ(code_of(move_organisation(facts, command, township_office, now)), "accepted");
    facts.parent_is_below = true;
    EXPECT_EQ(code_of(move_organisation(facts, command, township_office, now)), refusal::wrong_place_in_tree);
}

TEST(MoveOrganisation, NeedsBothEndsInTheMoversPlace)
{
    EXPECT_FALSE(both(inside, outside).covers_target);
    EXPECT_FALSE(both(outside, inside).covers_target);
    EXPECT_TRUE(both(inside, inside).covers_target);
    EXPECT_FALSE(both(inside, without_role).holds_role);
}

TEST(CloseOrganisation, SendsEveryoneUpTheTree)
{
    CloseOrganisationFacts facts;
    facts.standing = inside;
    facts.organisation = a_union();
    facts.members = {{zhang, MembershipState::member, firm}, {li, MembershipState::retained, firm}};
    facts.waiting = {{ApplicationId{uuid(50)}, PersonId{uuid(51)}}};
    facts.officers = {PersonId{uuid(99)}};
    const auto events = close_organisation(facts, {firm}, township_office, now);
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 5U);
    EXPECT_EQ(std::get<MemberTransferred>((*events)[0]), (MemberTransferred{zhang, firm, township, std::nullopt, now}));
    EXPECT_EQ(std::get<MemberTransferred>((*events)[1]).stays_retained, true);
    EXPECT_EQ(std::get<ApplicationRefused>((*events)[2]).reason, ApplicationRefusalReason::wrong_union);
    EXPECT_EQ(std::get<RoleRevoked>((*events)[3]).place_id, firm);
    EXPECT_EQ(std::get<OrganisationClosed>((*events)[4]), (OrganisationClosed{firm, township, now}));
}

TEST(CloseOrganisation, RefusesWhatCannotBeClosed)
{
    CloseOrganisationFacts facts;
    facts.standing = inside;
    EXPECT_EQ(code_of(close_organisation(facts, {firm}, township_office, now)), refusal::unknown_organisation);
    facts.organisation = organisation(township, OrganisationKind::township, district);
    EXPECT_EQ(code_of(close_organisation(facts, {township}, township_office, now)), refusal::not_a_union);
    facts.organisation = a_union();
    facts.has_open_below = true;
    EXPECT_EQ(code_of(close_organisation(facts, {firm}, township_office, now)), refusal::organisation_not_empty);
    facts.organisation->closed = true;
    EXPECT_EQ(code_of(close_organisation(facts, {firm}, township_office, now)), refusal::organisation_closed);
}

}  // namespace
}  // namespace gonghui::registration
