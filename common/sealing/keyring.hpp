#pragma once
// Keys by owner, in a SQLite file of its own beside the store: wrapped under the service's key, securely deleted, never
// in a log and never in a long-lived backup. Registration's keyring is where keys are born; another service's is a
// cache of the keys that it may use, which it forgets when the owner is erased.

#include "common/sealing/sealing.hpp"
#include "common/sqlite/database.hpp"

#include <filesystem>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace gonghui::sealing {

// A key for an owner who is new, and not yet of any keyring.
struct NewKey {
    Uuid owner;
    Key key;
    Sealed wrapped;
};

// One per partition, used by its writer thread alone, but for `new_key`.
//
// `add` and `erase` are durable after the next `commit`. The host calls `commit` before the store's own commit, so that
// no event ever names a key that a crash could lose; a crash between the two leaves a key without use, which is
// harmless. After a `commit` that destroyed keys their bytes are gone from the file and its log.
class Keyring {
public:
    Keyring(const std::filesystem::path& path, const Key& wrapping, Random& random, const std::string& vfs = {});
    ~Keyring();

    // Made on any thread, to be added by the writer's.
    [[nodiscard]] NewKey new_key(const Uuid& owner) const;
    // Throws when the owner has a key or was erased.
    void add(const NewKey& made);
    // The owner's key; makes one when there is none and the owner was not erased. nullopt: erased.
    std::optional<Key> find_or_make(const Uuid& owner);
    // The owner's key if it is here. The reason for absence: see is_erased, wanted.
    std::optional<Key> find(const Uuid& owner);
    // As find, and remembers that the key is missed, so that the host fetches it (caches only).
    std::optional<Key> find_or_want(const Uuid& owner);

    void add(const Uuid& owner, const Key& key);
    void erase(const Uuid& owner);  // for ever: a later add or find_or_make of this owner does nothing
    [[nodiscard]] bool is_erased(const Uuid& owner);
    // The same from memory, for the one who writes: what others erase in the file meanwhile it does not see.
    [[nodiscard]] bool has_erased(const Uuid& owner) const { return erased_.contains(owner); }
    [[nodiscard]] std::vector<Uuid> erased();  // everyone, in order

    // Owners missed since the last call, each once, at most `limit`.
    std::vector<Uuid> take_wanted(std::size_t limit);

    // True when it destroyed keys: they are to be destroyed in copies of the file, too.
    bool commit();
    void rollback();
    [[nodiscard]] bool dirty() const;

private:
    struct Found {
        std::optional<Key> key;
        bool is_erased = false;
        [[nodiscard]] bool is_absent() const { return !key && !is_erased; }
    };
    Found look_up(const Uuid& owner);

    // The log holds pages as they were before; emptying it makes destroyed keys unreadable on disk as well.
    void empty_log();
    void begin();
    void remember(const Uuid& owner, const Key& key);
    void read_erased();

    sqlite::Database database_;
    Key wrapping_;
    Random& random_;
    bool dirty_ = false;                    // a transaction is open
    bool destroys_ = false;                 // and it destroyed a key
    bool log_is_tainted_ = false;           // the file's log may still hold a destroyed key
    std::unordered_map<Uuid, Key> recent_;  // bounded
    std::unordered_set<Uuid> wanted_;
    std::unordered_set<Uuid> erased_;
};

// The same of a keyring's file that lies still or is another's; no service key is needed.
std::vector<Uuid> erased_in(const std::filesystem::path& keyring);

// In a copy of a keyring's file: overwrites the owners' keys, and empties its log of them.
void destroy_keys_in(const std::filesystem::path& copy, const std::vector<Uuid>& owners);

}  // namespace gonghui::sealing
