#include "common/messaging/forks.hpp"

#include "common/messaging/segments.hpp"

#include <algorithm>

namespace gonghui::messaging {

std::vector<sqlite::Migration> forks_migrations()
{
    return {{1, R"sql(
        CREATE TABLE forks (
            source  TEXT NOT NULL,
            epoch   INTEGER NOT NULL,
            kept    INTEGER NOT NULL,
            was_at  INTEGER NOT NULL,
            own_seq INTEGER NOT NULL,
            at      INTEGER NOT NULL
        ) STRICT;
    )sql"}};
}

namespace {

// The last record before any epoch that began after `epoch`; nullopt when none has.
std::optional<std::int64_t> kept_since(sqlite::Database& database, std::int64_t epoch)
{
    return database.value<std::int64_t>("SELECT min(last_kept_seq) FROM epochs WHERE epoch > ?1", epoch);
}

}  // namespace

Whereabouts place_follower(EventLog& log, sqlite::Database& database, const Position& cursor, std::int64_t opened_at)
{
    const auto here = position_at(database, cursor.seq);
    const bool fits = here && here->chain == cursor.chain;
    auto kept = kept_since(database, cursor.epoch);
    if (!fits && !kept) {
        kept = std::min(opened_at, log.head().seq);
        log.begin_epoch(std::max(log.head().epoch, cursor.epoch) + 1, *kept);
    }
    const auto ceiling = fits ? log.head().seq : std::min(cursor.seq, log.head().seq);
    return {fits, log.head().epoch, std::min(kept.value_or(ceiling), ceiling)};
}

Given given_by(sqlite::Database& store)
{
    return {store.value<std::int64_t>("SELECT max(epoch) FROM epochs").value_or(0),
            store.value<std::int64_t>("SELECT number FROM claims").value_or(0)};
}

void begin_restored_epoch(sqlite::Database& copy, const Given& replaced)
{
    sqlite::Transaction transaction(copy);
    EventLog log(copy);
    log.begin_epoch(std::max(log.head().epoch, replaced.epoch) + 1, log.head().seq);
    copy.run("UPDATE claims SET number = max(number, ?1)", replaced.claim);
    transaction.commit();
}

void remember_fork(sqlite::Database& database, const Fork& fork)
{
    database.run("INSERT INTO forks (source, epoch, kept, was_at, own_seq, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                 fork.source, fork.epoch, fork.kept, fork.was_at, fork.own_seq, fork.at);
}

std::vector<Fork> forks(sqlite::Database& database, std::size_t limit)
{
    std::vector<Fork> found;
    auto rows = database.query(
        "SELECT source, epoch, kept, was_at, own_seq, at FROM forks ORDER BY rowid DESC LIMIT ?1", limit);
    while (rows.next())
        found.push_back({rows.get<std::string>(0), rows.integer(1), rows.integer(2), rows.integer(3), rows.integer(4),
                         rows.get<UtcTime>(5)});
    return found;
}

std::vector<LogRecord> reactions_to_vanished(sqlite::Database& database, const Fork& fork, std::size_t limit)
{
    const sqlite::Snapshot one_state(database);  // a record may move into a segment meanwhile
    // What followed from an earlier fork's vanished events is told there.
    const auto after = database
                           .value<std::int64_t>("SELECT max(own_seq) FROM forks WHERE source = ?1 AND own_seq < ?2",
                                                fork.source, fork.own_seq)
                           .value_or(0);
    std::vector<LogRecord> records;
    const auto look_in = [&](sqlite::Database& file, std::int64_t from) {
        auto rows = file.query(
            "SELECT seq, bytes FROM log WHERE origin = ?1 AND origin_seq > ?2 AND origin_seq <= ?3 "
            "AND seq > ?4 AND seq <= ?5 ORDER BY seq LIMIT ?6",
            fork.source, fork.kept, fork.was_at, from, fork.own_seq, limit - records.size());
        while (rows.next()) records.push_back({rows.integer(0), rows.get<Bytes>(1)});
    };
    for (const auto& segment : segments(database))
        if (segment.last > after && segment.first <= fork.own_seq) look_in(*open_segment(database, segment), after);
    look_in(database, std::max(after, last_sealed(database)));
    return records;
}

}  // namespace gonghui::messaging
