#pragma once
// The queries' view of the keyring: they run on threads of their own, while a Keyring belongs to one thread.

#include "common/sealing/keyring.hpp"

#include <mutex>
#include <optional>

namespace gonghui::matchmaking {

// Reads the file that the writer's Keyring fills, and never writes it. Thread-safe. Make it before the writer works, so
// that no two connections checkpoint at a time.
class ReaderKeys {
public:
    ReaderKeys(const std::filesystem::path& path, const sealing::Key& wrapping, Random& random,
               const std::string& vfs = {});

    // nullopt when the key is not here or its owner was erased, even if it was read a moment ago.
    std::optional<sealing::Key> find(const Uuid& owner);

private:
    std::mutex mutex_;
    sealing::Keyring keyring_;
};

}  // namespace gonghui::matchmaking
