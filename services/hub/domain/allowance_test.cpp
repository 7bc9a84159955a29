#include "services/hub/domain/allowance.hpp"

#include <gtest/gtest.h>

namespace gonghui::hub {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const UtcTime start = *parse_time("2026-03-01T12:00:00Z");

struct AllowanceTest : testing::Test {
    AllowanceTest() { allowance.set_rate(100); }

    // How many messages it may bring at this moment.
    int brings(UtcTime now)
    {
        int count = 0;
        for (; allowance.may_bring(now) && count < 1'000'000; ++count) allowance.charge(1, now);
        return count;
    }

    Allowance allowance;
};

TEST_F(AllowanceTest, WithoutARateThereIsNoBound)
{
    Allowance free;
    free.charge(1'000'000'000, start);
    free.bear(1'000'000'000, start);
    EXPECT_TRUE(free.may_bring(start));
    EXPECT_FALSE(free.is_worn_out(start));
}

TEST_F(AllowanceTest, SavesUpForAWhileAndNoLonger)
{
    const int at_once = brings(start);
    EXPECT_NEAR(at_once, 100 * (seconds(Allowance::saved_up).count()), 10);
    EXPECT_EQ(brings(start), 0);
    EXPECT_EQ(brings(start + seconds(1)), 100);
    EXPECT_EQ(brings(start + hours(1)), at_once);
}

TEST_F(AllowanceTest, WhatWasPaidForInVainComesBack)
{
    brings(start);
    allowance.charge(50, start);
    allowance.give_back(51);
    EXPECT_EQ(brings(start), 1);
}

TEST_F(AllowanceTest, WhoComesAtItsTurnGetsAsMuchDoneAsItsRateAllows)
{
    auto now = start;
    brings(now);
    std::vector<UtcTime> turns;
    turns.reserve(300);
    for (int i = 0; i < 300; ++i) turns.push_back(now + allowance.turn_away(1, now));
    int turned_away = 0;
    while (!turns.empty()) {
        const auto next = std::min_element(turns.begin(), turns.end());
        now = *next;
        turns.erase(next);
        if (allowance.may_bring(now)) {
            allowance.charge(1, now);
        } else {
            turns.push_back(now + allowance.turn_away(1, now));
            ++turned_away;
        }
        ASSERT_FALSE(allowance.is_worn_out(now));
    }
    EXPECT_LT(now - start, milliseconds(3'200)) << "three hundred at a hundred a second";
    EXPECT_EQ(turned_away, 0);
}

TEST_F(AllowanceTest, WhoDoesNotWaitWearsOutTheForbearance)
{
    brings(start);
    int borne = 0;
    for (; !allowance.is_worn_out(start); ++borne) allowance.turn_away(1, start);
    EXPECT_EQ(borne, 501);
}

TEST_F(AllowanceTest, IsKeptOutLongerEachTimeUntilItHasBeenGoodForAWhile)
{
    auto now = start;
    for (const int expected : {5, 10, 20, 40, 80, 160, 300, 300}) {
        allowance.keep_out(now);
        EXPECT_TRUE(allowance.is_out(now + seconds(expected) - milliseconds(1)));
        EXPECT_FALSE(allowance.is_out(now + seconds(expected)));
        now += seconds(expected + 60);
    }
    now += seconds(1);
    allowance.keep_out(now);
    EXPECT_FALSE(allowance.is_out(now + seconds(5)));
}

TEST_F(AllowanceTest, AClockThatIsSetBackKeepsNobodyOutForLong)
{
    allowance.charge(1, start);
    allowance.bear(1, start);
    const auto earlier = start - hours(1);
    allowance.charge(1, earlier);
    allowance.bear(1, earlier);
    EXPECT_TRUE(allowance.may_bring(earlier + 2 * Allowance::forbearance));
    EXPECT_FALSE(allowance.is_worn_out(earlier + 2 * Allowance::forbearance));
    allowance.keep_out(start);
    EXPECT_FALSE(allowance.is_out(earlier));
}

}  // namespace
}  // namespace gonghui::hub
