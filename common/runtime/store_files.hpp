#pragma once
// The files of a partition: its store, its keyring, and copies of both. A copy's name says when it was begun, in UTC:
//
//     store/training-0.db                          store/training-0.keyring.db
//     store/backup/training-0.20261125T140312Z.db  store/backup/training-0.20261125T140312Z.keyring.db
//
// The segments of its log stand beside the store, and a copy of each beside the copies, which all share them.

#include "common/time/clock.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::runtime {

struct StoreFiles {
    std::filesystem::path folder;
    std::string partition;  // "training-0"

    [[nodiscard]] std::filesystem::path store() const { return folder / (partition + ".db"); }
    [[nodiscard]] std::filesystem::path keyring() const { return folder / (partition + ".keyring.db"); }
};

struct BackupFiles {
    UtcTime at;
    std::filesystem::path store;
    std::filesystem::path keyring;  // may be missing: a copy of keys is kept for a shorter time, or elsewhere
};

// What its segments take, in bytes.
std::uintmax_t segment_bytes(const StoreFiles& files);

// The copies of one partition, the newest first.
std::vector<BackupFiles> backups_of(const std::filesystem::path& folder, std::string_view partition);
BackupFiles backup_named(const std::filesystem::path& folder, std::string_view partition, UtcTime at);

// The segments that the store at `store` names and that do not stand beside it, or are damaged, are copied from the
// folder `from`, each complete and on disk before it has its name; what was damaged stays beside it as `.replaced`.
// What is not in `from` either is left to whoever checks the store. Reads every segment. Throws std::system_error, and
// sqlite::Error for what is no store.
void bring_segments(const std::filesystem::path& store, const std::filesystem::path& from);

// What was written to the file, or renamed in the folder, is on the disk afterwards. Throws std::system_error.
void sync_to_disk(const std::filesystem::path& file_or_folder);

}  // namespace gonghui::runtime
