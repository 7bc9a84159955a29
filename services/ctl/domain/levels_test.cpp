#include "services/ctl/domain/levels.hpp"

#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

PartitionReport partition(std::string source, std::int64_t head)
{
    PartitionReport report;
    report.source = std::move(source);
    report.answered = true;
    report.head = head;
    return report;
}

PartitionReport follower(std::int64_t cursor, std::int64_t heard)
{
    auto report = partition("331083/training/0", 0);
    Followed followed;
    followed.source = "331083/registration/0";
    followed.cursor = cursor;
    followed.head = heard;
    report.follows.push_back(followed);
    return report;
}

TEST(Lags, AreMeasuredAgainstTheOwnersHead)
{
    const auto lags = lags_of({partition("331083/registration/0", 100), follower(90, 95)});
    ASSERT_EQ(lags.size(), 1U);
    EXPECT_EQ(lags[0].head, 100);
    EXPECT_EQ(lags[0].behind, 10);
}

TEST(Lags, AreMeasuredAgainstWhatWasHeardWhenTheOwnerIsSilent)
{
    PartitionReport silent;
    silent.source = "331083/registration/0";
    const auto lags = lags_of({silent, follower(90, 95)});
    ASSERT_EQ(lags.size(), 1U);
    EXPECT_EQ(lags[0].behind, 5);
}

TEST(Lags, AreNeverNegative)
{
    // The follower was asked after the owner, and has gone on meanwhile.
    EXPECT_EQ(lags_of({partition("331083/registration/0", 90), follower(95, 95)})[0].behind, 0);
}

TEST(Verdict, IsLevelOnlyWhenAllAnswerAndNobodyIsBehindOrDiverged)
{
    const auto verdict_of = [](const std::vector<PartitionReport>& reports) {
        return judge(reports, lags_of(reports));
    };
    auto level = std::vector{partition("331083/registration/0", 100), follower(100, 100)};
    level[0].parked = 3;
    EXPECT_TRUE(verdict_of(level).is_level());
    EXPECT_EQ(verdict_of(level).parked, 3);
    auto silent = level;
    silent[0].answered = false;
    EXPECT_FALSE(verdict_of(silent).is_level());
    auto behind = level;
    behind[1].follows[0].cursor = 99;
    EXPECT_FALSE(verdict_of(behind).is_level());
    auto diverged = level;
    diverged[1].follows[0].diverged = true;
    EXPECT_FALSE(verdict_of(diverged).is_level());
}

TEST(LivePerMille, CountsEventsOfAllFollowers)
{
    auto one = partition("a", 0);
    EXPECT_EQ(live_per_mille({one}), std::nullopt);
    one.events.live = 999;
    one.events.from_pages = 1;
    EXPECT_EQ(live_per_mille({one}), 999);
}

}  // namespace
}  // namespace gonghui::ctl
