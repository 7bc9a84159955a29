#pragma once
// A copy of a store, made page by page while its writer goes on: SQLite's online backup.

#include "common/sqlite/database.hpp"

#include <filesystem>
#include <optional>

struct sqlite3_backup;

namespace gonghui::sqlite {

// Stepped by the thread of `source`, between its transactions; what that connection commits meanwhile is in the copy,
// too. (Commits of another connection make it begin anew: so the writer runs it.) `to` must not exist; it is complete,
// and on disk, when `step` says so, and worthless until then.
class Copy {
public:
    Copy(Database& source, const std::filesystem::path& to);
    ~Copy();
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    // At most `pages` more; true when that was all.
    bool step(int pages);
    [[nodiscard]] std::int64_t pages_left() const;

private:
    [[noreturn]] void fail(int code) const;

    std::filesystem::path to_;
    sqlite3* destination_ = nullptr;
    sqlite3_backup* backup_ = nullptr;
};

// What SQLite's own check of a whole file complains of first; nullopt when it is sound. Reads everything.
std::optional<std::string> complaint_about(Database& database);

}  // namespace gonghui::sqlite
