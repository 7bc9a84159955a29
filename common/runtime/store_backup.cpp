#include "common/runtime/store_backup.hpp"

#include "common/messaging/store_check.hpp"
#include "common/process/log.hpp"
#include "common/sealing/keyring.hpp"

#include <algorithm>

namespace gonghui::runtime {

namespace {

constexpr int pages_per_step = 32;  // 256 KiB

std::filesystem::path unfinished(const std::filesystem::path& file)
{
    return file.string() + ".part";
}

void remove_with_companions(const std::filesystem::path& store)
{
    for (const auto* ending : {"", "-wal", "-shm", "-journal"}) {
        std::error_code none;
        std::filesystem::remove(store.string() + ending, none);
    }
}

// Throws with what is wrong.
void require_sound(const std::filesystem::path& copy)
{
    sqlite::Database database(copy, {.access = sqlite::Access::read_write});
    if (const auto report = messaging::check_store(database); !report.is_sound())
        throw std::runtime_error("the copy is not sound: " + report.complaints.front());
}

// Keys are few: one step, from a connection that only reads. Made after the store's, it has every key that one names.
void copy_keyring(const std::filesystem::path& from, const std::filesystem::path& to)
{
    if (!std::filesystem::exists(from)) return;
    remove_with_companions(unfinished(to));
    {
        sqlite::Database keyring(from, {.access = sqlite::Access::read_only});
        sqlite::Copy copy(keyring, unfinished(to));
        while (!copy.step(-1)) std::this_thread::yield();
    }
    sync_to_disk(unfinished(to));
    std::filesystem::rename(unfinished(to), to);
}

}  // namespace

StoreBackup::StoreBackup(sqlite::Database& database, StoreFiles files, std::filesystem::path folder, Clock& clock)
    : database_(database), files_(std::move(files)), folder_(std::move(folder)), clock_(clock)
{
    if (const auto before = backups_of(folder_, files_.partition); !before.empty())
        state_.newest_at = before.front().at;
    destroy_keys();
}

StoreBackup::~StoreBackup()
{
    if (copy_) remove_with_companions(unfinished(target_.store));
}

bool StoreBackup::begin(std::int64_t keep)
{
    if (state().under_way) return false;
    target_ = backup_named(folder_, files_.partition, clock_.now());
    keep_ = keep;
    {
        const std::scoped_lock lock(mutex_);
        state_ = {true, 0, target_.store.string(), {}, state_.newest_at};
    }
    try {
        std::filesystem::create_directories(folder_);
        std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
        remove_with_companions(unfinished(target_.store));
        copy_.emplace(database_, unfinished(target_.store));
    } catch (const std::exception& error) {
        end(error.what());
    }
    return true;
}

bool StoreBackup::step()
{
    if (!copy_) return false;
    try {
        const bool complete = copy_->step(pages_per_step);
        {
            const std::scoped_lock lock(mutex_);
            state_.pages_left = copy_->pages_left();
        }
        if (!complete) return true;
        copy_.reset();
        finisher_ = std::jthread([this] { finish(); });
    } catch (const std::exception& error) {
        copy_.reset();
        end(error.what());
    }
    return true;
}

void StoreBackup::finish()
{
    try {
        bring_segments(unfinished(target_.store), files_.folder);
        require_sound(unfinished(target_.store));
        sync_to_disk(unfinished(target_.store));
        copy_keyring(files_.keyring(), target_.keyring);
        std::filesystem::rename(unfinished(target_.store), target_.store);
        sync_to_disk(folder_);
        destroy_keys();  // those that were destroyed while their copy was made
        prune();
        end({});
    } catch (const std::exception& error) {
        end(error.what());
    }
}

void StoreBackup::end(const std::string& error)
{
    if (error.empty())
        process::log::info("backup_made", {{"file", target_.store.string()}});
    else
        process::log::error("backup_failed", {{"file", target_.store.string()}, {"error", error}});
    if (!error.empty()) remove_with_companions(unfinished(target_.store));
    const std::scoped_lock lock(mutex_);
    state_.under_way = false;
    state_.pages_left = 0;
    state_.error = error;
    if (error.empty()) state_.newest_at = target_.at;
}

void StoreBackup::prune() const
{
    const auto all = backups_of(folder_, files_.partition);
    if (keep_ <= 0) return;
    for (auto i = static_cast<std::size_t>(keep_); i < all.size(); ++i) {
        remove_with_companions(all[i].store);
        remove_with_companions(all[i].keyring);
    }
}

void StoreBackup::destroy_keys()
{
    if (!std::filesystem::exists(files_.keyring())) return;
    const auto erased = sealing::erased_in(files_.keyring());
    if (erased.empty()) return;
    for (const auto& backup : backups_of(folder_, files_.partition)) {
        try {
            if (std::filesystem::exists(backup.keyring)) sealing::destroy_keys_in(backup.keyring, erased);
        } catch (const std::exception& error) {
            process::log::error("keys_not_destroyed", {{"file", backup.keyring.string()}, {"error", error.what()}});
        }
    }
}

messaging::Backup::State StoreBackup::state() const
{
    const std::scoped_lock lock(mutex_);
    return state_;
}

}  // namespace gonghui::runtime
