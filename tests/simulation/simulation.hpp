#pragma once
// A whole district from a seed, on one thread: hub, four services, their clients, and what goes wrong; then rest, and
// the check of everything.

#include "tests/simulation/planted.hpp"
#include "tests/simulation/sometimes.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gonghui::simulation {

struct Settings {
    std::uint64_t seed = 1;
    std::size_t commands = 300;  // at least
    bool printed = false;        // what happens, line by line
    Bug bug = Bug::none;
    // No trouble but one power cut, at this sync of all that the run comes to; 0: everything else that can go wrong.
    std::uint64_t power_cut_at_sync = 0;
};

struct Result {
    std::vector<std::string> problems;
    std::size_t commands = 0;
    std::int64_t faults = 0;   // things that went wrong
    std::int64_t crashes = 0;  // services that ended by them
    std::uint64_t syncs = 0;
    std::uint64_t trace = 0;  // the same for the same settings
    Sometimes sometimes;
};

Result simulate(const Settings& settings);

}  // namespace gonghui::simulation
