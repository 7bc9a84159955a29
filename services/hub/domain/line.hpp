#pragma once
// When those who are turned away from a partition at its bound shall come back: one after the other, as fast as the
// partition has been seen to answer, and not all in the same moment to be turned away once more.

#include "common/time/clock.hpp"

#include <cstdint>

namespace gonghui::hub {

// Waits that a line gives.
inline constexpr Duration shortest_wait = std::chrono::milliseconds(20);
inline constexpr Duration longest_wait = std::chrono::seconds(5);

class Line {
public:
    // One more is turned away: how long it is to wait, from `shortest_wait` to `longest_wait`.
    Duration join(UtcTime now);
    // The partition has answered one.
    void on_answer() { ++answers_; }
    // To be called every 100 ms or so. What it measures counts only while there is a line: then the partition is busy
    // without a pause.
    void on_tick(UtcTime now);

private:
    double per_second_ = 2'000;  // until it is known better
    std::int64_t answers_ = 0;   // since the last tick
    UtcTime last_tick_{};
    bool grows_ = false;  // since the last tick
    UtcTime end_{};       // the turn of the last one in it
};

}  // namespace gonghui::hub
