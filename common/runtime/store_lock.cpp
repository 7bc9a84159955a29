#include "common/runtime/store_lock.hpp"

#include "common/process/exit_codes.hpp"

#include <string>
#include <system_error>

namespace gonghui::runtime {

namespace {

std::optional<FileLock> try_lock(const std::filesystem::path& store)
{
    const auto file = store.string() + ".lock";
    try {
        return FileLock::try_take(file);
    } catch (const std::system_error& error) {
        throw process::Failure(process::Exit::cannot_create, "cannot write " + file + ": " + error.code().message() +
                                                                 "; give the service a folder that it may write to");
    }
}

FileLock locked(const std::filesystem::path& store)
{
    auto lock = try_lock(store);
    if (!lock)
        throw process::Failure(process::Exit::unavailable,
                               store.string() + " is in use by another process; stop that one first");
    return std::move(*lock);
}

}  // namespace

StoreLock::StoreLock(const std::filesystem::path& store) : lock_(locked(store)) {}

std::optional<StoreLock> StoreLock::try_take(const std::filesystem::path& store)
{
    auto lock = try_lock(store);
    if (!lock) return std::nullopt;
    return StoreLock(std::move(*lock));
}

}  // namespace gonghui::runtime
