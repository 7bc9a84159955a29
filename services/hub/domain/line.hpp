#pragma once
// When those who are turned away from a partition at its bound shall come back: one after the other, as fast as the
// partition has been seen to answer, and not all in the same moment to be turned away once more.

#include "common/time/clock.hpp"

#include <cstdint>

namespace gonghui::hub {

// Turns that a line gives, from now.
inline constexpr Duration shortest_wait = std::chrono::milliseconds(20);
inline constexpr Duration longest_wait = std::chrono::seconds(5);

// How long whoever has this turn is told to wait: until then, or, if that is far off, less than a second: the partition
// may turn out to be faster. Who came together comes back spread over half a second.
Duration wait_until(UtcTime turn, UtcTime now);

class Line {
public:
    // One more is turned away: the moment of their turn, from `shortest_wait` to `longest_wait` from now.
    UtcTime join(UtcTime now);
    // About how many come before this turn; at least so many when it is `longest_wait` away.
    [[nodiscard]] std::int64_t ahead_of(UtcTime turn, UtcTime now) const;
    // Somebody's turn is still to come.
    [[nodiscard]] bool has_waiting(UtcTime now) const { return end_ > now; }
    // The partition has answered one.
    void on_answer() { ++answers_; }
    // To be called every 100 ms or so. What it measures counts only while there is a line: then the partition is busy
    // without a pause.
    void on_tick(UtcTime now);

private:
    double per_second_ = 10'000;  // until it is known better
    std::int64_t answers_ = 0;    // since the last tick
    UtcTime last_tick_{};
    bool grows_ = false;  // since the last tick
    UtcTime end_{};       // the turn of the last one in it
};

}  // namespace gonghui::hub
