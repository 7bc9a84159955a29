#include "calendar.hpp"

#include <algorithm>

namespace gonghui::pledges {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::chrono::hours shanghai{8};

sys_days first_day(std::int64_t year)
{
    return std::chrono::year(static_cast<int>(year)) / std::chrono::January / 1;
}

}  // namespace

Date date_of(UtcTime time)
{
    return Date(std::chrono::floor<days>(time + shanghai));
}

std::int64_t year_of(const Date& date)
{
    return static_cast<int>(date.year());
}

std::int64_t day_number(const Date& date)
{
    return sys_days(date).time_since_epoch().count();
}

Date date_of_day(std::int64_t day_number)
{
    return Date(sys_days(days(day_number)));
}

Passed passed(std::int64_t year, const Date& today)
{
    const auto of = (first_day(year + 1) - first_day(year)).count();
    const auto until_tonight = (sys_days(today) + days(1) - first_day(year)).count();
    return {std::clamp<std::int64_t>(until_tonight, 0, of), of};
}

std::int64_t percent(const Passed& passed)
{
    return 100 * passed.days / passed.of;
}

std::int64_t expected(std::int64_t target, const Passed& passed)
{
    return target * passed.days / passed.of;
}

Date day_in(std::int64_t year, const Date& today)
{
    return std::min(today, Date(first_day(year + 1) - days(1)));
}

}  // namespace gonghui::pledges
