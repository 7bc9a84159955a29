#pragma once

#include "services/training/domain/facts.hpp"

namespace gonghui::training {

struct OfferFacts {
    ClassId class_id;
    CampaignId campaign_id;
    PersonId person_id;
    UtcTime expires_at;
};

// nullopt while there is still time, and when the offer has been answered.
[[nodiscard]] std::optional<OfferLapsed> lapse_offer(const std::optional<OfferFacts>& offer, UtcTime now);

}  // namespace gonghui::training
