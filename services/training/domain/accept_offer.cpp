#include "services/training/domain/accept_offer.hpp"

namespace gonghui::training {

Decided<SeatTaken> accept_offer(const PlaceFacts& facts, const AcceptOffer& command, const Actor& actor, UtcTime now)
{
    if (!permits(AcceptOffer::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.training_class) return refused(refusal::unknown_class);
    if (facts.place != Place::offered || !facts.offer_expires_at) return refused(refusal::no_offer);
    // The timer may be late; the promise to the next in line is not.
    if (now >= *facts.offer_expires_at)
        return refused(refusal::offer_lapsed, {{"expires_at", to_microseconds(*facts.offer_expires_at)}});
    return SeatTaken{command.class_id, command.campaign_id, command.person_id, now, SeatTakenVia::offer};
}

}  // namespace gonghui::training
