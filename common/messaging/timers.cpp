#include "common/messaging/timers.hpp"

#include <sodium.h>

namespace gonghui::messaging {

Uuid Timer::id() const
{
    // Name and moment together: the same timer set again for another moment is another cause.
    std::string name = kind + '/' + to_string(subject) + '/' + std::to_string(to_microseconds(due));
    Uuid seed;
    crypto_generichash(reinterpret_cast<unsigned char*>(seed.bytes.data()), seed.bytes.size(),
                       reinterpret_cast<const unsigned char*>(name.data()), name.size(), nullptr, 0);
    return derive_uuid(seed, 0);
}

std::vector<sqlite::Migration> timers_migrations()
{
    return {{1, R"sql(
        CREATE TABLE timers (
            kind    TEXT NOT NULL,
            subject BLOB NOT NULL,
            due     INTEGER NOT NULL,
            PRIMARY KEY (kind, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX timers_by_due ON timers (due);
    )sql"}};
}

void Timers::set(std::string_view kind, const Uuid& subject, UtcTime due)
{
    database_.run(
        "INSERT INTO timers (kind, subject, due) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (kind, subject) DO UPDATE SET due = excluded.due",
        kind, subject, due);
}

void Timers::clear(std::string_view kind, const Uuid& subject)
{
    database_.run("DELETE FROM timers WHERE kind = ?1 AND subject = ?2", kind, subject);
}

std::vector<Timer> Timers::due(UtcTime now, std::size_t limit) const
{
    std::vector<Timer> timers;
    auto rows =
        database_.query("SELECT kind, subject, due FROM timers WHERE due <= ?1 ORDER BY due LIMIT ?2", now, limit);
    while (rows.next()) timers.push_back({rows.get<std::string>(0), rows.get<Uuid>(1), rows.get<UtcTime>(2)});
    return timers;
}

std::optional<UtcTime> Timers::next_due() const
{
    return database_.value<UtcTime>("SELECT min(due) FROM timers");
}

}  // namespace gonghui::messaging
