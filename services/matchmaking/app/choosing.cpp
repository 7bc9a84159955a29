// Secret choices, and their end by command or by time.

#include "services/matchmaking/app/settle.hpp"
#include "services/matchmaking/domain/choose.hpp"
#include "services/matchmaking/domain/close_choosing.hpp"
#include "services/matchmaking/domain/open_choosing.hpp"

namespace gonghui::matchmaking {

namespace {

using messaging::Reply;

std::optional<Uuid> place_of(const std::optional<Evening>& evening)
{
    if (!evening) return std::nullopt;
    return evening->organisation.uuid;
}

Reply on_open_choosing(const OpenChoosing& command, MatchmakingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const auto evening = unit.store.evening(command.evening_id);
    const OpenChoosingFacts facts{.standing = unit.store.standing(actor, place_of(evening)), .evening = evening};
    return settle(open_choosing(facts, command, actor, unit.context.now), unit);
}

Reply on_close_choosing(const CloseChoosing& command, MatchmakingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const auto& store = unit.store;
    const auto evening = store.evening(command.evening_id);
    const CloseChoosingFacts facts{.standing = store.standing(actor, place_of(evening)),
                                   .evening = evening,
                                   .attendees = store.attendees(command.evening_id),
                                   .wanted = store.wanted(command.evening_id),
                                   .blocked = store.blocks_at(command.evening_id)};
    return settle(close_choosing(facts, command, actor, unit.context.now), unit);
}

Reply on_choose(const Choose& command, MatchmakingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const auto& store = unit.store;
    const ChooseFacts facts{.standing = store.standing(actor),
                            .evening = store.evening(command.evening_id),
                            .chooser = store.present(command.evening_id, command.person_id),
                            .chosen = store.present(command.evening_id, command.chosen_id),
                            .is_blocked = store.is_blocked_either_way(command.person_id, command.chosen_id)};
    return settle(choose(facts, command, actor, unit.context.now), unit);
}

// The service itself closes, by the same rule; a refusal means that somebody was faster.
void on_choosing_closes(const messaging::Timer& timer, MatchmakingUnit& unit)
{
    static_cast<void>(on_close_choosing({.evening_id = EveningId(timer.subject)}, unit));
}

}  // namespace

void wire_choosing(MatchmakingHandlers& handlers)
{
    handlers.command<OpenChoosing>(on_open_choosing);
    handlers.command<CloseChoosing>(on_close_choosing);
    handlers.command<Choose>(on_choose);
    handlers.timer(std::string(choosing_closes), on_choosing_closes);
}

}  // namespace gonghui::matchmaking
