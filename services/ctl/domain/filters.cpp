#include "services/ctl/domain/filters.hpp"

#include <charconv>

namespace gonghui::ctl {

namespace {

bool fits(std::string_view pattern, std::string_view type)
{
    if (pattern.ends_with('*')) return type.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern.empty() ? !type.starts_with('_') : pattern == type;
}

// "331083/training/0" -> "training"
std::string_view service_of(std::string_view source)
{
    const auto first = source.find('/');
    const auto last = source.rfind('/');
    return first < last ? source.substr(first + 1, last - first - 1) : std::string_view{};
}

std::optional<Duration> unit_of(char letter)
{
    switch (letter) {
        case 's':
            return std::chrono::seconds(1);
        case 'm':
            return std::chrono::minutes(1);
        case 'h':
            return std::chrono::hours(1);
        case 'd':
            return std::chrono::hours(24);
        default:
            return std::nullopt;
    }
}

}  // namespace

bool EventFilter::lets_through(const EventTraits& event) const
{
    return (service.empty() || service == service_of(event.source)) && fits(type, event.type) &&
           (subject.empty() || subject == event.subject) && (!since || event.time >= *since);
}

std::optional<UtcTime> parse_since(std::string_view text, UtcTime now)
{
    if (const auto time = parse_time(text)) return time;
    if (text.size() < 2) return std::nullopt;
    const auto unit = unit_of(text.back());
    std::int64_t count = 0;
    const auto* end = text.data() + text.size() - 1;
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    constexpr std::int64_t most = 100'000;
    if (!unit || error != std::errc() || rest != end || count < 0 || count > most) return std::nullopt;
    return now - *unit * count;
}

}  // namespace gonghui::ctl
