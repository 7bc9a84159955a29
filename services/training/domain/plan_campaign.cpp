#include "services/training/domain/plan_campaign.hpp"

namespace gonghui::training {

Decided<CampaignPlanned> plan_campaign(const PlanFacts& facts, const PlanCampaign& command, const Actor& actor)
{
    if (!permits(PlanCampaign::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!facts.organisation_known) return refused(refusal::unknown_organisation);
    if (facts.exists) return refused(refusal::campaign_exists);
    if (command.closes_at <= command.opens_at) return refused(refusal::closes_before_opening);
    return CampaignPlanned{command.campaign_id,
                           command.organisation_id,
                           command.name_zh,
                           command.name_en,
                           command.opens_at,
                           command.closes_at,
                           command.classes_per_person.value_or(default_classes_per_person),
                           command.offer_seconds.value_or(default_offer_seconds),
                           command.cancel_until};
}

}  // namespace gonghui::training
