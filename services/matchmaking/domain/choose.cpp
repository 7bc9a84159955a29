#include "services/matchmaking/domain/choose.hpp"

namespace gonghui::matchmaking {

Decided<ChoiceMade> choose(const ChooseFacts& facts, const Choose& command, const Actor& actor, UtcTime now)
{
    if (!permits(Choose::rights, actor, facts.standing, command.person_id.uuid)) return refused(refusal::not_permitted);
    if (!facts.evening) return refused(refusal::unknown_evening);
    if (facts.evening->state != EveningState::choosing) return refused(refusal::choosing_not_open);
    if (!facts.chooser) return refused(refusal::not_checked_in);
    if (!facts.chosen || *facts.chosen == *facts.chooser || facts.is_blocked) return refused(refusal::not_choosable);
    return ChoiceMade{.evening_id = command.evening_id,
                      .chooser_id = command.person_id,
                      .chosen_id = command.chosen_id,
                      .wants = command.wants,
                      .at = now};
}

}  // namespace gonghui::matchmaking
