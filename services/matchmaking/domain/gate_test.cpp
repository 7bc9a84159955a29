#include "services/matchmaking/domain/gate.hpp"

#include "services/matchmaking/domain/declare_single.hpp"
#include "services/matchmaking/domain/examples_test.hpp"
#include "services/matchmaking/domain/give_consent.hpp"
#include "services/matchmaking/domain/publish_profile.hpp"
#include "services/matchmaking/domain/reading.hpp"

#include <gtest/gtest.h>

namespace gonghui::matchmaking {
namespace {

using namespace examples;

std::string_view code(const std::optional<Refusal>& refusal)
{
    return refusal ? refusal->code : "";
}

TEST(Gate, LetsAVerifiedSingleMemberInWorkWithConsentIn)
{
    EXPECT_EQ(code(outside_gate(within_the_gate(Side::female), Purpose::profile, now)), "");
}

TEST(Gate, KeepsOutWhoIsNoMember)
{
    EXPECT_EQ(code(outside_gate(Participant{}, Purpose::profile, now)), refusal::no_member);
    auto left = within_the_gate(Side::male);
    left.member->is_active = false;
    EXPECT_EQ(code(outside_gate(left, Purpose::profile, now)), refusal::no_member);
}

TEST(Gate, KeepsOutWhoIsNotInWork)
{
    auto retired = within_the_gate(Side::male);
    retired.member->is_retained = true;
    EXPECT_EQ(code(outside_gate(retired, Purpose::profile, now)), refusal::not_in_work);
}

TEST(Gate, KeepsOutWhoMayStillBeSeventeen)
{
    auto young = within_the_gate(Side::male);
    young.member->birth_year = 2008;
    EXPECT_EQ(code(outside_gate(young, Purpose::profile, now)), refusal::too_young);
    young.member->birth_year = 2007;
    EXPECT_EQ(code(outside_gate(young, Purpose::profile, now)), "");
}

TEST(Gate, KeepsOutWhoDidNotDeclareToBeSingle)
{
    auto silent = within_the_gate(Side::male);
    silent.declared_by.reset();
    EXPECT_EQ(code(outside_gate(silent, Purpose::profile, now)), refusal::not_declared);
}

TEST(Gate, WantsConsentToThePurposeAtHand)
{
    auto guarded = within_the_gate(Side::male);
    guarded.consents.evenings = false;
    EXPECT_EQ(code(outside_gate(guarded, Purpose::profile, now)), "");
    EXPECT_EQ(code(outside_gate(guarded, Purpose::evenings, now)), refusal::no_consent);
}

TEST(DeclareSingle, NobodySignsForAnother)
{
    const DeclareSingle command{.declaration_id = DeclarationId(uuid(1)), .person_id = person(1), .statement = 1};
    auto participant = within_the_gate(Side::male);
    participant.declared_by.reset();
    EXPECT_EQ(declare_single({self, participant}, command, worker(2), now).error().code, refusal::not_permitted);
    EXPECT_EQ(declare_single({self, participant}, command, worker(1), now)->size(), 1U);
}

TEST(DeclareSingle, ASecondTimeChangesNothing)
{
    const DeclareSingle command{.declaration_id = DeclarationId(uuid(1)), .person_id = person(1), .statement = 1};
    EXPECT_TRUE(declare_single({self, within_the_gate(Side::male)}, command, worker(1), now)->empty());
}

TEST(GiveConsent, WorksBeforeTheGateIsOpen)
{
    auto participant = within_the_gate(Side::male);
    participant.declared_by.reset();
    participant.consents = {};
    const auto decided =
        give_consent({self, participant}, {.person_id = person(1), .purpose = Purpose::contacts}, worker(1), now);
    ASSERT_EQ(decided->size(), 1U);
    EXPECT_EQ(std::get<ConsentGiven>(decided->front()).purpose, Purpose::contacts);
}

TEST(PublishProfile, TakesSexAndYearFromRegistrationAndTicksOnce)
{
    PublishProfile command;
    command.person_id = person(1);
    command.visible = {ProfileField::hobbies, ProfileField::nickname, ProfileField::hobbies};
    const auto decided = publish_profile({self, within_the_gate(Side::female)}, command, worker(1), now);
    ASSERT_TRUE(decided.has_value());
    EXPECT_EQ(decided->sex, Side::female);
    EXPECT_EQ(decided->birth_year, 1997);
    EXPECT_EQ(decided->visible, (std::vector{ProfileField::nickname, ProfileField::hobbies}));
}

TEST(PublishProfile, IsRefusedOutsideTheGate)
{
    PublishProfile command;
    command.person_id = person(1);
    auto participant = within_the_gate(Side::female);
    participant.consents.profile = false;
    EXPECT_EQ(publish_profile({self, participant}, command, worker(1), now).error().code, refusal::no_consent);
}

TEST(Browse, IsForThoseWithinTheGate)
{
    Browse query;
    query.person_id = person(1);
    EXPECT_EQ(code(may_browse(self, within_the_gate(Side::male), query, worker(1), now)), "");
    EXPECT_EQ(code(may_browse(self, Participant{}, query, worker(1), now)), refusal::no_member);
    EXPECT_EQ(code(may_browse(in_charge, within_the_gate(Side::male), query, officer(), now)), refusal::not_permitted);
}

TEST(Contacts, PassWhileBothConsentAndBothHaveAProfile)
{
    const auto open = within_the_gate(Side::male);
    auto guarded = open;
    guarded.consents.contacts = false;
    auto withdrawn = open;
    withdrawn.has_profile = false;
    EXPECT_TRUE(contacts_pass(open, open));
    EXPECT_FALSE(contacts_pass(open, guarded));
    EXPECT_FALSE(contacts_pass(guarded, open));
    EXPECT_FALSE(contacts_pass(open, withdrawn));
}

}  // namespace
}  // namespace gonghui::matchmaking
