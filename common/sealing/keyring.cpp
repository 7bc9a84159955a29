#include "common/sealing/keyring.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gonghui::sealing {

namespace {

constexpr std::size_t recent_limit = 8192;
constexpr std::string_view wrapped_place = "keyring/keys.wrapped";

// `wrapped` is NULL for ever once the owner is erased.
const std::vector<sqlite::Migration> migrations{{1, R"sql(
    CREATE TABLE keys (
        owner BLOB PRIMARY KEY,
        wrapped BLOB
    ) STRICT, WITHOUT ROWID;
)sql"},
                                                {2, "CREATE INDEX erased ON keys (owner) WHERE wrapped IS NULL;"}};

std::vector<Uuid> erased_of(sqlite::Database& keyring)
{
    std::vector<Uuid> owners;
    auto rows = keyring.query("SELECT owner FROM keys WHERE wrapped IS NULL ORDER BY owner");
    while (rows.next()) owners.push_back(rows.get<Uuid>(0));
    return owners;
}

// SQLite would make the file readable by everyone; its log and index files take their mode from it. An empty file is an
// empty database, and whatever goes wrong here SQLite reports better when it opens the file.
const std::filesystem::path& made_private(const std::filesystem::path& path, const std::string& vfs)
{
    if (!vfs.empty() || path == ":memory:") return path;
    if (const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR); file >= 0)
        ::close(file);
    return path;
}

sqlite::Options options(const std::string& vfs)
{
    sqlite::Options options;
    options.vfs = vfs;
    options.secure_delete = true;
    return options;
}

// A row's owner counts, not the owner that the wrapping names: a row moved to another owner must not open.
std::optional<Key> unwrap(const Key& wrapping, const Uuid& owner, const Sealed& wrapped)
{
    if (owner_of(wrapped) != owner) return std::nullopt;
    const auto bytes = unseal(wrapping, wrapped_place, wrapped);
    if (!bytes || bytes->size() != 32) return std::nullopt;
    return Key(std::span<const std::byte, 32>(bytes->data(), 32));
}

[[noreturn]] void fail_unwrapping(const sqlite::Database& database)
{
    throw std::runtime_error("keyring " + database.path().string() +
                             " does not open with this service's key: restore the key file that belongs to it");
}

}  // namespace

Keyring::Keyring(const std::filesystem::path& path, const Key& wrapping, Random& random, const std::string& vfs)
    : database_(made_private(path, vfs), options(vfs)), wrapping_(wrapping), random_(random)
{
    sqlite::migrate(database_, "keyring", migrations);
    empty_log();
    read_erased();
    // A wrong service key shall show now, not at the first person.
    auto any = database_.query("SELECT owner, wrapped FROM keys WHERE wrapped IS NOT NULL LIMIT 1");
    if (any.next() && !unwrap(wrapping_, any.get<Uuid>(0), any.get<Sealed>(1))) fail_unwrapping(database_);
}

Keyring::~Keyring() = default;

Keyring::Found Keyring::look_up(const Uuid& owner)
{
    if (const auto known = recent_.find(owner); known != recent_.end()) return {known->second, false};
    auto row = database_.query("SELECT wrapped FROM keys WHERE owner = ?", owner);
    if (!row.next()) return {};
    if (row.is_null(0)) return {std::nullopt, true};
    auto key = unwrap(wrapping_, owner, row.get<Sealed>(0));
    if (!key) fail_unwrapping(database_);
    remember(owner, *key);
    return {std::move(key), false};
}

std::optional<Key> Keyring::find(const Uuid& owner)
{
    return look_up(owner).key;
}

NewKey Keyring::new_key(const Uuid& owner) const
{
    auto key = Key::make(random_);
    auto wrapped = seal(wrapping_, owner, wrapped_place, key.view(), random_);
    return {owner, key, std::move(wrapped)};
}

void Keyring::add(const NewKey& made)
{
    begin();
    database_.run("INSERT INTO keys (owner, wrapped) VALUES (?, ?)", made.owner, made.wrapped);
}

std::optional<Key> Keyring::find_or_make(const Uuid& owner)
{
    auto found = look_up(owner);
    if (!found.is_absent()) return std::move(found.key);
    auto made = new_key(owner);
    add(made);
    return std::move(made.key);
}

std::optional<Key> Keyring::find_or_want(const Uuid& owner)
{
    auto found = look_up(owner);
    if (found.is_absent()) wanted_.insert(owner);
    return found.key;
}

void Keyring::add(const Uuid& owner, const Key& key)
{
    wanted_.erase(owner);
    // An owner's key never changes, so the one that is here is the one that comes.
    if (look_up(owner).is_absent()) add({owner, key, seal(wrapping_, owner, wrapped_place, key.view(), random_)});
}

void Keyring::erase(const Uuid& owner)
{
    begin();
    database_.run("INSERT INTO keys (owner, wrapped) VALUES (?, NULL) ON CONFLICT (owner) DO UPDATE SET wrapped = NULL",
                  owner);
    recent_.erase(owner);
    wanted_.erase(owner);
    destroys_ = log_is_tainted_ = true;
    erased_.insert(owner);
}

bool Keyring::is_erased(const Uuid& owner)
{
    return look_up(owner).is_erased;
}

void Keyring::read_erased()
{
    const auto owners = erased_of(database_);
    erased_ = {owners.begin(), owners.end()};
}

std::vector<Uuid> Keyring::erased()
{
    return erased_of(database_);
}

std::vector<Uuid> Keyring::take_wanted(std::size_t limit)
{
    std::vector<Uuid> taken;
    taken.reserve(std::min(limit, wanted_.size()));
    while (taken.size() < limit && !wanted_.empty()) taken.push_back(wanted_.extract(wanted_.begin()).value());
    return taken;
}

bool Keyring::commit()
{
    if (dirty_) database_.run("COMMIT");
    dirty_ = false;
    if (log_is_tainted_) empty_log();
    return std::exchange(destroys_, false);
}

void Keyring::rollback()
{
    recent_.clear();  // it may hold keys that are now nowhere else
    if (!dirty_) return;
    dirty_ = false;
    if (database_.in_transaction()) database_.run("ROLLBACK");
    if (std::exchange(destroys_, false)) read_erased();
}

bool Keyring::dirty() const
{
    return dirty_;
}

void Keyring::empty_log()
{
    const auto busy = database_.value<int>("PRAGMA wal_checkpoint(TRUNCATE)");
    log_is_tainted_ = busy != 0;  // somebody reads, a backup perhaps: the next commit tries again
}

void Keyring::begin()
{
    if (dirty_) return;
    database_.run("BEGIN IMMEDIATE");
    dirty_ = true;
}

void Keyring::remember(const Uuid& owner, const Key& key)
{
    if (recent_.size() >= recent_limit) recent_.clear();
    recent_.insert_or_assign(owner, key);
}

std::vector<Uuid> erased_in(const std::filesystem::path& keyring)
{
    sqlite::Database database(keyring, {.access = sqlite::Access::read_only});
    return erased_of(database);
}

void destroy_keys_in(const std::filesystem::path& copy, const std::vector<Uuid>& owners)
{
    sqlite::Database database(copy, options({}));
    sqlite::Transaction transaction(database);
    for (const auto& owner : owners)
        database.run("UPDATE keys SET wrapped = NULL WHERE owner = ? AND wrapped IS NOT NULL", owner);
    transaction.commit();
    if (database.value<int>("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
        throw std::runtime_error(copy.string() + " is being read: its log may still hold destroyed keys");
}

}  // namespace gonghui::sealing
