#include "services/matchmaking/domain/open_choosing.hpp"

namespace gonghui::matchmaking {

Decided<Events> open_choosing(const OpenChoosingFacts& facts, const OpenChoosing& command, const Actor& actor,
                              UtcTime now)
{
    if (!permits(OpenChoosing::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!facts.evening) return refused(refusal::unknown_evening);
    if (facts.evening->state == EveningState::choosing) return refused(refusal::choosing_already_open);
    if (facts.evening->is_over(now)) return refused(refusal::evening_over);
    const auto closes_at = command.closes_at.value_or(facts.evening->ends_at);
    if (closes_at <= now) return refused(refusal::times_out_of_order);
    return Events{ChoosingOpened{.evening_id = command.evening_id, .closes_at = closes_at, .at = now}};
}

}  // namespace gonghui::matchmaking
