#pragma once
// Where work runs that must not hold up the writer: queries, log pages, what a command can have done before its turn.
// A pool of reader threads in a process, inline in the simulator.

#include "common/sqlite/database.hpp"

#include <functional>
#include <vector>

namespace gonghui::messaging {

// What is left to do when work is done, on the host's thread: sockets and tables belong to it.
using Completion = std::function<void()>;

// Runs on any thread, with a read-only connection that nobody else uses meanwhile. Must not throw.
using Work = std::function<Completion(sqlite::Database& reader)>;

class Executor {
public:
    virtual ~Executor() = default;
    // False when too much waits already: the caller answers `retry`.
    virtual bool submit(Work work) = 0;
    // Appends the completions of what is done, for the host to run.
    virtual void take_completed(std::vector<Completion>& out) = 0;
};

}  // namespace gonghui::messaging
