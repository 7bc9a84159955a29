#include "services/matchmaking/domain/withdraw_profile.hpp"

#include "services/matchmaking/domain/leaving.hpp"

namespace gonghui::matchmaking {

Decided<Events> withdraw_profile(const WithdrawProfileFacts& facts, const WithdrawProfile& command, const Actor& actor,
                                 UtcTime now)
{
    if (!permits(WithdrawProfile::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    const auto& [participant, seats] = facts.holdings;
    if (!participant.has_profile) return refused(refusal::no_profile);

    Events events;
    give_up_profile(participant, command.person_id, ProfileEnd::self, now, events);
    give_up_seats(seats, SignUpEnd::withdrawn, now, events);
    return events;
}

}  // namespace gonghui::matchmaking
