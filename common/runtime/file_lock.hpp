#pragma once
// An exclusive lock on a file for as long as the object lives, or its process: the kernel lets go of it however that
// dies. It is between processes and between objects of one process alike. Local disks only: over NFS it means nothing.

#include <chrono>
#include <filesystem>
#include <optional>

namespace gonghui::runtime {

class FileLock {
public:
    // nullopt while another holds it. Makes the file when there is none. Throws std::system_error when it cannot be
    // opened.
    static std::optional<FileLock> try_take(const std::filesystem::path& file);
    // As long as another holds it, tries again for so long.
    static std::optional<FileLock> take_within(const std::filesystem::path& file, std::chrono::milliseconds patience);

    ~FileLock();
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_; }  // open for reading and writing

private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;  // -1: moved from
};

}  // namespace gonghui::runtime
