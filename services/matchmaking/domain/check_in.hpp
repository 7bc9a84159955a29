#pragma once
// Somebody at the door scans a one-time code: its holder is let in and gets a badge.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

// Whose code it is; the caller finds out, since codes are derived and not stored.
struct CodeHolder {
    PersonId person;
    Side side = Side::male;
    SeatState state = SeatState::taken;
};

struct CheckInFacts {
    Standing standing;  // towards the union that holds the evening
    std::optional<Evening> evening;
    std::optional<CodeHolder> holder;
    std::int64_t next_badge_male = 1, next_badge_female = 1;
};

// Late arrivals are let in until the evening is over, also while choosing is open. The code of one who only waits opens
// no door.
Decided<CheckedIn> check_in(const CheckInFacts& facts, const CheckIn& command, const Actor& actor, UtcTime now);

}  // namespace gonghui::matchmaking
