#pragma once
// A member gives a place, or a place in the line, back.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct CancelSignUpFacts {
    Standing standing;
    std::optional<Evening> evening;
    std::optional<Seat> seat;
};

Decided<Events> cancel_sign_up(const CancelSignUpFacts& facts, const CancelSignUp& command, const Actor& actor,
                               UtcTime now);

}  // namespace gonghui::matchmaking
