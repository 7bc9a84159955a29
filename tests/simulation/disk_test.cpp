// The simulated disk is worth what it loses: a store with synchronous=FULL survives a power cut at any of its
// operations, and one that syncs less does not.

#include "common/sqlite/database.hpp"
#include "tests/simulation/disk_vfs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

namespace gonghui::simulation {
namespace {

const bool prepared = (prepare_sqlite(), true);

using Numbers = std::set<std::int64_t>;

// A machine with one store: a program writes numbers, one a transaction, and remembers which commits returned.
class Machine {
public:
    explicit Machine(std::uint64_t seed) : dice_(seed) { seed_sqlite(seed); }

    // What `pragmas` spoil is planted. The trouble comes at the `nth` operation that it fits.
    void run(Trouble trouble, std::uint64_t nth, const std::string& pragmas = "")
    {
        Process process("program", dice_);
        const Process::Turn turn(process);
        process.arm(trouble, nth);
        try {
            // A reader outlives the writer, as in a service: the log is left as it is.
            std::optional<sqlite::Database> reader;
            sqlite::Database store("store.db", {.vfs = vfs_.name()});
            store.script(pragmas +
                         "PRAGMA wal_autocheckpoint = 8;"
                         "CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY, fill BLOB)");
            reader.emplace("store.db", sqlite::Options{.access = sqlite::Access::read_only, .vfs = vfs_.name()});
            for (auto end = next_ + 20; next_ < end; ++next_) {
                store.run("INSERT INTO numbers VALUES (?1, zeroblob(3000))", next_);
                if (process.is_alive()) acknowledged_.insert(next_);
            }
        } catch (const sqlite::Error& error) {
            EXPECT_TRUE(error.machine_fault()) << error.what();
        }
        struck_ = process.struck();
        ++next_;
    }

    Wreckage lose_power() { return disk_.power_cut(dice_); }

    // Empty when the store is broken.
    Numbers numbers()
    {
        try {
            sqlite::Database store("store.db", {.vfs = vfs_.name()});
            if (store.value<std::string>("PRAGMA integrity_check") != "ok") return {};
            Numbers found;
            auto rows = store.query("SELECT number FROM numbers");
            while (rows.next()) found.insert(rows.integer(0));
            return found;
        } catch (const sqlite::Error&) {
            return {};
        }
    }

    // As the next program finds them, which is killed before it closes anything.
    Numbers seen_by_the_next()
    {
        Process process("next", dice_);
        const Process::Turn turn(process);
        Numbers found;
        try {
            sqlite::Database store("store.db", {.vfs = vfs_.name()});
            auto rows = store.query("SELECT number FROM numbers");
            while (rows.next()) found.insert(rows.integer(0));
            process.die();
        } catch (const sqlite::Error&) {
        }
        return found;
    }

    bool lost_something()
    {
        const auto there = numbers();
        return !std::includes(there.begin(), there.end(), acknowledged_.begin(), acknowledged_.end());
    }

    [[nodiscard]] Trouble struck() const { return struck_; }
    Disk& disk() { return disk_; }

private:
    Dice dice_;
    Disk disk_;
    DiskVfs vfs_{"simulated", disk_};
    Numbers acknowledged_;
    std::int64_t next_ = 1;
    Trouble struck_ = Trouble::none;
};

// The operations of a run at which `trouble` strikes, one run each, until it finds none.
int at_every_operation(Trouble trouble, const std::function<void(Machine&)>& check)
{
    for (int nth = 1;; ++nth) {
        Machine machine(static_cast<std::uint64_t>(nth));
        machine.run(Trouble::none, 0);
        machine.run(trouble, static_cast<std::uint64_t>(nth));
        if (machine.struck() == Trouble::none) return nth - 1;
        check(machine);
    }
}

TEST(ASyncedStore, LosesNothingToAPowerCutAtAnyOperation)
{
    Wreckage all;
    const auto points = at_every_operation(Trouble::power_cut, [&](Machine& machine) {
        const auto wreckage = machine.lose_power();
        all.torn += wreckage.torn;
        all.lost += wreckage.lost;
        EXPECT_FALSE(machine.lost_something());
        machine.run(Trouble::none, 0);
        EXPECT_FALSE(machine.lost_something());
    });
    EXPECT_GT(points, 60);
    EXPECT_GT(all.torn, 0);
    EXPECT_GT(all.lost, 0);
}

TEST(ASyncedStore, LosesNothingToAKillAtAnyOperation)
{
    EXPECT_GT(at_every_operation(Trouble::kill, [](Machine& machine) { EXPECT_FALSE(machine.lost_something()); }), 60);
}

TEST(ASyncedStore, LosesNothingToAFailedWriteOrAMissingAllocation)
{
    for (const auto trouble : {Trouble::write_error, Trouble::read_error, Trouble::no_memory})
        EXPECT_GT(at_every_operation(trouble, [](Machine& machine) { EXPECT_FALSE(machine.lost_something()); }), 3)
            << to_string(trouble);
}

// The kernel shows what it could not write until the power goes.
TEST(ASyncedStore, ShowsNothingAfterAFailedSyncThatAPowerCutTakes)
{
    EXPECT_GT(at_every_operation(Trouble::sync_error,
                                 [](Machine& machine) {
                                     const auto seen = machine.seen_by_the_next();
                                     machine.lose_power();
                                     const auto kept = machine.numbers();
                                     EXPECT_TRUE(std::includes(kept.begin(), kept.end(), seen.begin(), seen.end()))
                                         << seen.size() << " seen, " << kept.size() << " kept";
                                 }),
              10);
}

TEST(AStoreOnAFullDisk, SaysSoAndGoesOnWhenThereIsRoom)
{
    Machine machine(1);
    machine.run(Trouble::none, 0);
    machine.disk().full = true;
    machine.run(Trouble::none, 0);
    machine.disk().full = false;
    machine.run(Trouble::none, 0);
    EXPECT_FALSE(machine.lost_something());
    // What fitted into the log as it stood was kept; then there was no room.
    EXPECT_GE(machine.numbers().size(), 40U);
    EXPECT_LT(machine.numbers().size(), 60U);
}

TEST(AStoreThatDoesNotSync, LosesAcknowledgedCommits)
{
    for (const std::string pragma : {"PRAGMA synchronous = OFF;", "PRAGMA synchronous = NORMAL;"}) {
        int lost = 0;
        for (std::uint64_t seed = 1; seed <= 50; ++seed) {
            Machine machine(seed);
            machine.run(Trouble::none, 0, pragma);
            machine.run(Trouble::power_cut, 10 + seed, pragma);
            machine.lose_power();
            lost += machine.lost_something() ? 1 : 0;
        }
        EXPECT_GT(lost, 0) << pragma;
    }
}

}  // namespace
}  // namespace gonghui::simulation
