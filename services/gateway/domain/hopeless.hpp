#pragma once
// What the gateway can answer by itself because the service would say the same: a rush begins with thousands who come
// too early, and each of their refusals would cost the service a commit.

#include "common/result/refusal.hpp"
#include "services/gateway/domain/facts.hpp"

#include <optional>

namespace gonghui::gateway {

// Of somebody who wants a seat for themself. `has_place`: in this class; whoever has may be asking for an answer that
// they have missed, which the service keeps. nullopt: let the service decide.
[[nodiscard]] std::optional<Refusal> hopeless(const std::optional<ClassFacts>& wanted, const CampaignId& campaign,
                                              bool has_place, UtcTime now);

}  // namespace gonghui::gateway
