#include "services/registration/domain/applications.hpp"

#include "services/registration/domain/testing.hpp"

namespace gonghui::registration {
namespace {

using namespace testing;

SubmitApplication an_application()
{
    SubmitApplication command;
    command.application_id = ApplicationId{uuid(50)};
    command.organisation_id = firm;
    command.name = Personal(" 张三");
    command.id_number = Personal("11010519491231002x");
    command.phone = Personal("+8613800001234");
    return command;
}

SubmitApplicationFacts open_union()
{
    SubmitApplicationFacts facts;
    facts.standing = outside;
    facts.organisation = a_union();
    facts.phone_is_actors = true;
    return facts;
}

std::string_view apply(const SubmitApplicationFacts& facts, const SubmitApplication& command)
{
    return code_of(submit_application(facts, command, worker({}), now));
}

TEST(SubmitApplication, ReadsTheApplicantInNormalForm)
{
    const auto applicant = submit_application(open_union(), an_application(), worker({}), now);
    ASSERT_TRUE(applicant);
    EXPECT_EQ(applicant->name.reveal(), "张三");
    EXPECT_EQ(applicant->id_number.reveal(), "11010519491231002X");
    EXPECT_EQ(applicant->phone.reveal(), "13800001234");
    EXPECT_EQ(applicant->sex, Sex::female);
    EXPECT_EQ(applicant->birth_year, 1949);
}

TEST(SubmitApplication, BelievesTheNumberMoreThanTheForm)
{
    auto command = an_application();
    command.sex = Sex::male;
    command.birth_year = 1999;
    EXPECT_EQ(submit_application(open_union(), command, worker({}), now)->sex, Sex::female);
    command.id_number = Personal("ABC110090010101");
    EXPECT_EQ(submit_application(open_union(), command, worker({}), now)->birth_year, 1999);
    command.birth_year.reset();
    const auto refused = submit_application(open_union(), command, worker({}), now);
    EXPECT_EQ(code_of(refused), refusal::missing_value);
    EXPECT_EQ(std::get<std::string>(refused.error().facts.at(0).value), "birth_year");
}

TEST(SubmitApplication, TakesAWorkersOwnNumberAlone)
{
    auto facts = open_union();
    facts.phone_is_actors = false;
    EXPECT_EQ(apply(facts, an_application()), refusal::phone_unconfirmed);
    facts.standing = {true, true};
    EXPECT_EQ(code_of(submit_application(facts, an_application(), holder(Role::officer, firm), now)), "accepted")
        << "who takes an application at a stall has the applicant before them";
}

TEST(SubmitApplication, NamesTheBadField)
{
    auto command = an_application();
    command.id_number = Personal("110105194912310020");
    const auto refused = submit_application(open_union(), command, worker({}), now);
    EXPECT_EQ(code_of(refused), refusal::wrong_check_digit);
    EXPECT_EQ(std::get<std::string>(refused.error().facts.at(0).value), "id_number");
    command = an_application();
    command.email = Personal("zhang");
    EXPECT_EQ(apply(open_union(), command), refusal::bad_email);
}

TEST(SubmitApplication, RefusesWhoIsInOrWaits)
{
    auto facts = open_union();
    facts.applicant = MembershipState::member;
    EXPECT_EQ(apply(facts, an_application()), refusal::already_member);
    facts.applicant = MembershipState::applied;
    EXPECT_EQ(apply(facts, an_application()), refusal::already_applied);
    facts.applicant = MembershipState::left;
    EXPECT_EQ(apply(facts, an_application()), "accepted");
}

TEST(SubmitApplication, GoesToAnOpenUnion)
{
    auto facts = open_union();
    facts.organisation->closed = true;
    EXPECT_EQ(apply(facts, an_application()), refusal::organisation_closed);
    facts.organisation = organisation(township, OrganisationKind::township, district);
    EXPECT_EQ(apply(facts, an_application()), refusal::not_a_union);
    facts.organisation.reset();
    EXPECT_EQ(apply(facts, an_application()), refusal::unknown_organisation);
}

TEST(SubmitApplication, AnOfficerCollectsForTheirOwnUnion)
{
    auto facts = open_union();
    EXPECT_EQ(code_of(submit_application(facts, an_application(), holder(Role::officer, other_firm), now)),
              refusal::not_permitted);
    facts.standing = inside;
    EXPECT_EQ(code_of(submit_application(facts, an_application(), holder(Role::officer, firm), now)), "accepted");
}

DecideApplicationFacts waiting()
{
    DecideApplicationFacts facts;
    facts.standing = inside;
    facts.application.emplace();
    facts.application->id = ApplicationId{uuid(50)};
    facts.application->person = zhang;
    facts.application->organisation = firm;
    facts.application->waiting = true;
    facts.application->name = Sealed{Bytes(3, std::byte{1})};
    facts.application->sex = Sex::female;
    facts.application->birth_year = 1949;
    facts.organisation = a_union();
    facts.organisation->new_employment = true;
    facts.applicant = MembershipState::applied;
    return facts;
}

const ApproveApplication approval{ApplicationId{uuid(50)}, std::nullopt};

TEST(ApproveApplication, MakesAMemberOfTheApplicant)
{
    const auto joined = approve_application(waiting(), approval, holder(Role::officer, firm), now);
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->person_id, zhang);
    EXPECT_EQ(joined->organisation_id, firm);
    EXPECT_EQ(joined->verification, Verification::officer);
    EXPECT_TRUE(joined->new_employment);
    EXPECT_EQ(joined->name, waiting().application->name) << "sealed as it was";
    EXPECT_EQ(joined->application_id, approval.application_id);
}

TEST(ApproveApplication, SaysWhoVouched)
{
    const ApproveApplication outside_service{approval.application_id, ApprovalVerification::outside};
    EXPECT_EQ(approve_application(waiting(), outside_service, holder(Role::officer, firm), now)->verification,
              Verification::outside);
}

TEST(ApproveApplication, IsForAnOfficerOfThatUnionOrAbove)
{
    auto facts = waiting();
    facts.standing = outside;
    EXPECT_EQ(code_of(approve_application(facts, approval, holder(Role::officer, other_firm), now)),
              refusal::not_permitted);
    EXPECT_EQ(code_of(approve_application(facts, approval, worker(zhang), now)), refusal::not_permitted);
    facts.standing = without_role;
    EXPECT_EQ(code_of(approve_application(facts, approval, holder(Role::officer, firm), now)), refusal::not_permitted);
}

TEST(ApproveApplication, DecidesOnce)
{
    auto facts = waiting();
    facts.application->waiting = false;
    EXPECT_EQ(code_of(approve_application(facts, approval, operator_command(), now)), refusal::application_decided);
    EXPECT_EQ(code_of(refuse_application(facts, {approval.application_id, ApplicationRefusalReason::other, {}}, {},
                                         operator_command(), now)),
              refusal::application_decided);
    facts.application.reset();
    EXPECT_EQ(code_of(approve_application(facts, approval, operator_command(), now)), refusal::unknown_application);
}

TEST(RefuseApplication, SaysWhy)
{
    const RefuseApplication command{approval.application_id, ApplicationRefusalReason::wrong_union, {}};
    const Sealed words{Bytes(2, std::byte{7})};
    EXPECT_EQ(refuse_application(waiting(), command, words, holder(Role::officer, firm), now),
              (ApplicationRefused{approval.application_id, zhang, ApplicationRefusalReason::wrong_union, words, now}));
}

}  // namespace
}  // namespace gonghui::registration
