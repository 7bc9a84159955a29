#include "calendar.hpp"

#include <gtest/gtest.h>

namespace gonghui::pledges {
namespace {

using namespace std::chrono_literals;

TEST(Calendar, ADayBeginsInShanghai)
{
    EXPECT_EQ(date_of(parse_time("2026-12-31T15:59:59Z").value()), 2026y / 12 / 31);
    EXPECT_EQ(date_of(parse_time("2026-12-31T16:00:00Z").value()), 2027y / 1 / 1);
    EXPECT_EQ(date_of_day(day_number(2028y / 2 / 29)), 2028y / 2 / 29);
}

TEST(Calendar, HalfTheYearIsHalfTheTask)
{
    const auto half = passed(2026, 2026y / 7 / 2);  // the 183rd of 365 days
    EXPECT_EQ(percent(half), 50);
    EXPECT_EQ(expected(1000, half), 501);
    EXPECT_EQ(percent(passed(2026, 2026y / 7 / 1)), 49);
    EXPECT_EQ(expected(1, half), 0);
}

TEST(Calendar, OutsideTheYearNothingOrAllIsAskedFor)
{
    EXPECT_EQ(expected(1000, passed(2026, 2025y / 12 / 31)), 0);
    EXPECT_EQ(expected(1000, passed(2026, 2026y / 1 / 1)), 2);
    EXPECT_EQ(expected(1000, passed(2026, 2026y / 12 / 31)), 1000);
    EXPECT_EQ(expected(1000, passed(2026, 2031y / 5 / 5)), 1000);
    EXPECT_EQ(percent(passed(2026, 2031y / 5 / 5)), 100);
    EXPECT_EQ(day_in(2026, 2031y / 5 / 5), 2026y / 12 / 31);
    EXPECT_EQ(day_in(2026, 2026y / 5 / 5), 2026y / 5 / 5);
}

TEST(Calendar, LeapYearsHaveADayMore)
{
    EXPECT_EQ(passed(2028, 2028y / 12 / 31).days, 366);
    EXPECT_EQ(passed(2028, 2028y / 3 / 1).days, 61);
}

TEST(Calendar, TheLargestTargetDoesNotOverflow)
{
    EXPECT_EQ(expected(10'000'000, passed(2028, 2028y / 12 / 31)), 10'000'000);
}

}  // namespace
}  // namespace gonghui::pledges
