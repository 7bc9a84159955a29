#include "common/runtime/instances.hpp"

#include "common/process/exit_codes.hpp"
#include "common/process/log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <string>
#include <system_error>

namespace gonghui::runtime {

namespace {

namespace fs = std::filesystem;

// Whoever looks at a file holds its lock for an instant.
constexpr std::chrono::seconds lock_patience{1};
// Whoever has looked less often than that has been asleep itself.
constexpr std::chrono::milliseconds awake{500};

FileLock locked(const fs::path& file, std::string_view name)
{
    try {
        if (auto lock = FileLock::take_within(file, lock_patience)) return std::move(*lock);
    } catch (const std::system_error& error) {
        throw process::Failure(process::Exit::cannot_create, "cannot write " + file.string() + ": " +
                                                                 error.code().message() +
                                                                 "; give the service a folder that it may write to");
    }
    throw process::Failure(
        process::Exit::unavailable,
        "an instance " + std::string(name) +
            " of this service runs already; stop it first, or give this one another name (instance)");
}

void write_own_thread(const FileLock& lock)
{
    const auto text = std::to_string(::getpid()) + "/task/" + std::to_string(::gettid());
    if (::ftruncate(lock.descriptor(), 0) != 0 ||
        ::pwrite(lock.descriptor(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        throw std::system_error(errno, std::generic_category(), "writing who an instance is");
}

// What the holder of this file's lock has written; nullopt when nobody holds it. The file stays then: to remove it
// would race with the next one that opens it.
std::optional<std::string> living_in(const fs::path& file)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return std::nullopt;
    const bool is_free = ::flock(descriptor, LOCK_SH | LOCK_NB) == 0;
    std::array<char, 64> text{};
    const auto read = is_free ? 0 : ::pread(descriptor, text.data(), text.size(), 0);
    ::close(descriptor);
    if (is_free) return std::nullopt;
    return std::string(text.data(), static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
}

// How often a thread has gone to sleep and woken again; nullopt when there is none, or it is hidden.
std::optional<std::int64_t> wakings_of(const std::string& thread)
{
    std::ifstream status("/proc/" + thread + "/status");
    constexpr std::string_view name = "voluntary_ctxt_switches:";
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name)) return std::stoll(line.substr(name.size()));
    return std::nullopt;
}

}  // namespace

int fair_share(int partitions, int living, int place)
{
    return partitions / living + (place < partitions % living ? 1 : 0);
}

Instances::Instances(const fs::path& stores, std::string_view service, std::string name)
    : folder_(stores / (std::string(service) + ".instances")), name_(std::move(name))
{
    std::error_code said_below;
    fs::create_directories(folder_, said_below);
    own_.emplace(locked(folder_ / name_, name_));
    write_own_thread(*own_);
}

Instances::Standing Instances::look(Time now)
{
    if (now - last_look_ > awake)
        for (auto& [name, other] : others_) other.since = now;
    last_look_ = now;

    Standing standing;
    for (const auto& entry : fs::directory_iterator(folder_)) {
        const auto name = entry.path().filename().string();
        if (name == name_) continue;
        const auto thread = living_in(entry.path());
        if (!thread) {
            others_.erase(name);
            continue;
        }
        ++standing.living;
        if (name < name_) ++standing.place;
        watch(name, *thread, now);
    }
    return standing;
}

void Instances::watch(const std::string& name, const std::string& thread, Time now)
{
    auto& other = others_[name];
    const auto wakings = wakings_of(thread);
    if (!wakings || other.thread != thread || other.wakings != *wakings) {
        other = {thread, wakings.value_or(-1), now};
        return;
    }
    pid_t pid = 0;
    std::from_chars(thread.data(), thread.data() + thread.size(), pid);
    if (now - other.since < stands_still || pid == ::getpid()) return;
    process::log::warning("instance_stands_still", {{"instance", name}, {"pid", pid}, {"ended", true}});
    ::kill(pid, SIGKILL);
    other.since = now;  // the kernel may need a while
}

}  // namespace gonghui::runtime
