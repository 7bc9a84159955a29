#pragma once
// Every choice of a simulated run comes from here, so that its seed replays it.

#include "common/ids/seeded_random.hpp"

#include <cstdint>
#include <vector>

namespace gonghui::simulation {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}

    std::uint64_t roll() { return random_.next(); }
    // 0 .. sides - 1; `sides` is small, so that the modulo's bias does not matter.
    std::uint64_t below(std::uint64_t sides) { return roll() % sides; }
    std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + below(most - least + 1); }
    bool chance(unsigned per_thousand) { return per_thousand > 0 && below(1000) < per_thousand; }

    template <class T>
    T& pick(std::vector<T>& from)
    {
        return from[below(from.size())];
    }
    template <class T>
    const T& pick(const std::vector<T>& from)
    {
        return from[below(from.size())];
    }

private:
    SeededRandom random_;
};

}  // namespace gonghui::simulation
