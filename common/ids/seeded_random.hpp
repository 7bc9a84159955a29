#pragma once
// Randomness that repeats itself: the same seed gives the same bytes. For tests and the simulator; whoever knows a few
// bytes knows all others, so it is unfit for keys, nonces and ids that must not be guessed.

#include "common/ids/random.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>

namespace gonghui {

// SplitMix64 (Steele, Lea, Flood 2014). Thread-safe; what each of several threads gets depends on their order.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next()
    {
        constexpr std::uint64_t step = 0x9e3779b97f4a7c15;
        auto mixed = state_.fetch_add(step) + step;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    void fill(std::span<std::byte> out) override
    {
        while (!out.empty()) {
            const auto word = next();
            const auto size = std::min(out.size(), sizeof word);
            std::memcpy(out.data(), &word, size);
            out = out.subspan(size);
        }
    }

private:
    std::atomic<std::uint64_t> state_;
};

}  // namespace gonghui
