#pragma once
// Copies of one partition's store and keyring while it serves. The writer's thread copies the store in small steps
// between its turns; a thread of its own then checks the copy, copies the keyring, gives both their names and removes
// what is older than is to be kept. What has a backup's name is complete, checked and on disk.

#include "common/messaging/backup.hpp"
#include "common/runtime/store_files.hpp"
#include "common/sqlite/copy.hpp"

#include <mutex>
#include <thread>

namespace gonghui::runtime {

class StoreBackup final : public messaging::Backup {
public:
    // `database` is the writer's connection; it and `clock` outlive this. The folder is made when it is needed. Keys
    // that the keyring knows as destroyed are destroyed in its copies.
    StoreBackup(sqlite::Database& database, StoreFiles files, std::filesystem::path folder, Clock& clock);
    ~StoreBackup() override;
    StoreBackup(const StoreBackup&) = delete;
    StoreBackup& operator=(const StoreBackup&) = delete;

    // On the writer's thread, outside a transaction; one step is about a millisecond. False when there is nothing to
    // do.
    bool step();

    bool begin(std::int64_t keep) override;      // the writer's thread
    void destroy_keys() override;                // any thread
    [[nodiscard]] State state() const override;  // any thread

private:
    void finish();  // on the thread of its own
    void end(const std::string& error);
    void prune() const;

    sqlite::Database& database_;
    StoreFiles files_;
    std::filesystem::path folder_;
    Clock& clock_;
    BackupFiles target_;
    std::int64_t keep_ = 0;
    std::optional<sqlite::Copy> copy_;

    mutable std::mutex mutex_;
    State state_;
    std::jthread finisher_;  // last: it ends before what it works with
};

}  // namespace gonghui::runtime
