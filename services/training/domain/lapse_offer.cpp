#include "services/training/domain/lapse_offer.hpp"

namespace gonghui::training {

std::optional<OfferLapsed> lapse_offer(const std::optional<OfferFacts>& offer, UtcTime now)
{
    if (!offer || now < offer->expires_at) return std::nullopt;
    return OfferLapsed{offer->class_id, offer->campaign_id, offer->person_id, now};
}

}  // namespace gonghui::training
