#pragma once
// How a command ends that answers nothing but yes or no.

#include "schemas/generated/matchmaking/codecs.hpp"
#include "services/matchmaking/app/handlers.hpp"
#include "services/matchmaking/storage/evolve.hpp"

namespace gonghui::matchmaking {

template <class Decision>
messaging::Reply settle(const Decided<Decision>& decided, MatchmakingUnit& unit)
{
    if (!decided) return messaging::Reply::refused(decided.error());
    unit.record(*decided);
    return messaging::Reply::accepted();
}

}  // namespace gonghui::matchmaking
