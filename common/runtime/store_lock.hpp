#pragma once
// Fences a store to one writer: an exclusive lock on "<store>.lock" for as long as the object lives.

#include "common/runtime/file_lock.hpp"

#include <filesystem>
#include <optional>

namespace gonghui::runtime {

class StoreLock {
public:
    // Throws process::Failure when another process holds it, or when the folder cannot be written.
    explicit StoreLock(const std::filesystem::path& store);

    // nullopt while another holds it. Throws process::Failure when the folder cannot be written.
    static std::optional<StoreLock> try_take(const std::filesystem::path& store);

private:
    explicit StoreLock(FileLock&& lock) : lock_(std::move(lock)) {}
    FileLock lock_;
};

}  // namespace gonghui::runtime
