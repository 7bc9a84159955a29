#pragma once
// The host of one partition: a state machine that a driver steps. It takes what has arrived, runs it in one transaction
// in which each message can be undone by itself, and after the commit replies and publishes. No thread, no sleep, no
// clock of its own: everything comes through ports, so that the simulator runs the same code.

#include "common/ids/random.hpp"
#include "common/messaging/backup.hpp"
#include "common/messaging/event_log.hpp"
#include "common/messaging/executor.hpp"
#include "common/messaging/integrity.hpp"
#include "common/messaging/key_fetcher.hpp"
#include "common/messaging/segments.hpp"
#include "common/messaging/service.hpp"
#include "common/messaging/source.hpp"
#include "common/messaging/tracing.hpp"
#include "common/messaging/transport.hpp"
#include "common/messaging/urgency.hpp"
#include "common/sealing/keyring.hpp"
#include "common/sqlite/database.hpp"
#include "common/time/clock.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace gonghui::messaging {

struct HostSettings {
    Source source;
    int partitions = 1;
    // What one transaction takes at most. Followed events come in thousands and touch the same pages: the more, the
    // cheaper each. Requests have somebody who waits, so fewer of them, and fewer bytes: the callers of the first rows
    // of an import should be writing the next ones while these are committed.
    std::size_t batch = 8192;
    std::size_t batch_requests = 1024;
    std::size_t batch_request_bytes = 1024 * 1024;
    // A batch's events are published at once up to so many. A larger burst would wake every follower at the moment at
    // which the next batch begins, contend with it for the cores, and leave them idle afterwards: it goes out bit by
    // bit while the next batch is handled (on 2 cores an import takes 9 % less time for it).
    std::size_t burst = 256;
    SealingPlan sealing{};
    std::string version{};  // of the program, for status
    TraceSettings traces{};
};

// Counted since the process began; read by /metrics from another thread through Host::counters.
struct HostCounters {
    std::int64_t accepted = 0, refused = 0, invalid = 0, retried = 0, faults = 0, repeated = 0;
    std::int64_t events_published = 0;
    std::int64_t applied_live = 0, applied_from_pages = 0, skipped = 0, parked = 0, duplicates = 0;
    std::int64_t undecodable = 0;
    std::int64_t commits = 0, messages = 0 /* without beacons */, timers_fired = 0, gaps = 0;
    std::int64_t batches_again = 0;  // run a second time, because a message failed after it had written
};

// What is still to be done; read by /metrics from another thread through Host::backlog.
struct Backlog {
    std::int64_t behind = 0;  // events of followed logs that are known and not applied
    std::int64_t parked = 0;
    Duration timers_late{};  // since the first timer was due
};

// Everything a host stands on; all outlive it. `keyring` is null for a service that unseals nothing, `key_fetcher` for
// one whose keyring misses no keys.
struct HostPorts {
    sqlite::Database& database;
    Service& service;
    Transport& transport;
    Executor& executor;
    Clock& clock;
    Random& random;
    const sealing::Key& service_key;  // seals private events
    sealing::Keyring* keyring = nullptr;
    KeyFetcher* key_fetcher = nullptr;
    Backup* backup = nullptr;  // null: a store of which no copies are made
    // Told of what a person should look at: a code and a detail without personal data. Must not throw.
    std::function<void(std::string_view code, std::string_view detail)> alarm = [](auto, auto) {
    };
    // Told at every turn, before its work, so that who drives the host can let more urgent threads go first.
    std::function<void(Urgency)> urgency = [](auto) {
    };
};

// The migrations of everything that a host keeps in a store; the service's own come after them.
void migrate_host_tables(sqlite::Database& database);

class Host {
public:
    // Verifies the tail of the log and raises the claim. Throws when the store is corrupt or from a newer version, and
    // BrokenChain, naming source, record and fault, when its log is damaged or was once found so.
    Host(HostSettings settings, HostPorts ports);
    ~Host();

    // One turn: true when it did anything. Throws only a machine's fault, BrokenChain among them: the partition must
    // stop then, and this object be discarded; what was not committed is undone.
    bool step();

    // The latest time at which `step` must be called again even if nothing arrives.
    [[nodiscard]] UtcTime wake_at() const;

    // Takes no more requests (answers `retry`) and tells the hub; call until it returns true: everything is answered.
    bool drain();

    [[nodiscard]] Position head() const;
    [[nodiscard]] bool level() const;                    // with every source it follows, as far as it knows their heads
    [[nodiscard]] HostCounters counters() const;         // thread-safe
    [[nodiscard]] Backlog backlog() const;               // thread-safe
    [[nodiscard]] LogCheck::Progress log_check() const;  // thread-safe

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gonghui::messaging
