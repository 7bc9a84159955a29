#pragma once
// Load on the bus: connections, each of which keeps `window` commands under way.

#include "common/messaging/client.hpp"
#include "tests/bench/load.hpp"

#include <functional>
#include <optional>
#include <string>

namespace gonghui::bench {

struct District {
    messaging::HubAddress hub;
    std::string key;  // file
};

void add_options(CLI::App& app, District& district);

// The next command, encoded, with its id; nullopt when there is none left.
struct Command {
    Uuid id;
    Bytes bytes;
};
using NextCommand = std::function<std::optional<Command>()>;

// Runs `shape.connections` connections on two threads; each thread takes its commands from what `commands(thread)`
// returned. An acknowledgement counts as `worth`. Whatever is not accepted is an error: the bench sends nothing to be
// refused. The exit code.
int measure(const Shape& shape, const District& district, std::int64_t worth,
            const std::function<NextCommand(int thread)>& commands);

}  // namespace gonghui::bench
