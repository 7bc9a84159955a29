#pragma once
// How far each followed source has been applied. Written in the transaction of the effects.

#include "common/messaging/envelope.hpp"
#include "common/sqlite/database.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gonghui::messaging {

std::vector<sqlite::Migration> cursors_migrations();

class Cursors {
public:
    explicit Cursors(sqlite::Database& database) : database_(database) {}
    [[nodiscard]] std::vector<std::pair<std::string, Position>> all() const;
    void set(std::string_view source, const Position& position);

private:
    sqlite::Database& database_;
};

}  // namespace gonghui::messaging
