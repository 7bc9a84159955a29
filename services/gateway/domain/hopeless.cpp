#include "services/gateway/domain/hopeless.hpp"

namespace gonghui::gateway {

// Codes and figures as training's rule has them (services/training/domain/enroll.cpp); tests/system holds the two
// against each other.
std::optional<Refusal> hopeless(const std::optional<ClassFacts>& wanted, const CampaignId& campaign, bool has_place,
                                UtcTime now)
{
    if (!wanted || wanted->campaign != campaign || has_place) return std::nullopt;
    if (now < wanted->opens_at) return Refusal{"campaign_not_open", {{"opens_at", to_microseconds(wanted->opens_at)}}};
    if (now >= wanted->closes_at)
        return Refusal{"campaign_closed", {{"closes_at", to_microseconds(wanted->closes_at)}}};
    if (now >= wanted->begins_at) return Refusal{"class_started", {{"starts_at", to_microseconds(wanted->begins_at)}}};
    return std::nullopt;
}

}  // namespace gonghui::gateway
