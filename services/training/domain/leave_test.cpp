#include "services/training/domain/leave.hpp"

#include "services/training/domain/facts_for_test.hpp"

#include <gtest/gtest.h>

namespace gonghui::training {
namespace {

TEST(Leave, GivesUpEverySeatOfferAndPlaceInLine)
{
    const auto person = test_id<PersonId>(1);
    const auto campaign = test_id<CampaignId>(1);
    const auto events = leave(person,
                              {{test_id<ClassId>(1), campaign, Place::taken},
                               {test_id<ClassId>(2), campaign, Place::offered},
                               {test_id<ClassId>(3), campaign, Place::waiting}},
                              test_now);
    const std::vector<Event> expected{
        EnrollmentCancelled{test_id<ClassId>(1), campaign, person, test_now, LeavingReason::left},
        EnrollmentCancelled{test_id<ClassId>(2), campaign, person, test_now, LeavingReason::left},
        WaitingLeft{test_id<ClassId>(3), campaign, person, test_now, LeavingReason::left}};
    EXPECT_EQ(events, expected);
}

TEST(Leave, SaysNothingOfWhoHoldsNothing)
{
    EXPECT_TRUE(leave(test_id<PersonId>(1), {}, test_now).empty());
}

}  // namespace
}  // namespace gonghui::training
