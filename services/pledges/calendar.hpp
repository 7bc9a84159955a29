#pragma once
// The year as a union's board sees it. Pure. China has one time, UTC+8, and no summer time since 1991.

#include <common/time/clock.hpp>

#include <cstdint>

namespace gonghui::pledges {

using Date = std::chrono::year_month_day;

// The date in Shanghai.
[[nodiscard]] Date date_of(UtcTime time);
[[nodiscard]] std::int64_t year_of(const Date& date);

// Days since 1970: how a date stands in a table.
[[nodiscard]] std::int64_t day_number(const Date& date);
[[nodiscard]] Date date_of_day(std::int64_t day_number);

// Of the days of `year`, how many are over by the evening of `today`: 0 before it, all after it.
struct Passed {
    std::int64_t days = 0;
    std::int64_t of = 365;
};
[[nodiscard]] Passed passed(std::int64_t year, const Date& today);

// In whole percent, rounded down: half the year is not over before its evening.
[[nodiscard]] std::int64_t percent(const Passed& passed);

// How much of `target` the time that has passed asks for, rounded down.
[[nodiscard]] std::int64_t expected(std::int64_t target, const Passed& passed);

// The last day of `year`, or today while it lasts.
[[nodiscard]] Date day_in(std::int64_t year, const Date& today);

}  // namespace gonghui::pledges
