#include "services/matchmaking/domain/give_consent.hpp"

namespace gonghui::matchmaking {

Decided<Events> give_consent(const GiveConsentFacts& facts, const GiveConsent& command, const Actor& actor, UtcTime now)
{
    if (!permits(GiveConsent::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    const auto& member = facts.participant.member;
    if (!member || !member->is_active) return refused(refusal::no_member);
    if (facts.participant.consents.given(command.purpose)) return Events{};
    return Events{ConsentGiven{.person_id = command.person_id, .purpose = command.purpose, .at = now}};
}

}  // namespace gonghui::matchmaking
