#pragma once
// Everything about a store that can be checked without knowing its service: SQLite's own check of the file, the chain
// from the first record to the head, and what the host's tables say of each other.

#include "common/sqlite/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gonghui::messaging {

struct StoreReport {
    std::string source;  // whose store it is; empty when nobody has started with it
    std::int64_t epoch = 1;
    std::int64_t head = 0;
    // Nothing of a record's content, and nothing personal.
    std::vector<std::string> complaints;
    [[nodiscard]] bool is_sound() const { return complaints.empty(); }
};

// Reads the whole file; throws only what SQLite does when it is no database at all.
StoreReport check_store(sqlite::Database& database);

}  // namespace gonghui::messaging
