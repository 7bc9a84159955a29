#include "common/messaging/event_log.hpp"

#include "common/messaging/segments.hpp"

#include <algorithm>
#include <limits>

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
    )sql"},
            // The followed event that the record answers; NULL for what commands and timers led to.
            {2, "ALTER TABLE log ADD COLUMN origin TEXT; ALTER TABLE log ADD COLUMN origin_seq INTEGER;"},
            {3, R"sql(
        CREATE TABLE segments (
            first_seq INTEGER PRIMARY KEY,
            last_seq  INTEGER NOT NULL,
            chain     BLOB NOT NULL,  -- at last_seq
            file      TEXT NOT NULL   -- in the store's folder
        ) STRICT;
    )sql"}};
}

Chain to_chain(BytesView blob)
{
    Chain chain{};
    std::copy_n(blob.begin(), std::min(blob.size(), chain.size()), chain.begin());
    return chain;
}

EventLog::EventLog(sqlite::Database& database) : database_(database)
{
    head_.epoch = database_.value<std::int64_t>("SELECT max(epoch) FROM epochs").value_or(1);
    auto rows = database_.query("SELECT seq, chain FROM log ORDER BY seq DESC LIMIT 1");
    if (!rows.next()) return;
    head_.seq = rows.integer(0);
    head_.chain = to_chain(rows.blob(1));
}

const Position& EventLog::append(BytesView bytes, UtcTime time, const Origin& origin)
{
    const auto chain = next_chain(head_.chain, bytes);
    if (origin.source.empty())
        database_.run("INSERT INTO log (seq, time, chain, bytes) VALUES (?1, ?2, ?3, ?4)", head_.seq + 1, time,
                      BytesView(chain), bytes);
    else
        database_.run("INSERT INTO log (seq, time, chain, bytes, origin, origin_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                      head_.seq + 1, time, BytesView(chain), bytes, origin.source, origin.seq);
    ++head_.seq;
    head_.chain = chain;
    return head_;
}

void EventLog::begin_epoch(std::int64_t epoch, std::int64_t last_kept)
{
    database_.run("INSERT INTO epochs (epoch, last_kept_seq) VALUES (?1, ?2)", epoch, last_kept);
    head_.epoch = epoch;
}

void EventLog::verify_tail(std::int64_t records) const
{
    constexpr auto everything = std::numeric_limits<std::size_t>::max();
    verify_log(database_, std::max<std::int64_t>(0, head_.seq - records), everything);
}

namespace {

std::optional<Chain> chain_in(sqlite::Database& file, std::int64_t seq)
{
    auto rows = file.query("SELECT chain FROM log WHERE seq = ?1", seq);
    if (!rows.next()) return std::nullopt;
    return to_chain(rows.blob(0));
}

std::optional<Chain> chain_at(sqlite::Database& store, std::int64_t seq)
{
    if (seq == 0) return Chain{};
    if (auto own = chain_in(store, seq)) return own;
    const auto segment = segment_of(store, seq);
    if (!segment) return std::nullopt;
    if (segment->last == seq) return segment->chain;
    return chain_in(*open_segment(store, *segment), seq);
}

// Calls `visit(seq, time, bytes)` for each record after `after_seq` whose chain value holds, until `max_bytes` or the
// end of the file in which they stand.
template <class Visit>
void walk(sqlite::Database& store, std::int64_t after_seq, std::size_t max_bytes, Visit visit)
{
    const sqlite::Snapshot one_state(store);  // a record may move into a segment meanwhile
    const auto segment = segment_of(store, after_seq + 1);
    const auto opened = segment ? open_segment(store, *segment) : nullptr;
    auto& file = opened ? *opened : store;
    auto rows = file.query("SELECT seq, chain, bytes, time FROM log WHERE seq > ?1 ORDER BY seq", after_seq);
    if (!rows.next()) {
        if (segment) throw BrokenChain(after_seq + 1, "it is missing from " + segment->file);
        return;
    }
    const auto before = segment && segment->first <= after_seq ? chain_in(file, after_seq) : chain_at(store, after_seq);
    if (!before) throw BrokenChain(after_seq, "it is missing");
    auto chain = *before;
    auto expected = after_seq + 1;
    std::size_t total = 0;
    do {
        const auto bytes = rows.blob(2);
        total += bytes.size();
        if (expected > after_seq + 1 && total > max_bytes) return;
        if (rows.integer(0) != expected) throw BrokenChain(expected, "it is missing");
        chain = next_chain(chain, bytes);
        if (chain != to_chain(rows.blob(1))) throw BrokenChain(expected, "its bytes do not fit the chain");
        visit(expected, rows.integer(3), bytes);
        ++expected;
    } while (rows.next());
}

}  // namespace

std::vector<LogRecord> read_log(sqlite::Database& database, std::int64_t after_seq, std::size_t max_bytes)
{
    std::vector<LogRecord> records;
    walk(database, after_seq, max_bytes, [&](std::int64_t seq, std::int64_t, BytesView bytes) {
        records.push_back({seq, to_bytes(bytes)});
    });
    return records;
}

std::int64_t verify_log(sqlite::Database& database, std::int64_t after_seq, std::size_t max_bytes)
{
    codec::Parser parser;
    auto last = after_seq;
    walk(database, after_seq, max_bytes, [&](std::int64_t seq, std::int64_t time, BytesView bytes) {
        const auto event = decode_event(parser, bytes);
        if (!event) throw BrokenChain(seq, "it is no event: " + event.error());
        if (event->header.seq != seq) throw BrokenChain(seq, "it is the event of another number");
        if (to_microseconds(event->header.time) != time) throw BrokenChain(seq, "its time is not that of its event");
        last = seq;
    });
    return last;
}

std::optional<Position> position_at(sqlite::Database& database, std::int64_t seq)
{
    Position position;
    position.epoch = database
                         .value<std::int64_t>("SELECT max(epoch) FROM epochs WHERE last_kept_seq < ?1 OR epoch = 1",
                                              std::max<std::int64_t>(seq, 1))
                         .value_or(1);
    const auto chain = chain_at(database, seq);
    if (!chain) return std::nullopt;
    position.seq = seq;
    position.chain = *chain;
    return position;
}

}  // namespace gonghui::messaging
