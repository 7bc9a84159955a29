#include "services/matchmaking/domain/withdraw_declaration.hpp"

#include "services/matchmaking/domain/leaving.hpp"

namespace gonghui::matchmaking {

Decided<Events> withdraw_declaration(const WithdrawDeclarationFacts& facts, const WithdrawDeclaration& command,
                                     const Actor& actor, UtcTime now)
{
    if (!permits(WithdrawDeclaration::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    const auto& [participant, seats] = facts.holdings;
    if (!participant.declared_by) return refused(refusal::not_declared);

    Events events{
        DeclarationLapsed{.declaration_id = *participant.declared_by, .person_id = command.person_id, .at = now}};
    give_up_profile(participant, command.person_id, ProfileEnd::self, now, events);
    give_up_seats(seats, SignUpEnd::withdrawn, now, events);
    return events;
}

}  // namespace gonghui::matchmaking
