// What comes before anyone enrolls: add_course, plan_campaign, change_campaign, open_class.

#include "services/training/domain/add_course.hpp"
#include "services/training/domain/change_campaign.hpp"
#include "services/training/domain/facts_for_test.hpp"
#include "services/training/domain/open_class.hpp"
#include "services/training/domain/plan_campaign.hpp"

#include <gtest/gtest.h>

namespace gonghui::training {
namespace {

const Actor district{Role::district, test_id<PersonId>(201).uuid, test_id<OrganisationId>(1).uuid, "edge"};

TEST(AddCourse, PutsACourseOnTheMenuOnce)
{
    const AddCourse command{test_id<CourseId>(1), "茶艺", "Tea", std::nullopt};
    EXPECT_TRUE(add_course({false, own_place}, command, district));
    EXPECT_EQ(refusal_of(add_course({true, own_place}, command, district)), refusal::course_exists);
    EXPECT_EQ(refusal_of(add_course({false, own_place}, command, officer())), refusal::not_permitted);
}

class PlanRule : public testing::Test {
protected:
    PlanFacts facts{false, true, own_place};
    PlanCampaign command{
        test_id<CampaignId>(1),           test_id<OrganisationId>(1), "秋季夜校", "Autumn evenings", test_now,
        test_now + std::chrono::hours(48)};
};

TEST_F(PlanRule, FillsInWhatTheCommandLeavesOpen)
{
    const auto decided = plan_campaign(facts, command, district);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->classes_per_person, 2);
    EXPECT_EQ(decided->offer_seconds, 86'400);
    EXPECT_FALSE(decided->cancel_until);
}

TEST_F(PlanRule, RefusesToCloseBeforeItOpens)
{
    command.closes_at = command.opens_at;
    EXPECT_EQ(refusal_of(plan_campaign(facts, command, district)), refusal::closes_before_opening);
}

TEST_F(PlanRule, RefusesASecondOneAndAnUnknownOrganisation)
{
    facts.exists = true;
    EXPECT_EQ(refusal_of(plan_campaign(facts, command, district)), refusal::campaign_exists);
    facts.organisation_known = false;
    EXPECT_EQ(refusal_of(plan_campaign(facts, command, district)), refusal::unknown_organisation);
}

TEST_F(PlanRule, LetsAnOfficerPlanForTheirOwnUnionAlone)
{
    EXPECT_TRUE(plan_campaign(facts, command, officer()));
    facts.standing = other_place;
    EXPECT_EQ(refusal_of(plan_campaign(facts, command, officer())), refusal::not_permitted);
}

class ChangeRule : public testing::Test {
protected:
    ChangeRule() { facts.campaign->opens_at = test_now + std::chrono::hours(1); }

    Decided<CampaignChanged> decide(UtcTime opens_at, UtcTime closes_at) const
    {
        return change_campaign(facts, {facts.campaign->id, "冬季夜校", "Winter evenings", opens_at, closes_at},
                               officer(), test_now);
    }

    ChangeFacts facts{evening_class().campaign, own_place};
    const UtcTime tomorrow = test_now + std::chrono::hours(24);
};

TEST_F(ChangeRule, PutsOffWhatHasNotOpened)
{
    const auto decided = decide(tomorrow, tomorrow + std::chrono::hours(1));
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->opens_at, tomorrow);
    EXPECT_EQ(decided->name_zh, "冬季夜校");
    EXPECT_EQ(refusal_of(decide(tomorrow, tomorrow)), refusal::closes_before_opening);
}

TEST_F(ChangeRule, LeavesTheOpeningOfWhatIsOpenAndMovesItsEnd)
{
    facts.campaign->opens_at = test_now;
    EXPECT_TRUE(decide(test_now, tomorrow));
    EXPECT_EQ(refusal_of(decide(tomorrow, tomorrow + std::chrono::hours(1))), refusal::campaign_has_opened);
}

TEST_F(ChangeRule, RefusesWhatIsNotThereOrElsewhere)
{
    facts.standing = other_place;
    EXPECT_EQ(refusal_of(decide(tomorrow, tomorrow + std::chrono::hours(1))), refusal::not_permitted);
    facts = {std::nullopt, own_place};
    EXPECT_EQ(refusal_of(change_campaign(facts, {}, district, test_now)), refusal::unknown_campaign);
}

class OpenRule : public testing::Test {
protected:
    OpenRule()
    {
        command.class_id = test_id<ClassId>(1);
        command.campaign_id = test_id<CampaignId>(1);
        command.course_id = test_id<CourseId>(1);
        command.capacity = 30;
        command.venue = "工人文化宫 301";
        command.sessions = {evening(7), evening(14)};
    }

    OpenFacts facts{evening_class().campaign, true, false, true, own_place};
    OpenClass command{};

    Decided<ClassOpened> decide() const { return open_class(facts, command, district); }
};

TEST_F(OpenRule, HostsAClassWhereTheCampaignIsRunUnlessToldOtherwise)
{
    EXPECT_EQ(decide()->organisation_id, facts.campaign->organisation);
    command.organisation_id = test_id<OrganisationId>(5);
    EXPECT_EQ(decide()->organisation_id, *command.organisation_id);
}

TEST_F(OpenRule, RefusesWhatIsNotThereOrThereAlready)
{
    facts.class_exists = true;
    EXPECT_EQ(refusal_of(decide()), refusal::class_exists);
    facts.organisations_known = false;
    EXPECT_EQ(refusal_of(decide()), refusal::unknown_organisation);
    facts.course_exists = false;
    EXPECT_EQ(refusal_of(decide()), refusal::unknown_course);
    facts.campaign.reset();
    EXPECT_EQ(refusal_of(decide()), refusal::unknown_campaign);
}

TEST_F(OpenRule, WantsSessionsInOrderAndWithoutOverlap)
{
    command.sessions = {};
    EXPECT_EQ(refusal_of(decide()), refusal::sessions_invalid);
    command.sessions = {evening(14), evening(7)};
    EXPECT_EQ(refusal_of(decide()), refusal::sessions_invalid);
    command.sessions = {evening(7), evening(7, std::chrono::hours(1))};
    EXPECT_EQ(refusal_of(decide()), refusal::sessions_invalid);
    command.sessions = {{test_now, test_now}};
    EXPECT_EQ(refusal_of(decide()), refusal::sessions_invalid);
    command.sessions = {evening(7), evening(7, std::chrono::hours(2))};
    EXPECT_TRUE(decide());
}

TEST_F(OpenRule, RefusesAMinimumThatTheSeatsCannotHold)
{
    command.minimum = 31;
    EXPECT_EQ(refusal_of(decide()), refusal::minimum_above_capacity);
    command.minimum = 30;
    EXPECT_TRUE(decide());
}

}  // namespace
}  // namespace gonghui::training
