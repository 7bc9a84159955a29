#include "services/notifications/domain/quiet_hours.hpp"

namespace gonghui::notifications {

using namespace std::chrono_literals;

namespace {

template <class Number>
std::string padded(Number number, std::size_t width)
{
    auto digits = std::to_string(number);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

UtcTime after_quiet(const QuietHours& quiet, UtcTime wanted)
{
    const auto begins = std::chrono::minutes(quiet.begins_minute);
    const auto ends = std::chrono::minutes(quiet.ends_minute);
    const auto local = wanted + std::chrono::minutes(quiet.utc_offset_minutes);
    const auto midnight = std::chrono::floor<std::chrono::days>(local);
    const Duration of_day = local - midnight;

    const bool over_midnight = ends < begins;
    const bool is_quiet = over_midnight ? of_day >= begins || of_day < ends : of_day >= begins && of_day < ends;
    if (!is_quiet) return wanted;
    const bool ends_tomorrow = over_midnight && of_day >= begins;
    return wanted - of_day + ends + (ends_tomorrow ? 24h : 0h);
}

std::string to_local_text(UtcTime time, int utc_offset_minutes)
{
    const auto local = time + std::chrono::minutes(utc_offset_minutes);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::minutes>(local - day));
    return padded(static_cast<int>(date.year()), 4) + "-" + padded(static_cast<unsigned>(date.month()), 2) + "-" +
           padded(static_cast<unsigned>(date.day()), 2) + " " + padded(clock.hours().count(), 2) + ":" +
           padded(clock.minutes().count(), 2);
}

}  // namespace gonghui::notifications
