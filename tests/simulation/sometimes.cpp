#include "tests/simulation/sometimes.hpp"

namespace gonghui::simulation {

std::string_view name_of(Rare path)
{
    static constexpr std::array<std::string_view, rare_paths> names{"gap_repaired",
                                                                    "lost_tail",
                                                                    "double_ignored",
                                                                    "event_parked",
                                                                    "parked_retried",
                                                                    "batch_again",
                                                                    "repeated_answer",
                                                                    "person_erased",
                                                                    "waited_for_level",
                                                                    "command_not_ready",
                                                                    "offer_during_crash",
                                                                    "timer_due_while_down",
                                                                    "fault_in_batch",
                                                                    "died_in_transaction",
                                                                    "died_after_commit",
                                                                    "torn_write",
                                                                    "lost_write",
                                                                    "folder_change_lost",
                                                                    "failed_sync",
                                                                    "no_memory",
                                                                    "disk_full",
                                                                    "killed_with_writes",
                                                                    "hub_restart_under_way",
                                                                    "peer_cut_off",
                                                                    "holder_lapsed",
                                                                    "clock_jumped",
                                                                    "orderly_restart",
                                                                    "log_emptied",
                                                                    "district_power_cut",
                                                                    "log_sealed",
                                                                    "restored",
                                                                    "rebuilt",
                                                                    "sealed_in_part"};
    return names[static_cast<std::size_t>(path)];
}

}  // namespace gonghui::simulation
