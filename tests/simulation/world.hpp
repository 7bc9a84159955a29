#pragma once
// What everything in a simulated district shares.

#include "common/ids/seeded_random.hpp"
#include "common/time/manual_clock.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/planted.hpp"
#include "tests/simulation/sometimes.hpp"
#include "tests/simulation/trace.hpp"

#include <string>
#include <vector>

namespace gonghui::simulation {

struct World {
    World(std::uint64_t seed, bool printed, Bug its_bug);

    void problem(std::string what)
    {
        trace.note("PROBLEM", "simulation", what);
        problems.push_back(std::move(what));
    }

    const Bug bug;
    Dice dice;
    SeededRandom random;  // of the services: keys, nonces, ids
    ManualClock clock;
    Trace trace;
    Sometimes sometimes;
    std::vector<std::string> problems;
    Network network;
};

}  // namespace gonghui::simulation
