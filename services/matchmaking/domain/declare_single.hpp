#pragma once
// A member signs that they are single. Nobody signs for another.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct DeclareSingleFacts {
    Standing standing;
    Participant participant;
};

// No event when a declaration stands already.
Decided<Events> declare_single(const DeclareSingleFacts& facts, const DeclareSingle& command, const Actor& actor,
                               UtcTime now);

}  // namespace gonghui::matchmaking
