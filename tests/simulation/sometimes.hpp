#pragma once
// "Sometimes" assertions: a run of many seeds is worth nothing on a path that none of them took. Each rare path is
// counted where it is seen; a run in which one was never reached fails.

#include <array>
#include <cstdint>
#include <string_view>

namespace gonghui::simulation {

enum class Rare : std::uint8_t {
    gap_repaired,           // an event was missing, pages of the log brought it
    lost_tail,              // a beacon showed the loss of the last event
    double_ignored,         // an event came twice
    event_parked,           // an event could not be applied yet
    parked_retried,         // and was, later
    batch_again,            // a batch ran a second time, as a message failed after it had written
    repeated_answer,        // a retry got the recorded answer
    person_erased,          // keys were destroyed, here and there
    waited_for_level,       // a request waited for what it named as `after`
    command_not_ready,      // a command met a key that was still on its way
    offer_during_crash,     // a seat was kept for somebody while training crashed
    timer_due_while_down,   // a timer's moment passed while its service was down
    fault_in_batch,         // a machine's fault in the midst of a transaction
    died_in_transaction,    // a death before the commit
    died_after_commit,      // a death between the commit and the last reply or event
    torn_write,             // a power cut left part of a write
    lost_write,             // or nothing of it
    folder_change_lost,     // or took back a file's making or removal
    failed_sync,            // ended a process
    no_memory,              // ended a process
    disk_full,              // ended a process
    killed_with_writes,     // a kill left writes that no sync had covered
    hub_restart_under_way,  // the hub lost requests that were under way
    peer_cut_off,           // a peer's link was down for a while
    holder_lapsed,          // a frozen service lost its partition for a while
    clock_jumped,           // timers paused
    orderly_restart,        // a service drained and came back
    log_emptied,            // a checkpoint moved a store's log into its file
    district_power_cut,     // everything at once
    log_sealed,             // a cold stretch of a log moved into a segment
    restored,               // a copy took a store's place and began an epoch; events were lost
    rebuilt,                // a follower built again what it knew from a restored service
    sealed_in_part,         // a death found records both in a segment and in the store's log
};
inline constexpr std::size_t rare_paths = static_cast<std::size_t>(Rare::sealed_in_part) + 1;

std::string_view name_of(Rare path);

class Sometimes {
public:
    void saw(Rare path, std::int64_t times = 1) { counts_[static_cast<std::size_t>(path)] += times; }
    [[nodiscard]] std::int64_t count(Rare path) const { return counts_[static_cast<std::size_t>(path)]; }
    void add(const Sometimes& other)
    {
        for (std::size_t i = 0; i < rare_paths; ++i) counts_[i] += other.counts_[i];
    }

private:
    std::array<std::int64_t, rare_paths> counts_{};
};

}  // namespace gonghui::simulation
