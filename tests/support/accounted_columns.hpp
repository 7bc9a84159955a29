#pragma once
// Whoever asks for a copy gets everything that a store holds about them: every column of every table is either shown by
// the service's `held_about`, or kept back for a reason. A table or column that nobody accounted for fails.

#include "common/sqlite/database.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace gonghui::test {

// Columns as words, separated by blanks.
struct AccountedTable {
    std::string name;
    std::string shown;
    std::string kept_back;
    std::string reason;  // for what is kept back
};

inline void expect_every_column_accounted(sqlite::Database& database, const std::vector<AccountedTable>& tables)
{
    std::map<std::string, std::set<std::string>> there, accounted;
    auto rows = database.query(
        "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c "
        "WHERE m.type = 'table' AND m.name <> 'schema_versions'");
    while (rows.next()) there[rows.get<std::string>(0)].insert(rows.get<std::string>(1));
    for (const auto& table : tables) {
        EXPECT_EQ(table.kept_back.empty(), table.reason.empty()) << table.name;
        std::istringstream words(table.shown + ' ' + table.kept_back);
        for (std::string word; words >> word;)
            EXPECT_TRUE(accounted[table.name].insert(word).second) << table.name << '.' << word << " stands twice";
    }
    EXPECT_FALSE(there.empty());
    EXPECT_EQ(accounted, there);
}

}  // namespace gonghui::test
