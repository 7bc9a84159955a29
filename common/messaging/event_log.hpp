#pragma once
// The event log: a table in the service's own store, written in the transaction of the change that it records. It is
// the outbox, the event store and the audit trail at once; nothing is ever lost from it: what is cold stands in
// segments (segments.hpp), and whoever reads the log reads on there.

#include "common/messaging/envelope.hpp"
#include "common/sqlite/database.hpp"

#include <functional>
#include <vector>

namespace gonghui::messaging {

std::vector<sqlite::Migration> event_log_migrations();

struct LogRecord {
    std::int64_t seq = 0;
    Bytes bytes;
};

// The chain does not hold: the record and everything after it are not to be trusted.
class BrokenChain : public std::runtime_error {
public:
    BrokenChain(std::int64_t at_seq, const std::string& message) : std::runtime_error(message), seq(at_seq) {}
    std::int64_t seq;
};

// A chain value as it stands in a store.
Chain to_chain(BytesView blob);

// The followed event that an own event answers, for an operator who must know what followed from it.
struct Origin {
    std::string source;  // empty: a command or a timer
    std::int64_t seq = 0;
};

// The writer's view. `append`, `begin_epoch` and `rewind` stand within the transaction around them.
class EventLog {
public:
    explicit EventLog(sqlite::Database& database);

    [[nodiscard]] const Position& head() const { return head_; }

    // The next record; `bytes` must carry head().seq + 1 and head().epoch. Returns the new head.
    const Position& append(BytesView bytes, UtcTime time, const Origin& origin = {});
    // What earlier epochs said beyond `last_kept`, at most head().seq, is void for whoever followed them.
    void begin_epoch(std::int64_t epoch, std::int64_t last_kept);
    // Back to where a savepoint or a transaction began, after its rollback.
    void rewind(const Position& position) { head_ = position; }

    // Recomputes the chain over the last `records`; throws BrokenChain.
    void verify_tail(std::int64_t records) const;

private:
    sqlite::Database& database_;
    Position head_;
};

// Records after `seq`, in order, until `max_bytes` is reached (at least one, if there is one). For any connection.
// What is handed out has been verified: each record against the chain value before it and its own. Throws BrokenChain.
std::vector<LogRecord> read_log(sqlite::Database& database, std::int64_t after_seq, std::size_t max_bytes);

// The same records, only looked at, and in their places as well: that each is an event of its row's number and time.
// Returns the last one's seq, `after_seq` when there is none. Throws BrokenChain.
std::int64_t verify_log(sqlite::Database& database, std::int64_t after_seq, std::size_t max_bytes);

// The position just at `seq`; nullopt when the log does not reach it.
std::optional<Position> position_at(sqlite::Database& database, std::int64_t seq);

}  // namespace gonghui::messaging
