#pragma once
// `gonghui plug` and `unplug`: a service of somebody's own beside those of a running district.

#include "services/ctl/app/session.hpp"
#include "services/ctl/domain/authorized.hpp"

#include <cstdint>
#include <string>

namespace gonghui::ctl {

struct PlugOptions {
    std::string folder;                // with `rights.toml` and the executable `run`
    std::int64_t rate = plug_in_rate;  // what it may bring per second, unless it has a key already
    std::int64_t timeout_seconds = 30;
};
// Gives it a key with the rights that it asks for (as `keys add`), has the `up` of this district start it, and waits
// until it answers. It stays plugged in, also over a restart of `up`, until it is unplugged. Throws Failure when the
// folder or its rights are not such, the name is taken, no `up` runs, or it ends or stays silent.
int plug(const Session& session, const PlugOptions& options);

struct UnplugOptions {
    std::string service;
    std::int64_t timeout_seconds = 30;
};
// Has it end, then revokes its keys; its store stays. Works without an `up`, too.
int unplug(const Session& session, const UnplugOptions& options);

}  // namespace gonghui::ctl
