#include "common/messaging/forks.hpp"
#include "common/messaging/store_check.hpp"
#include "common/runtime/store_files.hpp"
#include "common/runtime/store_lock.hpp"
#include "common/sealing/keyring.hpp"
#include "services/ctl/app/backup.hpp"
#include "services/ctl/app/connection.hpp"
#include "services/ctl/domain/texts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

namespace gonghui::ctl {

namespace {

namespace fs = std::filesystem;
using process::Exit;

constexpr auto backup_below_store = "backup";

runtime::StoreFiles files_of(const Session& session, const std::string& service, std::int64_t partition)
{
    return {fs::path(session.folder) / "store", service + '-' + std::to_string(partition)};
}

// The writer's access even to look: only that can read a store whose writer is gone, and leaves no files behind.
messaging::StoreReport report_of(const fs::path& store)
{
    sqlite::Database database(store, {.access = sqlite::Access::read_write});
    return messaging::check_store(database);
}

std::string source_of(const DistrictPlan& plan, const std::string& service, std::int64_t partition)
{
    return to_string(messaging::Source{plan.district, service, static_cast<int>(partition)});
}

// What is wrong with a store, if it is to be that of `source` (any when empty).
messaging::StoreReport looked_at(const Session& session, const fs::path& store, const std::string& source)
{
    messaging::StoreReport report;
    try {
        report = report_of(store);
    } catch (const sqlite::Error& error) {
        report.complaints.emplace_back(error.what());
    }
    if (report.source.empty()) report.source = session.say(text::nobody);
    if (report.is_sound() && !source.empty() && report.source != source)
        report.complaints.push_back(session.say(text::store_of_other, {report.source, source}));
    return report;
}

bool tell(const Session& session, const fs::path& store, const messaging::StoreReport& report, nlohmann::json& out)
{
    out.push_back({{"store", store.string()},
                   {"source", report.source},
                   {"epoch", report.epoch},
                   {"head", report.head},
                   {"complaints", report.complaints}});
    if (report.is_sound())
        std::cerr << session.say(text::store_sound, {store.string(), report.source, std::to_string(report.head)})
                  << '\n';
    for (const auto& complaint : report.complaints)
        std::cerr << session.say(text::store_unsound, {store.string(), complaint}) << '\n';
    return report.is_sound();
}

void require_file(const Session& session, const fs::path& store)
{
    std::error_code none;
    if (!fs::is_regular_file(store, none)) throw session.failure(Exit::io, text::no_store_file, {store.string()});
}

void remove_companions(const fs::path& store)
{
    for (const auto* ending : {"-wal", "-shm"}) {
        std::error_code none;
        fs::remove(store.string() + ending, none);
    }
}

std::unique_ptr<runtime::StoreLock> locked(const Session& session, const fs::path& store)
{
    try {
        return std::make_unique<runtime::StoreLock>(store);
    } catch (const process::Failure& failure) {
        if (failure.code() != Exit::unavailable) throw;
        throw session.failure(Exit::unavailable, text::store_in_use, {store.string()});
    }
}

// A file that is gone with this object, unless it has got its name.
class Unfinished {
public:
    explicit Unfinished(fs::path file) : file_(std::move(file)) { remove_companions(file_); }
    ~Unfinished()
    {
        std::error_code none;
        fs::remove(file_, none);
        remove_companions(file_);
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    [[nodiscard]] const fs::path& file() const { return file_; }

private:
    fs::path file_;
};

// Opening it takes what stands in its write-ahead log into the file; one that is too damaged for that keeps its log
// apart, as it must not be taken for the restored store's.
messaging::Given close_replaced(const fs::path& store)
{
    if (!fs::exists(store)) return {};
    try {
        sqlite::Database database(store, {.access = sqlite::Access::read_write});
        return messaging::given_by(database);
    } catch (const sqlite::Error&) {
        return {};
    }
}

void begin_epoch(const fs::path& store, const messaging::Given& replaced)
{
    sqlite::Database database(store, {.access = sqlite::Access::read_write});
    messaging::begin_restored_epoch(database, replaced);
}

fs::path chosen(const Session& session, const RestoreOptions& options, const runtime::StoreFiles& files)
{
    if (!options.from.empty()) return options.from;
    const auto backups = runtime::backups_of(files.folder / backup_below_store, files.partition);
    if (backups.empty())
        throw session.failure(Exit::data, text::no_backup, {(files.folder / backup_below_store).string()});
    return backups.front().store;
}

// The keyring that is there has every key that a backup's has, and knows who was erased since: it stays. Only when it
// is lost does the copy come back, without the keys of those whom any other keyring of the district knows as erased.
void restore_keyring(const Session& session, const RestoreOptions& options, const runtime::StoreFiles& files,
                     const fs::path& backup)
{
    if (fs::exists(files.keyring())) return;
    fs::path copy = backup;
    copy.replace_extension(".keyring.db");
    if (!fs::exists(copy)) {
        std::cerr << session.say(text::no_keyring, {copy.string()}) << '\n';
        return;
    }
    const auto unfinished = fs::path(files.keyring().string() + ".restoring");
    fs::copy_file(copy, unfinished, fs::copy_options::overwrite_existing);
    SystemRandom random;
    std::size_t erased = 0;
    {
        sealing::Keyring keyring(unfinished, sealing::load_key_file(service_key_file(session.folder, options.service)),
                                 random);
        for (const auto& entry : fs::directory_iterator(files.folder)) {
            if (!entry.path().string().ends_with(".keyring.db")) continue;
            const auto owners = sealing::erased_in(entry.path());
            for (const auto& owner : owners) keyring.erase(owner);
            erased += owners.size();
        }
        keyring.commit();
    }
    runtime::sync_to_disk(unfinished);
    fs::rename(unfinished, files.keyring());
    std::cout << session.say(text::keyring_restored, {files.keyring().string(), std::to_string(erased)}) << '\n';
}

}  // namespace

int verify(const Session& session, const VerifyOptions& options)
{
    auto out = nlohmann::json::array();
    bool all_sound = true;
    if (!options.file.empty()) {
        require_file(session, options.file);
        all_sound = tell(session, options.file, looked_at(session, options.file, {}), out);
    } else {
        const auto plan = load_plan(session);
        if (!options.service.empty()) find_service(session, plan.services, options.service);
        for (const auto& service : plan.services) {
            if (!options.service.empty() && options.service != service.name) continue;
            for (std::int64_t partition = 0; partition < service.partitions; ++partition) {
                const auto store = files_of(session, service.name, partition).store();
                require_file(session, store);
                const auto lock = locked(session, store);
                const auto report = looked_at(session, store, source_of(plan, service.name, partition));
                all_sound = tell(session, store, report, out) && all_sound;
            }
        }
    }
    if (options.json) std::cout << out.dump() << '\n';
    return all_sound ? 0 : static_cast<int>(Exit::data);
}

int restore(const Session& session, const RestoreOptions& options)
{
    const auto plan = load_plan(session);
    find_service(session, plan.services, options.service, options.partition);
    const auto files = files_of(session, options.service, options.partition);
    const auto lock = locked(session, files.store());
    const auto backup = chosen(session, options, files);
    require_file(session, backup);
    const Unfinished unfinished(files.store().string() + ".restoring");
    fs::copy_file(backup, unfinished.file(), fs::copy_options::overwrite_existing);

    try {
        runtime::bring_segments(unfinished.file(), backup.parent_path());
    } catch (const sqlite::Error&) {  // no store: the report says so
    }

    // The copy that was read is the one that is checked.
    const auto report = looked_at(session, unfinished.file(), source_of(plan, options.service, options.partition));
    if (!report.is_sound())
        throw session.failure(Exit::data, text::store_unsound, {backup.string(), report.complaints.front()});
    const auto replaced = close_replaced(files.store());
    begin_epoch(unfinished.file(), replaced);
    runtime::sync_to_disk(unfinished.file());
    restore_keyring(session, options, files, backup);

    const auto aside = fs::path(files.store().string() + ".replaced");
    if (fs::exists(files.store())) {
        fs::remove(aside);
        fs::create_hard_link(files.store(), aside);  // so that there is a store under its name at every moment
        for (const auto* ending : {"-wal", "-shm"}) {
            std::error_code none;
            fs::rename(files.store().string() + ending, aside.string() + ending, none);
        }
    }
    fs::rename(unfinished.file(), files.store());
    runtime::sync_to_disk(files.folder);
    std::cout << session.say(text::store_restored,
                             {files.store().string(), backup.string(),
                              std::to_string(std::max(report.epoch, replaced.epoch) + 1), std::to_string(report.head)})
              << '\n';
    return 0;
}

}  // namespace gonghui::ctl
