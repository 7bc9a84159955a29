#pragma once
// Those who checked in may choose from now on.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct OpenChoosingFacts {
    Standing standing;
    std::optional<Evening> evening;
};

Decided<Events> open_choosing(const OpenChoosingFacts& facts, const OpenChoosing& command, const Actor& actor,
                              UtcTime now);

}  // namespace gonghui::matchmaking
