#pragma once
// Which events somebody wants to see.

#include "common/time/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gonghui::ctl {

// What of an event is looked at.
struct EventTraits {
    std::string_view source;  // "331083/training/0"
    std::string_view type;    // "seat_taken"
    std::string_view subject;
    UtcTime time;
};

// Empty fields let everything through, but for the bus's own types (they begin with `_`), which must be asked for.
struct EventFilter {
    std::string service;
    std::string type;  // a whole type, or its beginning with a `*` at the end
    std::string subject;
    std::optional<UtcTime> since;

    [[nodiscard]] bool lets_through(const EventTraits& event) const;
};

// "15m", "2h", "7d" before `now`, or a point in time; nullopt when it is neither.
std::optional<UtcTime> parse_since(std::string_view text, UtcTime now);

}  // namespace gonghui::ctl
