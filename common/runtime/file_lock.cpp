#include "common/runtime/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace gonghui::runtime {

std::optional<FileLock> FileLock::try_take(const std::filesystem::path& file)
{
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), file.string());
    FileLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno != EWOULDBLOCK) throw std::system_error(errno, std::generic_category(), file.string());
    return std::nullopt;
}

std::optional<FileLock> FileLock::take_within(const std::filesystem::path& file, std::chrono::milliseconds patience)
{
    constexpr std::chrono::milliseconds between_tries{5};
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (true) {
        auto lock = try_take(file);
        if (lock || std::chrono::steady_clock::now() >= give_up) return lock;
        std::this_thread::sleep_for(between_tries);
    }
}

FileLock::~FileLock()
{
    if (descriptor_ >= 0) ::close(descriptor_);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

}  // namespace gonghui::runtime
