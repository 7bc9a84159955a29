// An offer from its making to its answer: promote, accept_offer, decline_offer, lapse_offer.

#include "services/training/domain/accept_offer.hpp"
#include "services/training/domain/admission.hpp"
#include "services/training/domain/decline_offer.hpp"
#include "services/training/domain/facts_for_test.hpp"
#include "services/training/domain/lapse_offer.hpp"
#include "services/training/domain/promote.hpp"

#include <gtest/gtest.h>

namespace gonghui::training {
namespace {

using std::chrono::hours;

class PromoteRule : public testing::Test {
protected:
    PromoteRule() { next.place = Place::waiting; }

    ClassFacts freed = evening_class();
    PersonFacts next = a_member();
};

TEST_F(PromoteRule, KeepsTheSeatForTheTimeThatTheCampaignGives)
{
    const auto decided = promote(freed, next, test_now);
    ASSERT_TRUE(decided);
    EXPECT_EQ(std::get<SeatOffered>(*decided),
              (SeatOffered{freed.id, freed.campaign.id, next.id, test_now, test_now + hours(24)}));
}

TEST_F(PromoteRule, ShortensTheTimeNearTheStart)
{
    freed.begins_at = test_now + hours(5);
    EXPECT_EQ(std::get<SeatOffered>(*promote(freed, next, test_now)).expires_at, test_now + hours(4));
}

TEST_F(PromoteRule, OffersNothingInTheLastHour)
{
    freed.begins_at = test_now + hours(1);
    EXPECT_EQ(refusal_of(promote(freed, next, test_now)), refusal::class_started);
}

TEST_F(PromoteRule, GivesTheSeatAtOnceWhereNoAnswerIsAsked)
{
    freed.campaign.offer_time = std::chrono::seconds(0);
    freed.begins_at = test_now + std::chrono::minutes(1);
    EXPECT_EQ(std::get<SeatTaken>(*promote(freed, next, test_now)).via, SeatTakenVia::offer);
    freed.begins_at = test_now;
    EXPECT_EQ(refusal_of(promote(freed, next, test_now)), refusal::class_started);
}

TEST_F(PromoteRule, GoesOnAfterTheCampaignHasClosed)
{
    freed.campaign.closes_at = test_now - hours(1);
    EXPECT_TRUE(promote(freed, next, test_now));
}

TEST_F(PromoteRule, PassesOverWhoHasReachedTheCapSince)
{
    next.held = {another_class(2, {evening(1)}), another_class(3, {evening(2)})};
    EXPECT_EQ(refusal_of(promote(freed, next, test_now)), refusal::personal_cap_reached);
}

TEST_F(PromoteRule, PassesOverAClash)
{
    next.held = {another_class(2, {evening(7)})};
    EXPECT_EQ(refusal_of(promote(freed, next, test_now)), refusal::time_clash);
}

TEST_F(PromoteRule, PassesOverWhoIsNotEntitledAnyMore)
{
    next.is_member = false;
    EXPECT_EQ(refusal_of(promote(freed, next, test_now)), refusal::not_a_member);
}

class OfferRule : public testing::Test {
protected:
    PlaceFacts facts{evening_class(), Place::offered, test_now + hours(1), own_place};
    AcceptOffer accept{test_id<CampaignId>(1), test_id<ClassId>(1), test_id<PersonId>(1)};
    DeclineOffer decline{test_id<CampaignId>(1), test_id<ClassId>(1), test_id<PersonId>(1)};
    Actor self = worker(accept.person_id);
};

TEST_F(OfferRule, BecomesASeatWhenAccepted)
{
    const auto decided = accept_offer(facts, accept, self, test_now);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->via, SeatTakenVia::offer);
}

TEST_F(OfferRule, CannotBeAcceptedAfterItsTimeEvenIfTheTimerIsLate)
{
    EXPECT_EQ(refusal_of(accept_offer(facts, accept, self, *facts.offer_expires_at)), refusal::offer_lapsed);
}

TEST_F(OfferRule, IsNotThereForWhoMerelyWaits)
{
    facts.place = Place::waiting;
    facts.offer_expires_at.reset();
    EXPECT_EQ(refusal_of(accept_offer(facts, accept, self, test_now)), refusal::no_offer);
    EXPECT_EQ(refusal_of(decline_offer(facts, decline, self, test_now)), refusal::no_offer);
}

TEST_F(OfferRule, CanBeTurnedDown)
{
    EXPECT_TRUE(decline_offer(facts, decline, self, test_now));
}

TEST_F(OfferRule, IsNobodyElsesToAnswer)
{
    facts.standing = other_place;
    EXPECT_EQ(refusal_of(accept_offer(facts, accept, officer(), test_now)), refusal::not_permitted);
    EXPECT_EQ(refusal_of(decline_offer(facts, decline, officer(), test_now)), refusal::not_permitted);
    EXPECT_EQ(refusal_of(accept_offer(facts, accept, worker(test_id<PersonId>(2)), test_now)), refusal::not_permitted);
}

TEST(LapseOffer, EndsAnOfferAtItsTimeAndNotBefore)
{
    const OfferFacts offer{test_id<ClassId>(1), test_id<CampaignId>(1), test_id<PersonId>(1), test_now};
    EXPECT_FALSE(lapse_offer(offer, test_now - std::chrono::microseconds(1)));
    EXPECT_TRUE(lapse_offer(offer, test_now));
    EXPECT_FALSE(lapse_offer(std::nullopt, test_now));
}

}  // namespace
}  // namespace gonghui::training
