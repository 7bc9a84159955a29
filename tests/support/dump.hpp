#pragma once

#include "common/sqlite/database.hpp"

#include <map>
#include <string>
#include <vector>

namespace gonghui {

// Every row of every table, in the order of its rowid or key: what a store is compared by with the replay of its log.
inline std::map<std::string, std::vector<std::string>> dump(sqlite::Database& database)
{
    std::map<std::string, std::vector<std::string>> tables;
    auto names = database.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    while (names.next()) {
        const auto name = names.get<std::string>(0);
        const auto columns = *database.value<std::string>(
            "SELECT group_concat('quote(' || name || ')', ' || '','' || ') FROM pragma_table_info(?)", name);
        auto rows = database.query(std::string("SELECT ").append(columns).append(" FROM ").append(name));
        while (rows.next()) tables[name].push_back(rows.get<std::string>(0));
    }
    return tables;
}

}  // namespace gonghui
