#pragma once
// Bugs that the simulator must find. They live here alone: each is planted around the product's own code - in SQL after
// a store was opened, in a port, in what a disk does, in what is left of a step that a death has cut short.

#include "common/messaging/service.hpp"
#include "common/messaging/transport.hpp"
#include "tests/simulation/dice.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::simulation {

enum class Bug : std::uint8_t {
    none,
    synchronous_normal,     // a commit is not synced
    synchronous_off,        // nothing is
    checkpoint_not_synced,  // the log is emptied before its pages are on the platter
    publish_before_commit,
    reply_before_commit,
    keyring_after_store,  // keys are committed after the events that name them
    cursor_after_effect,  // in a transaction of its own
    answer_after_effect,  // in a transaction of its own
    no_answers,           // no idempotency records
    no_beacon,
    gap_ignored,        // a follower goes on behind a gap
    applies_twice,      // a follower applies what the bus doubles
    lanes_mixed,        // events behind a parked one of their lane are applied
    parked_forgotten,   // what could not be applied is dropped
    parked_left_alone,  // or never tried again
    random_ids,         // what a reaction names is random instead of derived
    timers_in_memory,   // are gone with the process
    two_writers,        // the lock of a store is not held
};
inline constexpr std::size_t planted_bugs = static_cast<std::size_t>(Bug::two_writers);

std::string_view to_string(Bug bug);
std::vector<Bug> every_bug();

// What to run on a store's connection once its tables stand; mostly nothing.
std::string spoiling_sql(Bug bug);
// What stands in the store after a death in the midst of `sends`, had the bug been there, is less than what was
// committed.
[[nodiscard]] bool takes_back_a_step(Bug bug);

std::unique_ptr<messaging::Transport> spoil(Bug bug, std::unique_ptr<messaging::Transport> transport);
// Null when the service is left as it is. `service` and `dice` outlive the result.
std::unique_ptr<messaging::Service> spoil(Bug bug, messaging::Service& service, Dice& dice);

}  // namespace gonghui::simulation
