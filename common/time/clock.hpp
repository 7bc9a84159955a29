#pragma once
// Time as the platform sees it: UTC, in microseconds, from a port. Domain code never asks for the time; it is told.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui {

using UtcTime = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

constexpr std::int64_t to_microseconds(UtcTime time)
{
    return time.time_since_epoch().count();
}

constexpr UtcTime from_microseconds(std::int64_t microseconds)
{
    return UtcTime{Duration{microseconds}};
}

// ISO 8601 in UTC with a `Z`, for people and JSON: "2026-03-01T12:00:00.000000Z".
std::string to_string(UtcTime time);

// Accepts what to_string writes, with or without the fraction, and a numeric offset ("+08:00") in place of `Z`.
std::optional<UtcTime> parse_time(std::string_view text);

// A calendar day as GB 11643 and forms use it, "YYYY-MM-DD"; nullopt when no such day exists.
std::optional<std::chrono::year_month_day> parse_date(std::string_view text);

// The port. `now` never runs backwards within a process, whatever the machine's clock does. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    virtual UtcTime now() = 0;
};

class SystemClock final : public Clock {
public:
    UtcTime now() override;
};

}  // namespace gonghui
