#include "services/training/domain/enroll.hpp"

#include "services/training/domain/facts_for_test.hpp"

#include <gtest/gtest.h>

namespace gonghui::training {
namespace {

class EnrollRule : public testing::Test {
protected:
    EnrollFacts facts{evening_class(), a_member(), worker_standing};
    Enroll command{test_id<CampaignId>(1), test_id<ClassId>(1), test_id<PersonId>(1)};
    UtcTime now = test_now;

    Decided<Event> decide() const { return enroll(facts, command, worker(command.person_id), now); }
};

TEST_F(EnrollRule, TakesAFreeSeat)
{
    const auto decided = decide();
    ASSERT_TRUE(decided);
    EXPECT_EQ(std::get<SeatTaken>(*decided),
              (SeatTaken{command.class_id, command.campaign_id, command.person_id, now, SeatTakenVia::first_come}));
}

TEST_F(EnrollRule, StandsInLineWhenTheClassIsFull)
{
    facts.training_class->taken = 30;
    facts.training_class->waiting = 4;
    const auto decided = decide();
    ASSERT_TRUE(decided);
    EXPECT_EQ(std::get<Waitlisted>(*decided).rank, 5);
}

TEST_F(EnrollRule, CountsAnOfferedSeatAsTaken)
{
    facts.training_class->taken = 29;
    facts.training_class->offered = 1;
    EXPECT_TRUE(std::holds_alternative<Waitlisted>(*decide()));
}

TEST_F(EnrollRule, RefusesAnUnknownClass)
{
    facts.training_class.reset();
    EXPECT_EQ(refusal_of(decide()), refusal::unknown_class);
}

TEST_F(EnrollRule, RefusesBeforeTheOpeningAndSaysWhenItIs)
{
    now = facts.training_class->campaign.opens_at - std::chrono::microseconds(1);
    const auto decided = decide();
    ASSERT_EQ(refusal_of(decided), refusal::campaign_not_open);
    EXPECT_EQ(decided.error().facts.front().name, "opens_at");
    EXPECT_EQ(std::get<std::int64_t>(decided.error().facts.front().value),
              to_microseconds(facts.training_class->campaign.opens_at));
}

TEST_F(EnrollRule, OpensAtTheVeryMoment)
{
    now = facts.training_class->campaign.opens_at;
    EXPECT_TRUE(decide());
}

TEST_F(EnrollRule, RefusesFromTheClosingOn)
{
    now = facts.training_class->campaign.closes_at;
    EXPECT_EQ(refusal_of(decide()), refusal::campaign_closed);
}

TEST_F(EnrollRule, RefusesAClassThatHasBegun)
{
    facts.training_class->begins_at = now;
    EXPECT_EQ(refusal_of(decide()), refusal::class_started);
}

TEST_F(EnrollRule, RefusesWhoIsNoMember)
{
    facts.person.is_member = false;
    EXPECT_EQ(refusal_of(decide()), refusal::not_a_member);
}

TEST_F(EnrollRule, RefusesOutsidersOfAClassForCouriers)
{
    facts.training_class->conditions.new_employment_only = true;
    EXPECT_EQ(refusal_of(decide()), refusal::not_eligible);
    facts.person.new_employment = true;
    EXPECT_TRUE(decide());
}

TEST_F(EnrollRule, RefusesMembersOfOtherUnionsWhereOneIsRequired)
{
    facts.training_class->conditions.organisation = test_id<OrganisationId>(9);
    facts.person.belongs_to_required_organisation = false;
    EXPECT_EQ(refusal_of(decide()), refusal::not_eligible);
}

TEST_F(EnrollRule, RefusesWhoIsTooYoungOrOfUnknownAge)
{
    facts.training_class->conditions.latest_birth_year = 1990;
    EXPECT_TRUE(decide());
    facts.person.birth_year = 1991;
    EXPECT_EQ(refusal_of(decide()), refusal::not_eligible);
    facts.person.birth_year.reset();
    EXPECT_EQ(refusal_of(decide()), refusal::not_eligible);
}

TEST_F(EnrollRule, RefusesASecondSeatInTheSameClass)
{
    facts.person.place = Place::taken;
    EXPECT_EQ(refusal_of(decide()), refusal::already_enrolled);
}

TEST_F(EnrollRule, RefusesASecondPlaceInTheSameLine)
{
    facts.person.place = Place::waiting;
    EXPECT_EQ(refusal_of(decide()), refusal::already_waiting);
    facts.person.place = Place::offered;
    EXPECT_EQ(refusal_of(decide()), refusal::already_waiting);
}

TEST_F(EnrollRule, RefusesBeyondThePersonalCapOfThisCampaignAlone)
{
    facts.person.held = {another_class(2, {evening(1)}), another_class(3, {evening(2)})};
    EXPECT_EQ(refusal_of(decide()), refusal::personal_cap_reached);
    facts.person.held.back().campaign_id = test_id<CampaignId>(7);
    EXPECT_TRUE(decide());
}

TEST_F(EnrollRule, RefusesATimeClashInWhateverCampaignAndNamesTheClass)
{
    auto clashing = another_class(2, {evening(3), evening(14, std::chrono::hours(1))});
    clashing.campaign_id = test_id<CampaignId>(7);
    facts.person.held = {clashing};
    const auto decided = decide();
    ASSERT_EQ(refusal_of(decided), refusal::time_clash);
    EXPECT_EQ(std::get<std::string>(decided.error().facts.front().value), to_string(clashing.class_id));
}

TEST_F(EnrollRule, AllowsSessionsThatOnlyTouch)
{
    facts.person.held = {another_class(2, {evening(7, std::chrono::hours(2)), evening(14, std::chrono::hours(-2))})};
    EXPECT_TRUE(decide());
}

TEST_F(EnrollRule, AsksForACapAndAClashBeforeItLetsAnyoneWait)
{
    facts.training_class->taken = 30;
    facts.person.held = {another_class(2, {evening(7)})};
    EXPECT_EQ(refusal_of(decide()), refusal::time_clash);
}

TEST_F(EnrollRule, LetsAnOfficerEnrollOnlyWhoBelongsToTheirPlace)
{
    facts.standing = own_place;
    EXPECT_TRUE(enroll(facts, command, officer(), now));
    facts.standing = other_place;
    EXPECT_EQ(refusal_of(enroll(facts, command, officer(), now)), refusal::not_permitted);
}

TEST_F(EnrollRule, LetsNobodyEnrollAnotherWorker)
{
    EXPECT_EQ(refusal_of(enroll(facts, command, worker(test_id<PersonId>(2)), now)), refusal::not_permitted);
}

}  // namespace
}  // namespace gonghui::training
