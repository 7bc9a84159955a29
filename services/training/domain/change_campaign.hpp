#pragma once

#include "common/result/refusal.hpp"
#include "services/training/domain/facts.hpp"

namespace gonghui::training {

struct ChangeFacts {
    std::optional<CampaignFacts> campaign;
    Standing standing;  // of the actor towards the organisation that runs the campaign
};

// What decides who may have a seat (caps, offers) stays as it was planned: people have acted on it.
[[nodiscard]] Decided<CampaignChanged> change_campaign(const ChangeFacts& facts, const ChangeCampaign& command,
                                                       const Actor& actor, UtcTime now);

}  // namespace gonghui::training
