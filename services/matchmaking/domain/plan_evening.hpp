#pragma once
// A union plans an evening.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct PlanEveningFacts {
    Standing standing;  // towards the union that holds it
    bool id_is_taken = false;
};

Decided<Events> plan_evening(const PlanEveningFacts& facts, const PlanEvening& command, const Actor& actor,
                             UtcTime now);

}  // namespace gonghui::matchmaking
