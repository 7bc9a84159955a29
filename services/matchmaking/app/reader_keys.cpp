#include "services/matchmaking/app/reader_keys.hpp"

namespace gonghui::matchmaking {

ReaderKeys::ReaderKeys(const std::filesystem::path& path, const sealing::Key& wrapping, Random& random,
                       const std::string& vfs)
    : keyring_(path, wrapping, random, vfs)
{
}

std::optional<sealing::Key> ReaderKeys::find(const Uuid& owner)
{
    const std::lock_guard lock(mutex_);
    keyring_.rollback();  // forgets what was read before: only the file knows of an erasure by the writer
    return keyring_.find(owner);
}

}  // namespace gonghui::matchmaking
