#pragma once
// What people read on the board. Pure.

#include "calendar.hpp"

#include <schemas/generated/pledges/messages.hpp>

#include <string>
#include <vector>

namespace gonghui::pledges {

// "At least half is done when half the time is over" counts as ahead: 时间过半，任务过半.
[[nodiscard]] State state_of(std::int64_t target, std::int64_t progress, std::int64_t expected);

// A line for each promise; fills what follows from `target`, `progress` and the time that has passed.
void judge(PledgeOnBoard& pledge, const Passed& passed, Language language);

// One line for all of them.
[[nodiscard]] std::string glance(const std::vector<PledgeOnBoard>& pledges, const Passed& passed, Language language);

}  // namespace gonghui::pledges
