#include "services/training/domain/cancel.hpp"

#include "services/training/domain/facts_for_test.hpp"

#include <gtest/gtest.h>

namespace gonghui::training {
namespace {

class CancelRule : public testing::Test {
protected:
    PlaceFacts facts{evening_class(), Place::taken, std::nullopt, own_place};
    Cancel command{test_id<CampaignId>(1), test_id<ClassId>(1), test_id<PersonId>(1)};

    Decided<Event> by_self(UtcTime now = test_now) const
    {
        return cancel(facts, command, worker(command.person_id), now);
    }
    Decided<Event> by_officer(UtcTime now = test_now) const { return cancel(facts, command, officer(), now); }
};

TEST_F(CancelRule, GivesASeatBack)
{
    EXPECT_EQ(std::get<EnrollmentCancelled>(*by_self()).reason, LeavingReason::self);
    EXPECT_EQ(std::get<EnrollmentCancelled>(*by_officer()).reason, LeavingReason::officer);
}

TEST_F(CancelRule, GivesAnOfferBackAtAnyTime)
{
    facts.place = Place::offered;
    facts.training_class->campaign.cancel_until = test_now - std::chrono::hours(1);
    EXPECT_TRUE(std::holds_alternative<EnrollmentCancelled>(*by_self()));
}

TEST_F(CancelRule, LeavesTheLineAtAnyTime)
{
    facts.place = Place::waiting;
    EXPECT_TRUE(std::holds_alternative<WaitingLeft>(*by_self(facts.training_class->begins_at)));
}

TEST_F(CancelRule, RefusesWhoIsNotIn)
{
    facts.place.reset();
    EXPECT_EQ(refusal_of(by_self()), refusal::not_enrolled);
}

TEST_F(CancelRule, RefusesAnUnknownClass)
{
    facts.training_class.reset();
    EXPECT_EQ(refusal_of(by_self()), refusal::unknown_class);
}

TEST_F(CancelRule, HoldsThePersonToTheDeadlineAndTheOfficerToTheBegin)
{
    facts.training_class->campaign.cancel_until = test_now;
    EXPECT_EQ(refusal_of(by_self()), refusal::too_late_to_cancel);
    EXPECT_TRUE(by_officer());
    EXPECT_EQ(refusal_of(by_officer(facts.training_class->begins_at)), refusal::too_late_to_cancel);
}

TEST_F(CancelRule, NeverLetsADeadlineReachBeyondTheBegin)
{
    facts.training_class->campaign.cancel_until = facts.training_class->begins_at + std::chrono::hours(1);
    EXPECT_EQ(refusal_of(by_self(facts.training_class->begins_at)), refusal::too_late_to_cancel);
}

TEST_F(CancelRule, RefusesOthers)
{
    facts.standing = other_place;
    EXPECT_EQ(refusal_of(by_officer()), refusal::not_permitted);
    EXPECT_EQ(refusal_of(cancel(facts, command, worker(test_id<PersonId>(2)), test_now)), refusal::not_permitted);
}

}  // namespace
}  // namespace gonghui::training
