#pragma once
// How much a peer may bring. Units come in at the rate of its grant, and what is not used is saved up for a few
// seconds. Whoever is in debt gets nothing done, but what it goes on sending is charged all the same: so whoever does
// what it is told is only slowed down, and whoever does not is soon so deep in debt that its connections are not worth
// their cost.

#include "common/messaging/follower.hpp"
#include "common/time/clock.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace gonghui::hub {

// A message costs one unit, and one more for every so many bytes: about what it takes to decrypt, pass on and encrypt.
inline constexpr std::size_t bytes_per_unit = 4096;
// A page of a log is paid for before it comes, at its largest: it is the dearest thing to ask for.
inline constexpr std::int64_t page_units = messaging::page_bytes / bytes_per_unit;
inline constexpr std::chrono::seconds saved_up{5};
// In debt for longer than this it is kept out until the debt is over.
inline constexpr std::chrono::seconds longest_debt{5};

constexpr std::int64_t units_of(std::size_t bytes)
{
    return 1 + static_cast<std::int64_t>(bytes / bytes_per_unit);
}

class Allowance {
public:
    // Units per second; 0: without bound.
    void set_rate(std::int64_t rate) { rate_ = rate; }
    [[nodiscard]] bool is_bounded() const { return rate_ > 0; }

    void charge(std::int64_t units, UtcTime now)
    {
        if (rate_ == 0) return;
        paid_until_ = std::max<UtcTime>(paid_until_, now - saved_up) + time_of(units);
        // A clock that is set back would keep it out for as long.
        paid_until_ = std::min<UtcTime>(paid_until_, now + 2 * longest_debt);
    }

    void give_back(std::int64_t units)
    {
        if (rate_ > 0) paid_until_ -= time_of(units);
    }

    // Until it may bring something again.
    [[nodiscard]] Duration debt(UtcTime now) const
    {
        return rate_ == 0 ? Duration::zero() : std::max<Duration>(Duration::zero(), paid_until_ - now);
    }

private:
    [[nodiscard]] Duration time_of(std::int64_t units) const
    {
        return Duration(std::chrono::seconds(1)) * units / rate_;
    }

    std::int64_t rate_ = 0;
    // The moment at which everything so far is paid for.
    UtcTime paid_until_{};
};

}  // namespace gonghui::hub
