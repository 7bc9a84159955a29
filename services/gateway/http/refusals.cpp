#include "services/gateway/http/refusals.hpp"

namespace gonghui::gateway {

void Refusals::count(const CampaignId& campaign, std::string_view code)
{
    if (code == "unknown_class" || (counts_.size() >= most_campaigns && !counts_.contains(campaign))) return;
    auto& counts = counts_[campaign];
    const auto found = counts.find(code);
    if (found == counts.end())
        counts.emplace(code, 1);
    else
        ++found->second;
    changed_.insert(campaign);
}

std::string Refusals::counts_of(const CampaignId& campaign) const
{
    std::string out = "{";
    if (const auto found = counts_.find(campaign); found != counts_.end())
        for (const auto& [code, number] : found->second)
            out.append(out.size() > 1 ? "," : "").append(1, '"').append(code).append("\":" + std::to_string(number));
    return out + '}';
}

}  // namespace gonghui::gateway
