#pragma once
// How far each followed source has been applied. Written in the transaction of the effects.
//
// A cursor that stands before `evolved_until` builds a read model again: what it comes by until there had its reactions
// before, and is evolved only.

#include "common/messaging/envelope.hpp"
#include "common/sqlite/database.hpp"

#include <string>
#include <vector>

namespace gonghui::messaging {

std::vector<sqlite::Migration> cursors_migrations();

struct Cursor {
    std::string source;
    Position position;
    std::int64_t evolved_until = 0;
};

class Cursors {
public:
    explicit Cursors(sqlite::Database& database) : database_(database) {}
    [[nodiscard]] std::vector<Cursor> all() const;
    void set(std::string_view source, const Position& position, std::int64_t evolved_until);

private:
    sqlite::Database& database_;
};

}  // namespace gonghui::messaging
