#include "services/matchmaking/domain/block_person.hpp"

namespace gonghui::matchmaking {

Decided<Events> block_person(const BlockPersonFacts& facts, const BlockPerson& command, const Actor& actor, UtcTime now)
{
    if (!permits(BlockPerson::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.other_is_known || command.blocked_id == command.person_id) return refused(refusal::unknown_person);
    if (facts.is_blocked) return Events{};
    return Events{PersonBlocked{
        .block_id = command.block_id, .blocker_id = command.person_id, .blocked_id = command.blocked_id, .at = now}};
}

}  // namespace gonghui::matchmaking
