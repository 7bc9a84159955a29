#pragma once
// How much a peer may bring. Units come in at the rate of its grant; what is not used is saved up for a while. Whoever
// has used them up is told when to come again, each request at a turn of its own, so that who does what it is told gets
// as much done as its rate allows. What it sends before its turn wears out the hub's forbearance, and who has worn it
// out is kept out for a while: what is not let in costs nothing.

#include "common/messaging/follower.hpp"
#include "common/time/clock.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace gonghui::hub {

// A message costs one unit, and one more for every so many bytes: about what it takes to decrypt, pass on and encrypt.
inline constexpr std::size_t bytes_per_unit = 4096;
// What it is answered is dearer: somebody has to find it, and it is encrypted and decrypted twice; the hub does nothing
// else for the 5 ms that 2 MiB take. A page of a log is paid for before it comes, at its largest.
inline constexpr std::size_t bytes_per_unit_of_reply = 1024;
inline constexpr std::int64_t page_units = messaging::page_bytes / bytes_per_unit_of_reply;

constexpr std::int64_t units_of(std::size_t bytes)
{
    return 1 + static_cast<std::int64_t>(bytes / bytes_per_unit);
}

constexpr std::int64_t units_of_reply(std::size_t bytes)
{
    return static_cast<std::int64_t>(bytes / bytes_per_unit_of_reply);
}

// Each of the two is one moment, up to which everything is paid for (the generic cell rate algorithm).
class Allowance {
public:
    static constexpr std::chrono::seconds saved_up{2};
    static constexpr std::chrono::seconds forbearance{5};
    // Each time twice as long, until it has been good for a minute.
    static constexpr std::chrono::seconds first_out{5};
    static constexpr std::chrono::seconds longest_out{300};
    static constexpr std::chrono::seconds good_for{60};
    // Whoever comes at its turn may be a little early.
    static constexpr std::chrono::milliseconds leeway{50};

    // Units per second; 0: without bound.
    void set_rate(std::int64_t rate) { rate_ = rate; }
    [[nodiscard]] bool is_bounded() const { return rate_ > 0; }

    [[nodiscard]] bool may_bring(UtcTime now) const { return rate_ == 0 || paid_until_ <= now + leeway; }

    // Whatever it says about that: what was let in, or what came of it.
    void charge(std::int64_t units, UtcTime now)
    {
        if (rate_ > 0) paid_until_ = paid(paid_until_, saved_up, units, now);
    }

    void give_back(std::int64_t units)
    {
        if (rate_ > 0) paid_until_ -= time_of(units);
    }

    // What cannot be told to come again, or should not have come.
    void bear(std::int64_t units, UtcTime now)
    {
        if (rate_ > 0) borne_until_ = paid(borne_until_, forbearance, units, now);
    }

    void take(std::int64_t units, UtcTime now) { may_bring(now) ? charge(units, now) : bear(units, now); }

    // How long until the turn of what has just come too early.
    Duration turn_away(std::int64_t units, UtcTime now)
    {
        bear(units, now);
        next_turn_ = std::min<UtcTime>(std::max({next_turn_, paid_until_, now}) + time_of(units), now + forbearance);
        return next_turn_ - now;
    }

    [[nodiscard]] bool is_worn_out(UtcTime now) const { return rate_ > 0 && borne_until_ > now; }

    void keep_out(UtcTime now)
    {
        out_for_ = now - last_out_ > good_for ? Duration(first_out) : std::min<Duration>(2 * out_for_, longest_out);
        borne_until_ = last_out_ = now + out_for_;
    }
    [[nodiscard]] bool is_out(UtcTime now) const
    {
        return last_out_ > now && last_out_ - now <= out_for_;  // and the clock was not set back
    }

private:
    [[nodiscard]] Duration time_of(std::int64_t units) const
    {
        return Duration(std::chrono::seconds(1)) * units / rate_;
    }

    // A clock that is set back must not leave anybody out for as long.
    [[nodiscard]] UtcTime paid(UtcTime until, Duration saved, std::int64_t units, UtcTime now) const
    {
        return std::min<UtcTime>(std::max<UtcTime>(until, now - saved) + time_of(units), now + 2 * forbearance);
    }

    std::int64_t rate_ = 0;
    UtcTime paid_until_{};
    UtcTime borne_until_{};
    UtcTime next_turn_{};
    UtcTime last_out_{};  // until then
    Duration out_for_{};
};

}  // namespace gonghui::hub
