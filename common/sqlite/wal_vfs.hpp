#pragma once
// A VFS over another one that gathers what is written into a write-ahead log and hands it on in large pieces. SQLite
// writes every page of a commit in two calls, 24 bytes and the page: an enrollment in a rush took 17 to 70 system
// calls, a third of its commit. All other files are the other VFS's, as it opens them.
//
// What is gathered is written before the log is synced, read, measured, cut or closed, so that a sync covers it, and a
// failure of it is that call's. Nobody else reads a log further than what was synced: the wal-index says so only then.
// What a failed sync was to keep is taken back, so that nobody reads it after the next opening either.

#include <memory>
#include <string>

struct sqlite3_vfs;

namespace gonghui::sqlite {

// Registered with SQLite as long as it lives; connections that were opened with it must be closed before. Registering
// is thread-safe.
class WalVfs {
public:
    // `below`: the name of the other VFS; empty: the default one. std::invalid_argument if there is none.
    explicit WalVfs(const std::string& below);
    ~WalVfs();
    WalVfs(const WalVfs&) = delete;
    WalVfs& operator=(const WalVfs&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }

private:
    std::string name_;
    std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace gonghui::sqlite
