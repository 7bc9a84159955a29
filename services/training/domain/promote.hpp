#pragma once

#include "common/result/refusal.hpp"
#include "services/training/domain/facts.hpp"

namespace gonghui::training {

// What a free seat means for one person in the line: SeatOffered, or SeatTaken in a campaign that gives seats at once,
// or the reason why it goes to the next (the person keeps their place). Asked in order of arrival; requires a free
// seat.
[[nodiscard]] Decided<Event> promote(const ClassFacts& freed, const PersonFacts& next, UtcTime now);

}  // namespace gonghui::training
