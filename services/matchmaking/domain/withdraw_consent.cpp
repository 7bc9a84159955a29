#include "services/matchmaking/domain/withdraw_consent.hpp"

#include "services/matchmaking/domain/leaving.hpp"

namespace gonghui::matchmaking {

Decided<Events> withdraw_consent(const WithdrawConsentFacts& facts, const WithdrawConsent& command, const Actor& actor,
                                 UtcTime now)
{
    if (!permits(WithdrawConsent::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    const auto& [participant, seats] = facts.holdings;
    if (!participant.consents.given(command.purpose)) return Events{};

    Events events{ConsentWithdrawn{.person_id = command.person_id, .purpose = command.purpose, .at = now}};
    if (command.purpose == Purpose::profile)
        give_up_profile(participant, command.person_id, ProfileEnd::self, now, events);
    if (command.purpose != Purpose::contacts) give_up_seats(seats, SignUpEnd::withdrawn, now, events);
    return events;
}

}  // namespace gonghui::matchmaking
