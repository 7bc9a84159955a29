#include "services/training/domain/decline_offer.hpp"

namespace gonghui::training {

Decided<OfferDeclined> decline_offer(const PlaceFacts& facts, const DeclineOffer& command, const Actor& actor,
                                     UtcTime now)
{
    if (!permits(DeclineOffer::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.training_class) return refused(refusal::unknown_class);
    if (facts.place != Place::offered) return refused(refusal::no_offer);
    return OfferDeclined{command.class_id, command.campaign_id, command.person_id, now};
}

}  // namespace gonghui::training
