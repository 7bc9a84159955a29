#pragma once
// Fences a store to one process: an exclusive flock on "<store>.lock" for as long as the object lives.

#include <filesystem>

namespace gonghui::runtime {

class StoreLock {
public:
    // Throws process::Failure when another process holds it, or when the folder cannot be written.
    explicit StoreLock(const std::filesystem::path& store);
    ~StoreLock();
    StoreLock(const StoreLock&) = delete;
    StoreLock& operator=(const StoreLock&) = delete;

private:
    int file_;
};

}  // namespace gonghui::runtime
