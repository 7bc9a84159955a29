#pragma once
// A secret choice about one person of the other side.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct ChooseFacts {
    Standing standing;
    std::optional<Evening> evening;
    std::optional<Side> chooser;  // nullopt: not checked in
    std::optional<Side> chosen;   // nullopt: not checked in
    bool is_blocked = false;      // one blocked the other, whichever
};

// A block answers as if the other were not there: nobody learns that they were blocked.
Decided<ChoiceMade> choose(const ChooseFacts& facts, const Choose& command, const Actor& actor, UtcTime now);

}  // namespace gonghui::matchmaking
