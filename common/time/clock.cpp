#include "common/time/clock.hpp"

#include <algorithm>
#include <atomic>

namespace gonghui {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

void append_padded(std::string& out, std::int64_t value, std::size_t width)
{
    const auto digits = std::to_string(value);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

// Takes exactly `width` digits off the front of `text`; nullopt when one of them is none.
std::optional<int> take_digits(std::string_view& text, std::size_t width)
{
    if (text.size() < width) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(0, width)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(width);
    return value;
}

bool take(std::string_view& text, char expected)
{
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(1);
    return true;
}

// ".5" is half a second; nothing is nothing. More than six digits would be lost, so they are refused.
std::optional<Duration> take_fraction(std::string_view& text)
{
    if (!take(text, '.')) return Duration{0};
    const auto width = std::min(text.find_first_not_of("0123456789"), text.size());
    if (width == 0 || width > 6) return std::nullopt;
    auto value = *take_digits(text, width);
    for (auto missing = width; missing < 6; ++missing) value *= 10;
    return Duration{value};
}

std::optional<minutes> take_offset(std::string_view& text)
{
    if (take(text, 'Z')) return minutes{0};
    const bool west = text.starts_with('-');
    if (!take(text, '+') && !take(text, '-')) return std::nullopt;
    const auto hour = take_digits(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    const minutes offset = hours{*hour} + minutes{*minute};
    return west ? -offset : offset;
}

std::optional<Duration> take_time_of_day(std::string_view& text)
{
    const auto hour = take_digits(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || !take(text, ':')) return std::nullopt;
    const auto second = take_digits(text, 2);
    if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    return hours{*hour} + minutes{*minute} + seconds{*second} + *fraction;
}

}  // namespace

std::string to_string(UtcTime time)
{
    const auto day = std::chrono::floor<days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};

    std::string out;
    out.reserve(27);
    append_padded(out, int{date.year()}, 4);
    out += '-';
    append_padded(out, unsigned{date.month()}, 2);
    out += '-';
    append_padded(out, unsigned{date.day()}, 2);
    out += 'T';
    append_padded(out, clock.hours().count(), 2);
    out += ':';
    append_padded(out, clock.minutes().count(), 2);
    out += ':';
    append_padded(out, clock.seconds().count(), 2);
    out += '.';
    append_padded(out, clock.subseconds().count(), 6);
    out += 'Z';
    return out;
}

std::optional<UtcTime> parse_time(std::string_view text)
{
    const auto date = parse_date(text.substr(0, 10));
    if (!date) return std::nullopt;
    text.remove_prefix(10);
    if (!take(text, 'T')) return std::nullopt;
    const auto time_of_day = take_time_of_day(text);
    if (!time_of_day) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    return UtcTime{std::chrono::sys_days{*date}} + *time_of_day - *offset;
}

std::optional<std::chrono::year_month_day> parse_date(std::string_view text)
{
    const auto year = take_digits(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day || !text.empty()) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return date;
}

UtcTime SystemClock::now()
{
    // One for the process, not per clock: two clocks in one process must not disagree about the past.
    static std::atomic<std::int64_t> latest{0};

    const auto reading = to_microseconds(std::chrono::floor<Duration>(std::chrono::system_clock::now()));
    auto seen = latest.load(std::memory_order_relaxed);
    while (seen < reading && !latest.compare_exchange_weak(seen, reading, std::memory_order_relaxed)) {
    }
    return from_microseconds(std::max(seen, reading));
}

}  // namespace gonghui
