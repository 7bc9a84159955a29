#pragma once
// Rebuilds a service's own tables from its log: what `evolve` made of every event must come out the same again.

#include "common/messaging/service.hpp"
#include "common/sealing/sealing.hpp"
#include "common/sqlite/database.hpp"

namespace gonghui::messaging {

// Feeds every record of `log`'s event log to `service`, which evolves a store of its own; events of the bus ("_...")
// are passed over. Returns how many were replayed. Throws when a record does not decode, a private one does not unseal,
// or the service does not know one of its own events.
std::int64_t replay_log(sqlite::Database& log, Service& service, const sealing::Key& service_key);

}  // namespace gonghui::messaging
