#pragma once
// Why people got no seat, counted by campaign as the gateway sees it: what a service refuses leaves no event, and what
// is refused in front never reaches a service. In memory alone: it is for who watches a rush, not for the books.

#include "schemas/generated/ids.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace gonghui::gateway {

class Refusals {
public:
    void count(const CampaignId& campaign, std::string_view code);
    // {"class_full":3}
    [[nodiscard]] std::string counts_of(const CampaignId& campaign) const;
    // Since it was last asked.
    [[nodiscard]] std::unordered_set<CampaignId> take_changes() { return std::exchange(changed_, {}); }

private:
    // A worker can name any UUID as a campaign.
    static constexpr std::size_t most_campaigns = 256;

    std::unordered_map<CampaignId, std::map<std::string, std::int64_t, std::less<>>> counts_;
    std::unordered_set<CampaignId> changed_;
};

}  // namespace gonghui::gateway
