#include "services/registration/domain/members.hpp"

#include "services/registration/domain/testing.hpp"

namespace gonghui::registration {
namespace {

using namespace testing;

const Actor officer = holder(Role::officer, firm);
const Actor township_office = holder(Role::township, township);

TransferMemberFacts to_other_firm()
{
    TransferMemberFacts facts;
    facts.standing = inside;
    facts.person = person_in(MembershipState::member);
    facts.to = a_union(other_firm);
    return facts;
}

const TransferMember transfer{zhang, other_firm};

TEST(TransferMember, IsOneEventWithoutAGap)
{
    EXPECT_EQ(transfer_member(to_other_firm(), transfer, township_office, now),
              (MemberTransferred{zhang, firm, other_firm, std::nullopt, now}));
}

TEST(TransferMember, IsForWhoCoversBothUnions)
{
    auto facts = to_other_firm();
    EXPECT_EQ(code_of(transfer_member(facts, transfer, officer, now)), refusal::not_permitted);
    EXPECT_EQ(code_of(transfer_member(facts, transfer, worker(zhang), now)), refusal::not_permitted);
    facts.standing = both(inside, outside);
    EXPECT_EQ(code_of(transfer_member(facts, transfer, township_office, now)), refusal::not_permitted);
    EXPECT_EQ(code_of(transfer_member(facts, transfer, holder(Role::district, district), now)), "accepted");
}

TEST(TransferMember, EndsInAnotherOpenUnion)
{
    auto facts = to_other_firm();
    EXPECT_EQ(code_of(transfer_member(facts, {zhang, firm}, township_office, now)), refusal::same_union);
    facts.to->closed = true;
    EXPECT_EQ(code_of(transfer_member(facts, transfer, township_office, now)), refusal::organisation_closed);
    facts.to = organisation(township, OrganisationKind::township, district);
    EXPECT_EQ(code_of(transfer_member(facts, transfer, township_office, now)), refusal::not_a_union);
    facts.to.reset();
    EXPECT_EQ(code_of(transfer_member(facts, transfer, operator_command(), now)), refusal::unknown_organisation);
}

TEST(TransferMember, NeedsAMembership)
{
    auto facts = to_other_firm();
    facts.person = person_in(MembershipState::left);
    EXPECT_EQ(code_of(transfer_member(facts, transfer, township_office, now)), refusal::left_already);
    facts.person = person_in(MembershipState::retained);
    EXPECT_EQ(code_of(transfer_member(facts, transfer, township_office, now)), "accepted");
    facts.person.reset();
    EXPECT_EQ(code_of(transfer_member(facts, transfer, operator_command(), now)), refusal::unknown_person);
}

TEST(RetainMember, RestsAndIsRestored)
{
    MemberFacts facts{inside, person_in(MembershipState::member)};
    EXPECT_EQ(retain_member(facts, {zhang, RetainReason::retired}, officer, now),
              (MemberRetained{zhang, RetainReason::retired, now}));
    EXPECT_EQ(code_of(restore_member(facts, {zhang}, officer, now)), refusal::already_member);
    facts.person = person_in(MembershipState::retained);
    EXPECT_EQ(code_of(retain_member(facts, {zhang, RetainReason::retired}, officer, now)), refusal::retained_already);
    EXPECT_EQ(restore_member(facts, {zhang}, officer, now), (MemberRestored{zhang, firm, now}));
}

TEST(Leave, IsForOneselfAndOnesOfficers)
{
    const MemberFacts facts{outside, person_in(MembershipState::member)};
    const Leave command{zhang, LeaveReason::moved_away};
    EXPECT_EQ(leave(facts, command, worker(zhang), now), (MemberLeft{zhang, firm, LeaveReason::moved_away, now}));
    EXPECT_EQ(code_of(leave(facts, command, worker(li), now)), refusal::not_permitted);
    EXPECT_EQ(code_of(leave(facts, command, holder(Role::officer, other_firm), now)), refusal::not_permitted);
    EXPECT_EQ(code_of(leave({inside, facts.person}, command, officer, now)), "accepted");
}

TEST(Leave, NobodyExpelsThemselves)
{
    const MemberFacts facts{inside, person_in(MembershipState::member)};
    EXPECT_EQ(code_of(leave(facts, {zhang, LeaveReason::expelled}, worker(zhang), now)), refusal::reason_not_yours);
    EXPECT_EQ(code_of(leave(facts, {zhang, LeaveReason::expelled}, officer, now)), "accepted");
}

TEST(Leave, EndsAMembershipOnce)
{
    EXPECT_EQ(code_of(leave({inside, person_in(MembershipState::left)}, {zhang, LeaveReason::resigned}, officer, now)),
              refusal::left_already);
}

TEST(ChangeContact, ChangesWhatIsGiven)
{
    const MemberFacts facts{outside, person_in(MembershipState::member)};
    ChangeContact command;
    command.person_id = zhang;
    EXPECT_EQ(code_of(change_contact(facts, command, worker(zhang))), refusal::nothing_to_change);
    command.email = Personal("nowhere");
    EXPECT_EQ(code_of(change_contact(facts, command, worker(zhang))), refusal::bad_email);
    command.email.reset();
    command.phone = Personal("0086 13900001234");
    EXPECT_EQ(code_of(change_contact(facts, command, worker(zhang))), refusal::phone_unconfirmed);
    const auto contact = change_contact({inside, facts.person}, command, officer);
    ASSERT_TRUE(contact);
    EXPECT_EQ(contact->phone->reveal(), "13900001234");
    EXPECT_FALSE(contact->email);
}

TEST(Consent, IsGivenAndWithdrawnByOneselfAlone)
{
    ConsentFacts facts{inside, person_in(MembershipState::member), false};
    const GiveConsent give{zhang, ConsentPurpose::commercial_messages};
    const WithdrawConsent withdraw{zhang, ConsentPurpose::commercial_messages};
    EXPECT_EQ(code_of(give_consent(facts, give, worker(zhang), now)), "accepted");
    EXPECT_EQ(code_of(give_consent(facts, give, officer, now)), refusal::not_permitted);
    EXPECT_EQ(code_of(withdraw_consent(facts, withdraw, worker(zhang), now)), refusal::no_such_consent);
    facts.given = true;
    EXPECT_EQ(code_of(give_consent(facts, give, worker(zhang), now)), refusal::consent_given_already);
    EXPECT_EQ(code_of(withdraw_consent(facts, withdraw, worker(zhang), now)), "accepted");
    EXPECT_EQ(code_of(withdraw_consent(facts, withdraw, officer, now)), refusal::not_permitted);
}

TEST(ErasePerson, IsForOneselfAndTheDistrict)
{
    const EraseFacts facts{outside, person_in(MembershipState::left)};
    EXPECT_EQ(erase_person(facts, {zhang}, worker(zhang), now), (PersonErased{zhang, now}));
    EXPECT_EQ(code_of(erase_person(facts, {zhang}, worker(li), now)), refusal::not_permitted);
    EXPECT_EQ(code_of(erase_person({inside, facts.person}, {zhang}, officer, now)), refusal::not_permitted);
    EXPECT_EQ(code_of(erase_person({inside, facts.person}, {zhang}, operator_command(), now)), "accepted");
}

TEST(ErasePerson, ComesAfterMembershipAndRoles)
{
    const auto attempt = [](const std::optional<PersonFacts>& person, bool holds_role = false) {
        return code_of(erase_person({inside, person, holds_role}, {zhang}, worker(zhang), now));
    };
    EXPECT_EQ(attempt(std::nullopt), refusal::unknown_person);
    EXPECT_EQ(attempt(person_in(MembershipState::member)), refusal::membership_first);
    EXPECT_EQ(attempt(person_in(MembershipState::applied)), refusal::still_applying);
    EXPECT_EQ(attempt(person_in(MembershipState::left), true), refusal::role_first);
    EXPECT_EQ(attempt(person_in(MembershipState::expelled)), "accepted");
}

TEST(ErasePerson, EndsWhateverARestoredStoreBroughtBack)
{
    const auto member = person_in(MembershipState::member);
    EXPECT_EQ(erase_again(zhang, member, {{Office::officer, firm}}, now),
              (std::vector<Event>{RoleRevoked{zhang, Office::officer, firm, now},
                                  MemberLeft{zhang, *member.organisation, LeaveReason::resigned, now},
                                  PersonErased{zhang, now}}));
    EXPECT_EQ(erase_again(zhang, person_in(MembershipState::left), {}, now),
              (std::vector<Event>{PersonErased{zhang, now}}));
    EXPECT_EQ(erase_again(zhang, std::nullopt, {}, now), (std::vector<Event>{PersonErased{zhang, now}}));
}

TEST(UnmaskMember, LeavesARowThatSaysWhoAndWhy)
{
    UnmaskFacts facts{inside, person_in(MembershipState::member), false};
    const UnmaskMember command{LookId{uuid(70)}, zhang, "核对身份证"};
    const auto look = unmask_member(facts, command, officer, now);
    ASSERT_TRUE(look);
    EXPECT_EQ(look->by, officer.person);
    EXPECT_EQ(look->by_service, "gateway");
    EXPECT_EQ(look->purpose, "核对身份证");
    EXPECT_EQ(look->until, now + look_lasts);
    facts.look_exists = true;
    EXPECT_EQ(code_of(unmask_member(facts, command, officer, now)), refusal::look_exists);
    facts.standing = outside;
    EXPECT_EQ(code_of(unmask_member(facts, command, officer, now)), refusal::not_permitted);
}

}  // namespace
}  // namespace gonghui::registration
