#include "services/training/domain/change_campaign.hpp"

namespace gonghui::training {

Decided<CampaignChanged> change_campaign(const ChangeFacts& facts, const ChangeCampaign& command, const Actor& actor,
                                         UtcTime now)
{
    if (!permits(ChangeCampaign::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!facts.campaign) return refused(refusal::unknown_campaign);
    if (command.closes_at <= command.opens_at) return refused(refusal::closes_before_opening);
    if (now >= facts.campaign->opens_at && command.opens_at != facts.campaign->opens_at)
        return refused(refusal::campaign_has_opened, {{"opens_at", to_microseconds(facts.campaign->opens_at)}});
    return CampaignChanged{command.campaign_id, command.name_zh, command.name_en, command.opens_at, command.closes_at};
}

}  // namespace gonghui::training
