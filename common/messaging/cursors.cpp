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
    )sql"}};
}

std::vector<std::pair<std::string, Position>> Cursors::all() const
{
    std::vector<std::pair<std::string, Position>> cursors;
    auto rows = database_.query("SELECT source, epoch, seq, chain FROM cursors");
    while (rows.next()) {
        Position position{rows.integer(1), rows.integer(2), {}};
        const auto chain = rows.blob(3);
        std::copy_n(chain.begin(), std::min(chain.size(), position.chain.size()), position.chain.begin());
        cursors.emplace_back(rows.get<std::string>(0), position);
    }
    return cursors;
}

void Cursors::set(std::string_view source, const Position& position)
{
    database_.run(
        "INSERT INTO cursors (source, epoch, seq, chain) VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (source) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, chain = excluded.chain",
        source, position.epoch, position.seq, BytesView(position.chain));
}

}  // namespace gonghui::messaging
