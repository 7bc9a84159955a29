#include "tests/simulation/mischief.hpp"

#include <algorithm>
#include <array>

namespace gonghui::simulation {

using namespace std::chrono_literals;

namespace {

// Every network loses a little.
constexpr Weather usual{.lost = 4, .doubled = 4, .late = 4};
constexpr Weather stormy{.lost = 200, .doubled = 100, .late = 200};

}  // namespace

Mischief::Mischief(World& world, std::vector<std::unique_ptr<Station>>& stations, Crowd& crowd, const Town& town)
    : world_(world), stations_(stations), crowd_(crowd), town_(town), next_at_(in(50, 1'500))
{
    world_.network.set_weather(usual);
}

UtcTime Mischief::in(std::uint64_t least_ms, std::uint64_t most_ms)
{
    return world_.clock.now() + std::chrono::milliseconds(world_.dice.between(least_ms, most_ms));
}

bool Mischief::step()
{
    const auto now = world_.clock.now();
    if (ended_ || now < next()) return false;
    if (now >= calm_at_) {
        world_.network.set_weather(usual);
        calm_at_ = UtcTime::max();
    }
    if (now >= emptied_at_) {
        for (auto& station : stations_) station->machine().disk.full = false;
        emptied_at_ = UtcTime::max();
    }
    if (now >= restored_at_) restore_the_copied();
    if (now >= next_at_) {
        next_at_ = in(100, 3'000);
        strike();
        ++faults_;
    }
    return true;
}

UtcTime Mischief::next() const
{
    return ended_ ? UtcTime::max() : std::min({next_at_, calm_at_, emptied_at_, restored_at_});
}

bool Mischief::is_satisfied() const
{
    const auto crashed = std::ranges::any_of(stations_, [](const auto& station) { return station->crashes() > 0; });
    return faults_ >= 3 && crashed;
}

void Mischief::end()
{
    ended_ = true;
    world_.network.heal();
    for (auto& station : stations_) station->heal();
}

void Mischief::strike()
{
    struct Evil {
        unsigned weight;
        void (Mischief::*work)();
    };
    static constexpr std::array evils{Evil{40, &Mischief::crash_at_an_operation},
                                      Evil{8, &Mischief::crash_now},
                                      Evil{4, &Mischief::lose_district},
                                      Evil{24, &Mischief::fail_an_operation},
                                      Evil{5, &Mischief::fill_disk},
                                      Evil{7, &Mischief::freeze},
                                      Evil{9, &Mischief::cut_off},
                                      Evil{7, &Mischief::restart_hub},
                                      Evil{8, &Mischief::storm},
                                      Evil{3, &Mischief::jump_clock},
                                      Evil{5, &Mischief::restart_in_order},
                                      Evil{6, &Mischief::copy_a_store}};
    static constexpr auto all = [] {
        unsigned sum = 0;
        for (const auto& one : evils) sum += one.weight;
        return sum;
    }();
    auto left = world_.dice.below(all);
    for (const auto& one : evils) {
        if (left < one.weight) return (this->*one.work)();
        left -= one.weight;
    }
}

void Mischief::crash_at_an_operation()
{
    some_station().arm(world_.dice.chance(500) ? Trouble::kill : Trouble::power_cut, world_.dice.between(1, 80));
}

void Mischief::crash_now()
{
    auto& station = some_station();
    if (world_.dice.chance(500))
        station.kill();
    else
        station.cut_power();
    // Now and then the next one does not get far, either.
    if (world_.dice.chance(500)) station.arm(Trouble::power_cut, world_.dice.between(1, 30));
}

void Mischief::lose_district()
{
    world_.sometimes.saw(Rare::district_power_cut);
    for (auto& station : stations_) station->cut_power();
    world_.network.restart_hub(in(50, 500));
}

void Mischief::fail_an_operation()
{
    auto& station = some_station();
    switch (world_.dice.below(5)) {
        case 0:
            return station.arm(Trouble::write_error, world_.dice.between(1, 60));
        case 1:
            return station.arm(Trouble::sync_error, world_.dice.between(1, 12));
        case 2:
            return station.arm(Trouble::read_error, world_.dice.between(1, 30));
        case 3:
            return station.arm(Trouble::no_memory, world_.dice.between(1, 3'000));
        default:
            station.kill();
            return station.arm(Trouble::open_error, world_.dice.between(1, 6));
    }
}

void Mischief::fill_disk()
{
    some_station().machine().disk.full = true;
    world_.trace.note("a disk is full", "mischief");
    emptied_at_ = in(300, 2'000);
}

void Mischief::freeze()
{
    some_station().freeze(in(300, 6'000));
}

void Mischief::cut_off()
{
    static const std::array<std::string, 6> peers{"registration",  "training", "matchmaking",
                                                  "notifications", "edge",     "ctl"};
    const auto& peer = peers[world_.dice.below(peers.size())];
    world_.trace.note("is cut off", peer);
    world_.network.cut_off(peer, in(300, 4'000));
}

void Mischief::restart_hub()
{
    world_.network.restart_hub(in(20, 1'000));
}

void Mischief::storm()
{
    world_.trace.note("a storm", "mischief");
    world_.network.set_weather(stormy);
    calm_at_ = in(500, 3'000);
}

void Mischief::jump_clock()
{
    world_.clock.advance(std::chrono::seconds(world_.dice.between(61, 3'600)));
    world_.trace.note("the clock jumps", "mischief");
}

void Mischief::restart_in_order()
{
    some_station().restart_in_order();
}

// What it loses would be taken for a planted bug's doing; and a district that loses its founding has nothing to do.
void Mischief::copy_a_store()
{
    auto& station = some_station();
    if (copied_ || !town_.is_founded() || world_.bug != Bug::none) return crash_now();
    copied_ = &station;
    station.copy_store();
    restored_at_ = in(200, 4'000);
}

void Mischief::restore_the_copied()
{
    restored_at_ = UtcTime::max();
    const auto copied_at = *copied_->copied_at();
    copied_->restore_store();
    crowd_.service_was_restored({copied_->name(), copied_at, world_.clock.now()});
}

}  // namespace gonghui::simulation
