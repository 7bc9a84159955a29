#include "services/matchmaking/domain/declare_single.hpp"

namespace gonghui::matchmaking {

Decided<Events> declare_single(const DeclareSingleFacts& facts, const DeclareSingle& command, const Actor& actor,
                               UtcTime now)
{
    if (!permits(DeclareSingle::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    const auto& member = facts.participant.member;
    if (!member || !member->is_active) return refused(refusal::no_member);
    if (facts.participant.declared_by) return Events{};
    return Events{SingleDeclared{.declaration_id = command.declaration_id,
                                 .person_id = command.person_id,
                                 .statement = command.statement,
                                 .at = now}};
}

}  // namespace gonghui::matchmaking
