#pragma once
// A program as the disk and the network see it: alive, until trouble strikes at one of its operations. What the dead
// one still does - its objects are destroyed after all - has no effect any more.

#include "tests/simulation/disk.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gonghui::simulation {

enum class Operation : std::uint8_t { open, read, write, sync, allocate, send };

enum class Trouble : std::uint8_t {
    none,
    open_error,
    read_error,
    write_error,
    sync_error,
    no_memory,
    kill,       // kill -9: what the system has of its writes stays
    power_cut,  // of its machine: what was not synced is lost
};

std::string_view to_string(Trouble trouble);
constexpr bool is_deadly(Trouble trouble)
{
    return trouble == Trouble::kill || trouble == Trouble::power_cut;
}

class Process {
public:
    // `dice` outlives it: they say what a failed sync leaves.
    Process(std::string name, Dice& dice) : name_(std::move(name)), dice_(dice) {}

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] Dice& dice() { return dice_; }
    [[nodiscard]] bool is_alive() const { return alive_; }
    void die() { alive_ = false; }

    // At the `nth` operation from now that it fits, counted from 1. Deaths come at writes, syncs and sends.
    void arm(Trouble trouble, std::uint64_t nth);
    void disarm() { armed_ = Trouble::none; }
    [[nodiscard]] bool may_die() const { return is_deadly(armed_); }
    // What an operation that is about to happen meets; `none` for nearly all.
    Trouble meet(Operation operation);
    // What has struck so far, the last, and where.
    [[nodiscard]] Trouble struck() const { return struck_; }
    [[nodiscard]] Operation struck_at() const { return struck_at_; }

    std::uint64_t events_sent = 0;

    // The process whose code runs now; null for the simulation itself.
    static Process* running();
    class Turn {
    public:
        explicit Turn(Process& process);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        Process* before_;
    };

private:
    std::string name_;
    Dice& dice_;
    bool alive_ = true;
    Trouble armed_ = Trouble::none;
    std::uint64_t left_ = 0;
    Trouble struck_ = Trouble::none;
    Operation struck_at_ = Operation::open;
};

// One thread, and every allocation of SQLite asks the running process first. Once, before SQLite is used at all.
void prepare_sqlite();

// Syncs of all processes since the process began: where a run is to lose its power.
struct SyncCount {
    std::uint64_t done = 0;
    std::uint64_t cut_at = 0;  // 0: nowhere
};
SyncCount& sync_count();

}  // namespace gonghui::simulation
