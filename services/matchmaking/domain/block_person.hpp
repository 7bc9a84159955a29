#pragma once
// One person wants to see another no more. Always works, within the gate or outside.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct BlockPersonFacts {
    Standing standing;
    bool other_is_known = false;
    bool is_blocked = false;  // by the same person already
};

// No event when the block stands already.
Decided<Events> block_person(const BlockPersonFacts& facts, const BlockPerson& command, const Actor& actor,
                             UtcTime now);

}  // namespace gonghui::matchmaking
