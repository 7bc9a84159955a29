#include "services/notifications/domain/quiet_hours.hpp"

#include <array>
#include <cstdio>

namespace gonghui::notifications {

using namespace std::chrono_literals;

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
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
    return text.data();
}

}  // namespace gonghui::notifications
