#pragma once
// One connection to the bus that keeps `window` commands under way.

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

// Each acknowledgement counts as `worth`. Whatever is not accepted is an error: the bench sends nothing to be refused.
void drive(zeromq::Context& context, const District& district, const Shape& shape, std::int64_t worth,
           const NextCommand& next, Meter& meter);

}  // namespace gonghui::bench
