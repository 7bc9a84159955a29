#include "common/sqlite/copy.hpp"

#include <sqlite3.h>

namespace gonghui::sqlite {

Copy::Copy(Database& source, const std::filesystem::path& to) : to_(to)
{
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(to.c_str(), &destination_, flags, nullptr);
    if (code == SQLITE_OK) {
        backup_ = sqlite3_backup_init(destination_, "main", source.handle(), "main");
        if (backup_ != nullptr) return;
        code = sqlite3_extended_errcode(destination_);
    }
    const std::string text = to_.string() + ": " + sqlite3_errstr(code);
    sqlite3_close(destination_);
    throw Error(code, text);
}

Copy::~Copy()
{
    sqlite3_backup_finish(backup_);
    sqlite3_close(destination_);
}

bool Copy::step(int pages)
{
    const int code = sqlite3_backup_step(backup_, pages);
    if (code == SQLITE_DONE) return true;
    // A reader's lock on the file is waited for by coming back.
    if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED) fail(code);
    return false;
}

std::int64_t Copy::pages_left() const
{
    return sqlite3_backup_remaining(backup_);
}

void Copy::fail(int code) const
{
    throw Error(code, to_.string() + ": " + sqlite3_errstr(code));
}

std::optional<std::string> complaint_about(Database& database)
{
    auto said = database.value<std::string>("PRAGMA integrity_check(1)");
    if (said == "ok") return std::nullopt;
    return said.value_or("it is no database");
}

}  // namespace gonghui::sqlite
