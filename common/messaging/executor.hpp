#pragma once
// Where work runs that must not hold up the writer (queries, log pages). A pool of reader threads in a process, inline
// in the simulator.

#include "common/bytes/bytes.hpp"
#include "common/messaging/transport.hpp"
#include "common/sqlite/database.hpp"

#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace gonghui::messaging {

// Reads from a connection of its own and returns encoded answers. Must not throw.
using Reading = std::function<Bytes(sqlite::Database& reader)>;

// The token of a reading that nobody asked for: what it returns goes nowhere.
inline constexpr ReplyToken no_caller = std::numeric_limits<ReplyToken>::max();

struct Answered {
    ReplyToken token;
    Bytes reply;
};

class Executor {
public:
    virtual ~Executor() = default;
    // False when too much waits already: the caller answers `retry`.
    virtual bool submit(ReplyToken token, Reading reading) = 0;
    // Answers that are ready, for the host to send: sockets belong to the host's thread.
    virtual void take_answered(std::vector<Answered>& out) = 0;
};

}  // namespace gonghui::messaging
