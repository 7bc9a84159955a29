// Blocking and reporting.

#include "services/matchmaking/app/profile_texts.hpp"
#include "services/matchmaking/app/settle.hpp"
#include "services/matchmaking/domain/block_person.hpp"
#include "services/matchmaking/domain/report_person.hpp"

namespace gonghui::matchmaking {

namespace {

using messaging::Reply;

Reply on_block_person(const BlockPerson& command, MatchmakingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const BlockPersonFacts facts{.standing = unit.store.standing(actor),
                                 .other_is_known = unit.store.is_known(command.blocked_id),
                                 .is_blocked = unit.store.has_blocked(command.person_id, command.blocked_id)};
    return settle(block_person(facts, command, actor, unit.context.now), unit);
}

Reply on_report_person(const ReportPerson& command, MatchmakingUnit& unit, const Ports& ports)
{
    const auto& actor = unit.context.actor;
    const ReportPersonFacts facts{.standing = unit.store.standing(actor),
                                  .other_is_known = unit.store.is_known(command.reported_id),
                                  .id_is_taken = unit.store.has_report(command.report_id)};
    auto decided = report_person(facts, command, actor, unit.context.now);
    if (!decided) return Reply::refused(decided.error());

    if (command.note) {
        const auto key = ports.keyring.find_or_want(command.person_id.uuid);
        if (!key) throw messaging::NotReady("the person's key is on its way");
        decided->note = Sealer(*key, command.person_id, unit.context.random).seal(text_place::note, command.note);
    }
    unit.record(*decided);
    return Reply::accepted();
}

}  // namespace

void wire_safety(MatchmakingHandlers& handlers, const Ports& ports)
{
    handlers.command<BlockPerson>(on_block_person);
    handlers.command<ReportPerson>(
        [ports](const auto& command, auto& unit) { return on_report_person(command, unit, ports); });
}

}  // namespace gonghui::matchmaking
