#include "common/messaging/integrity.hpp"

namespace gonghui::messaging {

namespace {

constexpr std::size_t step_bytes = 256 * 1024;

}  // namespace

std::vector<sqlite::Migration> damages_migrations()
{
    return {{1, R"sql(
        CREATE TABLE damages (
            seq      INTEGER NOT NULL,
            what     TEXT NOT NULL,
            found_at INTEGER NOT NULL
        ) STRICT;
    )sql"}};
}

void remember_damage(sqlite::Database& database, const Damage& damage, UtcTime now)
{
    database.run("INSERT INTO damages (seq, what, found_at) VALUES (?1, ?2, ?3)", damage.seq, damage.what, now);
}

std::optional<Damage> remembered_damage(sqlite::Database& database)
{
    auto rows = database.query("SELECT seq, what FROM damages ORDER BY seq LIMIT 1");
    if (!rows.next()) return std::nullopt;
    return Damage{rows.integer(0), rows.get<std::string>(1)};
}

void LogCheck::step(sqlite::Database& reader, UtcTime now)
{
    std::int64_t from = 0;
    {
        const std::scoped_lock lock(mutex_);
        if (!under_way_) progress_.checked = 0;
        under_way_ = true;
        from = progress_.checked;
    }
    try {
        const auto to = verify_log(reader, from, step_bytes);
        const std::scoped_lock lock(mutex_);
        progress_.checked = to;
        under_way_ = to > from;
        if (!under_way_) progress_.completed_at = now;
    } catch (const BrokenChain& broken) {
        found({broken.seq, broken.what()});
    } catch (const sqlite::Error& error) {
        // A page of the file that SQLite itself cannot make sense of. Anything else may pass: the next step tries
        // again.
        if (error.is_corruption()) found({from + 1, error.what()});
    }
}

void LogCheck::found(const Damage& damage)
{
    const std::scoped_lock lock(mutex_);
    if (!damage_) damage_ = damage;
}

std::optional<Damage> LogCheck::damage() const
{
    const std::scoped_lock lock(mutex_);
    return damage_;
}

bool LogCheck::under_way() const
{
    const std::scoped_lock lock(mutex_);
    return under_way_;
}

LogCheck::Progress LogCheck::progress() const
{
    const std::scoped_lock lock(mutex_);
    return progress_;
}

}  // namespace gonghui::messaging
