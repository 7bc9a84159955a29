#pragma once
// How often somebody may do something: token buckets, each kept as one moment (the "generic cell rate algorithm", ITU-T
// I.371), in a table of fixed size. When it is full the bucket that is nearest to being full again is forgotten:
// whoever is held back stays so, as long as fewer than the table holds are.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace gonghui::gateway {

struct Rate {
    double per_second = 1;
    double burst = 1;  // at once, after a pause
};

class TokenBuckets {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Wait = std::chrono::steady_clock::duration;

    // `slots`: a power of two, of 16 bytes each. `secret`: so that nobody can choose keys that share a slot.
    TokenBuckets(Rate rate, std::size_t slots, std::uint64_t secret);

    // Takes one token; or tells how long there will be none.
    std::optional<Wait> take(std::string_view key, Time now);

private:
    struct Slot {
        std::uint64_t key = 0;
        Time full_at{};  // when all tokens are back
    };

    Slot& slot_of(std::uint64_t key);

    Wait per_token_;
    Wait depth_;
    std::uint64_t secret_;
    std::vector<Slot> slots_;
};

}  // namespace gonghui::gateway
