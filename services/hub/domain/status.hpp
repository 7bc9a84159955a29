#pragma once
// What the hub answers to `hub._status`.

#include "common/bytes/bytes.hpp"
#include "services/hub/domain/followers.hpp"
#include "services/hub/domain/rights.hpp"
#include "services/hub/domain/router.hpp"

namespace gonghui::hub {

struct EventCounters {
    std::int64_t events = 0;     // passed on to whoever follows
    std::int64_t forwarded = 0;  // copies handed over
    std::int64_t dropped = 0;    // copies that a follower did not take in time
    std::int64_t refused = 0;
    std::int64_t malformed = 0;
};

struct HubState {
    UtcTime started;
    UtcTime now;
    const Rights& rights;
    const Router& router;
    const Followers& followers;
    const EventCounters& events;
};

// An accepted reply; its data is the map that PROTOCOL.md calls "hub._status".
Bytes status_reply(const Uuid& request_id, const HubState& state);

}  // namespace gonghui::hub
