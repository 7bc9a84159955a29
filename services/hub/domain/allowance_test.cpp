#include "services/hub/domain/allowance.hpp"

#include <gtest/gtest.h>

namespace gonghui::hub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const UtcTime start = *parse_time("2026-03-01T12:00:00Z");

Allowance at_rate(std::int64_t rate)
{
    Allowance allowance;
    allowance.set_rate(rate);
    return allowance;
}

TEST(Allowance, WithoutARateIsNeverSpent)
{
    Allowance allowance;
    allowance.charge(1'000'000'000, start);
    EXPECT_FALSE(allowance.is_bounded());
    EXPECT_EQ(allowance.debt(start), Duration::zero());
}

TEST(Allowance, SavesUpAFewSecondsAndNoMore)
{
    auto allowance = at_rate(100);
    allowance.charge(500, start);
    EXPECT_EQ(allowance.debt(start), Duration::zero());
    allowance.charge(1, start);
    EXPECT_EQ(allowance.debt(start), milliseconds(10));
    allowance.charge(500, start + std::chrono::hours(1));
    EXPECT_EQ(allowance.debt(start + std::chrono::hours(1)), Duration::zero());
    allowance.charge(1, start + std::chrono::hours(1));
    EXPECT_GT(allowance.debt(start + std::chrono::hours(1)), Duration::zero()) << "an hour saves up no more";
}

TEST(Allowance, DebtIsOverByItself)
{
    auto allowance = at_rate(100);
    allowance.charge(600, start);
    EXPECT_EQ(allowance.debt(start), seconds(1));
    EXPECT_EQ(allowance.debt(start + milliseconds(400)), milliseconds(600));
    EXPECT_EQ(allowance.debt(start + seconds(1)), Duration::zero());
}

TEST(Allowance, WhatWasPaidForInVainComesBack)
{
    auto allowance = at_rate(100);
    allowance.charge(600, start);
    allowance.give_back(100);
    EXPECT_EQ(allowance.debt(start), Duration::zero());
}

TEST(Allowance, AClockThatIsSetBackKeepsNobodyOutForLong)
{
    auto allowance = at_rate(100);
    allowance.charge(1, start);
    allowance.charge(1, start - std::chrono::hours(1));
    EXPECT_LE(allowance.debt(start - std::chrono::hours(1)), 2 * longest_debt);
}

}  // namespace
}  // namespace gonghui::hub
