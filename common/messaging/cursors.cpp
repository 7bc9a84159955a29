#include "common/messaging/cursors.hpp"

#include <algorithm>

namespace gonghui::messaging {

std::vector<sqlite::Migration> cursors_migrations()
{
    return {{1, R"sql(
        CREATE TABLE cursors (
            source TEXT PRIMARY KEY,
            epoch  INTEGER NOT NULL,
            seq    INTEGER NOT NULL,
            chain  BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
    )sql"},
            {2, "ALTER TABLE cursors ADD COLUMN evolved_until INTEGER NOT NULL DEFAULT 0;"}};
}

std::vector<Cursor> Cursors::all() const
{
    std::vector<Cursor> cursors;
    auto rows = database_.query("SELECT source, epoch, seq, chain, evolved_until FROM cursors");
    while (rows.next()) {
        Position position{rows.integer(1), rows.integer(2), {}};
        const auto chain = rows.blob(3);
        std::copy_n(chain.begin(), std::min(chain.size(), position.chain.size()), position.chain.begin());
        cursors.push_back({rows.get<std::string>(0), position, rows.integer(4)});
    }
    return cursors;
}

void Cursors::set(std::string_view source, const Position& position, std::int64_t evolved_until)
{
    database_.run(
        "INSERT INTO cursors (source, epoch, seq, chain, evolved_until) VALUES (?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT (source) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, chain = excluded.chain, "
        "evolved_until = excluded.evolved_until",
        source, position.epoch, position.seq, BytesView(position.chain), evolved_until);
}

}  // namespace gonghui::messaging
