#include "common/messaging/parked.hpp"

namespace gonghui::messaging {

std::vector<sqlite::Migration> parked_migrations()
{
    return {{1, R"sql(
        CREATE TABLE parked (
            source    TEXT NOT NULL,
            seq       INTEGER NOT NULL,
            lane      TEXT NOT NULL,
            reason    TEXT NOT NULL,
            detail    TEXT NOT NULL,
            parked_at INTEGER NOT NULL,
            bytes     BLOB NOT NULL,
            PRIMARY KEY (source, seq)
        ) STRICT;
        CREATE INDEX parked_by_lane ON parked (source, lane, seq);
    )sql"},
            {2, "ALTER TABLE parked ADD COLUMN has_reacted INTEGER NOT NULL DEFAULT 0;"}};
}

namespace {

std::string lane_key(std::string_view source, std::string_view lane)
{
    return std::string(source).append(1, '\n').append(lane);
}

std::vector<ParkedEvent> read_all(sqlite::Rows rows)
{
    std::vector<ParkedEvent> events;
    while (rows.next())
        events.push_back({rows.get<std::string>(0), rows.integer(1), rows.get<std::string>(2), rows.get<std::string>(3),
                          rows.get<std::string>(4), rows.get<UtcTime>(5), rows.get<Bytes>(6), rows.get<bool>(7)});
    return events;
}

}  // namespace

Parked::Parked(sqlite::Database& database) : database_(database)
{
    reload();
}

void Parked::reload()
{
    lanes_.clear();
    count_ = 0;
    auto rows = database_.query("SELECT source, lane, count(*) FROM parked GROUP BY source, lane");
    while (rows.next()) count_ += lanes_[lane_key(rows.text(0), rows.text(1))] = rows.integer(2);
}

void Parked::add(const ParkedEvent& event)
{
    remove(event.source, event.seq);
    database_.run(
        "INSERT INTO parked (source, seq, lane, reason, detail, parked_at, bytes, has_reacted) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        event.source, event.seq, event.lane, event.reason, event.detail, event.parked_at, event.bytes,
        event.has_reacted);
    ++lanes_[lane_key(event.source, event.lane)];
    ++count_;
}

void Parked::remove(std::string_view source, std::int64_t seq)
{
    const auto lane =
        database_.value<std::string>("DELETE FROM parked WHERE source = ?1 AND seq = ?2 RETURNING lane", source, seq);
    if (!lane) return;
    --count_;
    const auto found = lanes_.find(lane_key(source, *lane));
    if (found != lanes_.end() && --found->second == 0) lanes_.erase(found);
}

void Parked::remove_beyond(std::string_view source, std::int64_t seq)
{
    database_.run("DELETE FROM parked WHERE source = ?1 AND seq > ?2", source, seq);
    reload();
}

std::optional<ParkedEvent> Parked::find(std::string_view source, std::int64_t seq) const
{
    auto found =
        read_all(database_.query("SELECT source, seq, lane, reason, detail, parked_at, bytes, has_reacted FROM parked "
                                 "WHERE source = ?1 AND seq = ?2",
                                 source, seq));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

std::vector<ParkedEvent> Parked::list(std::size_t limit) const
{
    return read_all(
        database_.query("SELECT source, seq, lane, reason, detail, parked_at, bytes, has_reacted FROM parked "
                        "ORDER BY source, seq LIMIT ?1",
                        limit));
}

std::vector<ParkedEvent> Parked::lane(std::string_view source, std::string_view lane) const
{
    return read_all(
        database_.query("SELECT source, seq, lane, reason, detail, parked_at, bytes, has_reacted FROM parked "
                        "WHERE source = ?1 AND lane = ?2 ORDER BY seq",
                        source, lane));
}

std::vector<ParkedEvent> Parked::heads(std::string_view reason, std::size_t limit) const
{
    return read_all(database_.query(
        "SELECT source, seq, lane, reason, detail, parked_at, bytes, has_reacted FROM parked AS p WHERE reason = ?1 "
        "AND NOT EXISTS "
        "(SELECT 1 FROM parked WHERE source = p.source AND lane = p.lane AND seq < p.seq) ORDER BY source, seq LIMIT "
        "?2",
        reason, limit));
}

bool Parked::blocks(std::string_view source, std::string_view lane, std::int64_t seq) const
{
    if (lanes_.empty() || !lanes_.contains(lane_key(source, lane))) return false;
    return database_.value<int>("SELECT 1 FROM parked WHERE source = ?1 AND lane = ?2 AND seq < ?3", source, lane, seq)
        .has_value();
}

}  // namespace gonghui::messaging
