#pragma once

#include "services/training/domain/cancel.hpp"

namespace gonghui::training {

// Cap and clash were settled when the seat was offered: an offer counts as a place held.
[[nodiscard]] Decided<SeatTaken> accept_offer(const PlaceFacts& facts, const AcceptOffer& command, const Actor& actor,
                                              UtcTime now);

}  // namespace gonghui::training
