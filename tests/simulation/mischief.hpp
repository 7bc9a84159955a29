#pragma once
// What goes wrong in a run, and when: a plan that the dice make as time passes.

#include "tests/simulation/crowd.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/station.hpp"
#include "tests/simulation/town.hpp"
#include "tests/simulation/world.hpp"

#include <memory>
#include <vector>

namespace gonghui::simulation {

class Mischief {
public:
    Mischief(World& world, std::vector<std::unique_ptr<Station>>& stations, Crowd& crowd, const Town& town);

    // True when anything was done.
    bool step();
    [[nodiscard]] UtcTime next() const;
    // Enough for one run: three faults, and a crash among what they did.
    [[nodiscard]] bool is_satisfied() const;
    // Nothing goes wrong any more, and what is broken is mended.
    void end();
    [[nodiscard]] std::int64_t faults() const { return faults_; }

private:
    void strike();
    void crash_at_an_operation();
    void crash_now();
    void lose_district();
    void fail_an_operation();
    void fill_disk();
    void freeze();
    void cut_off();
    void restart_hub();
    void storm();
    void jump_clock();
    void restart_in_order();
    void copy_a_store();
    void restore_the_copied();

    Station& some_station() { return *world_.dice.pick(stations_); }
    UtcTime in(std::uint64_t least_ms, std::uint64_t most_ms);

    World& world_;
    std::vector<std::unique_ptr<Station>>& stations_;
    Crowd& crowd_;
    const Town& town_;
    UtcTime next_at_;
    UtcTime calm_at_ = UtcTime::max();     // the storm is over
    UtcTime emptied_at_ = UtcTime::max();  // full disks have room again
    Station* copied_ = nullptr;            // once in a run
    UtcTime restored_at_ = UtcTime::max();
    std::int64_t faults_ = 0;
    bool ended_ = false;
};

}  // namespace gonghui::simulation
