#include "services/registration/domain/roles.hpp"

#include "services/registration/domain/testing.hpp"

namespace gonghui::registration {
namespace {

using namespace testing;

RoleFacts at(OrganisationKind kind)
{
    RoleFacts facts;
    facts.standing = inside;
    facts.place = organisation(firm, kind, township);
    return facts;
}

std::string_view grant(const Actor& actor, Office office, OrganisationKind kind)
{
    return code_of(grant_role(at(kind), {zhang, office, firm}, actor, now));
}

TEST(GrantRole, GivesOnlyRolesBelowOnesOwn)
{
    EXPECT_EQ(grant(holder(Role::township, township), Office::officer, OrganisationKind::union_), "accepted");
    EXPECT_EQ(grant(holder(Role::township, township), Office::township, OrganisationKind::township),
              refusal::role_not_below_own);
    EXPECT_EQ(grant(holder(Role::district, district), Office::township, OrganisationKind::township), "accepted");
    EXPECT_EQ(grant(holder(Role::district, district), Office::district, OrganisationKind::district),
              refusal::role_not_below_own);
    EXPECT_EQ(grant(holder(Role::city, city), Office::city, OrganisationKind::city), refusal::role_not_below_own);
    EXPECT_EQ(grant(operator_command(), Office::city, OrganisationKind::city), "accepted");
    EXPECT_EQ(grant(holder(Role::officer, firm), Office::officer, OrganisationKind::union_), refusal::not_permitted);
}

TEST(GrantRole, FitsTheLevelOfThePlace)
{
    EXPECT_EQ(grant(operator_command(), Office::officer, OrganisationKind::township), refusal::role_does_not_fit_place);
    EXPECT_EQ(grant(operator_command(), Office::township, OrganisationKind::union_), refusal::role_does_not_fit_place);
}

TEST(GrantRole, RefusesARoleTwice)
{
    auto facts = at(OrganisationKind::union_);
    facts.held = true;
    EXPECT_EQ(code_of(grant_role(facts, {zhang, Office::officer, firm}, operator_command(), now)),
              refusal::role_already_held);
}

TEST(RevokeRole, NeedsARoleThatIsHeld)
{
    auto facts = at(OrganisationKind::union_);
    const RevokeRole command{zhang, Office::officer, firm};
    EXPECT_EQ(code_of(revoke_role(facts, command, operator_command(), now)), refusal::role_not_held);
    facts.held = true;
    EXPECT_EQ(code_of(revoke_role(facts, command, holder(Role::township, township), now)), "accepted");
    facts.standing = outside;
    EXPECT_EQ(code_of(revoke_role(facts, command, holder(Role::township, township), now)), refusal::not_permitted);
}

}  // namespace
}  // namespace gonghui::registration
