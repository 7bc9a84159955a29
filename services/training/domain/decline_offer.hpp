#pragma once

#include "services/training/domain/cancel.hpp"

namespace gonghui::training {

[[nodiscard]] Decided<OfferDeclined> decline_offer(const PlaceFacts& facts, const DeclineOffer& command,
                                                   const Actor& actor, UtcTime now);

}  // namespace gonghui::training
