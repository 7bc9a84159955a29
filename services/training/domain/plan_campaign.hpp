#pragma once

#include "common/result/refusal.hpp"
#include "services/training/domain/facts.hpp"

namespace gonghui::training {

struct PlanFacts {
    bool exists = false;
    bool organisation_known = false;
    Standing standing;  // of the actor towards the organisation that runs the campaign
};

// What holds unless the command says otherwise (synthetic defaults of common practice).
inline constexpr std::int64_t default_classes_per_person = 2;
inline constexpr std::int64_t default_offer_seconds = 86'400;

[[nodiscard]] Decided<CampaignPlanned> plan_campaign(const PlanFacts& facts, const PlanCampaign& command,
                                                     const Actor& actor);

}  // namespace gonghui::training
