#include "common/runtime/store_lock.hpp"

#include "common/process/exit_codes.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace gonghui::runtime {

StoreLock::StoreLock(const std::filesystem::path& store)
{
    const auto path = store.string() + ".lock";
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0)
        throw process::Failure(process::Exit::cannot_create, "cannot write " + path + ": " + std::strerror(errno) +
                                                                 "; give the service a folder that it may write to");
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    ::close(file_);
    throw process::Failure(process::Exit::unavailable,
                           store.string() + " is in use by another process; stop that one first");
}

StoreLock::~StoreLock()
{
    ::close(file_);
}

}  // namespace gonghui::runtime
