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

// Since the hub began.
struct DoorCounters {
    std::int64_t opened = 0, closed = 0;  // connections
    std::int64_t keys_refused = 0;        // for a key that nobody granted anything
    std::int64_t strangers = 0;           // for no handshake, or none in time
    std::int64_t ended = 0;               // by the hub, when a grant was taken away
};

struct HubState {
    UtcTime started;
    UtcTime now;
    const Rights& rights;
    const Router& router;
    const Followers& followers;
    const EventCounters& events;
    DoorCounters door = {};
    std::string_view version = {};
};

// An accepted reply; its data is the map that PROTOCOL.md calls "hub._status".
Bytes status_reply(const Uuid& request_id, const HubState& state);

}  // namespace gonghui::hub
