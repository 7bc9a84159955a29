#pragma once
// A clock that stands still until it is told to go on: for tests and for the simulator.

#include "common/time/clock.hpp"

#include <atomic>

namespace gonghui {

// Thread-safe. Setting it to an earlier time is ignored, as the port promises that time never runs backwards.
class ManualClock final : public Clock {
public:
    explicit ManualClock(UtcTime start) : now_(to_microseconds(start)) {}

    UtcTime now() override { return from_microseconds(now_.load()); }

    void advance(Duration by)
    {
        if (by > Duration::zero()) now_.fetch_add(by.count());
    }

    void set(UtcTime time)
    {
        const auto wanted = to_microseconds(time);
        auto seen = now_.load();
        while (seen < wanted && !now_.compare_exchange_weak(seen, wanted)) {
        }
    }

private:
    std::atomic<std::int64_t> now_;
};

}  // namespace gonghui
