#include "common/messaging/event_log.hpp"

#include <algorithm>

namespace gonghui::messaging {

std::vector<sqlite::Migration> event_log_migrations()
{
    return {{1, R"sql(
        CREATE TABLE log (
            seq   INTEGER PRIMARY KEY,  -- given by the log itself: contiguous, never reused
            time  INTEGER NOT NULL,     -- microseconds since 1970, UTC
            chain BLOB NOT NULL,
            bytes BLOB NOT NULL         -- the event as it stood on the wire
        ) STRICT;
        CREATE TABLE epochs (
            epoch         INTEGER PRIMARY KEY,
            last_kept_seq INTEGER NOT NULL  -- the fork: what the epoch before it said beyond this is void
        ) STRICT;
        INSERT INTO epochs VALUES (1, 0);
    )sql"}};
}

namespace {

Chain to_chain(BytesView blob)
{
    Chain chain{};
    std::copy_n(blob.begin(), std::min(blob.size(), chain.size()), chain.begin());
    return chain;
}

}  // namespace

EventLog::EventLog(sqlite::Database& database) : database_(database)
{
    head_.epoch = database_.value<std::int64_t>("SELECT max(epoch) FROM epochs").value_or(1);
    auto rows = database_.query("SELECT seq, chain FROM log ORDER BY seq DESC LIMIT 1");
    if (!rows.next()) return;
    head_.seq = rows.integer(0);
    head_.chain = to_chain(rows.blob(1));
}

const Position& EventLog::append(BytesView bytes, UtcTime time)
{
    const auto chain = next_chain(head_.chain, bytes);
    database_.run("INSERT INTO log (seq, time, chain, bytes) VALUES (?1, ?2, ?3, ?4)", head_.seq + 1, time,
                  BytesView(chain), bytes);
    ++head_.seq;
    head_.chain = chain;
    return head_;
}

void EventLog::verify_tail(std::int64_t records) const
{
    const auto first = std::max<std::int64_t>(1, head_.seq - records + 1);
    auto previous = position_at(database_, first - 1);
    if (!previous) throw BrokenChain(first - 1, "log record " + std::to_string(first - 1) + " is missing");
    auto chain = previous->chain;
    auto expected = first;
    auto rows = database_.query("SELECT seq, chain, bytes FROM log WHERE seq >= ?1 ORDER BY seq", first);
    for (; rows.next(); ++expected) {
        if (rows.integer(0) != expected)
            throw BrokenChain(expected, "log record " + std::to_string(expected) + " is missing");
        chain = next_chain(chain, rows.blob(2));
        if (chain != to_chain(rows.blob(1)))
            throw BrokenChain(expected, "log record " + std::to_string(expected) + " does not fit the chain before it");
    }
}

std::vector<LogRecord> read_log(sqlite::Database& database, std::int64_t after_seq, std::size_t max_bytes)
{
    std::vector<LogRecord> records;
    std::size_t total = 0;
    auto rows = database.query("SELECT seq, bytes FROM log WHERE seq > ?1 ORDER BY seq", after_seq);
    while (rows.next()) {
        const auto bytes = rows.blob(1);
        total += bytes.size();
        if (!records.empty() && total > max_bytes) break;
        records.push_back({rows.integer(0), to_bytes(bytes)});
    }
    return records;
}

std::optional<Position> position_at(sqlite::Database& database, std::int64_t seq)
{
    Position position;
    position.epoch = database
                         .value<std::int64_t>("SELECT max(epoch) FROM epochs WHERE last_kept_seq < ?1 OR epoch = 1",
                                              std::max<std::int64_t>(seq, 1))
                         .value_or(1);
    if (seq == 0) return position;
    auto rows = database.query("SELECT chain FROM log WHERE seq = ?1", seq);
    if (!rows.next()) return std::nullopt;
    position.seq = seq;
    position.chain = to_chain(rows.blob(0));
    return position;
}

}  // namespace gonghui::messaging
