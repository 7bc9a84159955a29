#include "common/process/watchdog.hpp"

#include "common/process/log.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace gonghui::process {

namespace {

std::string_view environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

std::int64_t number(std::string_view text)
{
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// Zero when no watchdog waits for this process: the variables may be inherited from one that it does wait for.
std::chrono::microseconds silence_of_environment()
{
    const auto pid = environment("WATCHDOG_PID");
    if (!pid.empty() && number(pid) != getpid()) return {};
    return std::chrono::microseconds(number(environment("WATCHDOG_USEC")));
}

}  // namespace

Watchdog::Watchdog() : Watchdog(std::string(environment("NOTIFY_SOCKET")), silence_of_environment()) {}

Watchdog::Watchdog(std::string socket, std::chrono::microseconds longest_silence)
    : socket_(std::move(socket)),
      longest_silence_(socket_.empty() ? std::chrono::microseconds::zero() : longest_silence)
{
}

void Watchdog::ready()
{
    if (!is_ready_.exchange(true)) tell("READY=1");
}

void Watchdog::stopping()
{
    tell("STOPPING=1");
}

// All that libsystemd would do here; it would load four compression libraries into each service for it.
void Watchdog::tell(std::string_view what) const
{
    if (socket_.empty()) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto size = std::min(socket_.size(), sizeof address.sun_path - 1);
    std::memcpy(&address.sun_path[0], socket_.data(), size);
    if (socket_.front() == '@') address.sun_path[0] = '\0';  // an abstract name
    const auto address_size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool is_told = descriptor >= 0 && ::sendto(descriptor, what.data(), what.size(), MSG_NOSIGNAL,
                                                     reinterpret_cast<const sockaddr*>(&address), address_size) >= 0;
    if (!is_told) log::warning("supervisor_not_told", {{"what", what}, {"error", std::strerror(errno)}});
    if (descriptor >= 0) ::close(descriptor);
}

void Watchdog::say_alive(Time now)
{
    const std::lock_guard lock(mutex_);
    if (now < say_again_.load()) return;
    const auto longest_turn = longest_silence_ / 2;
    const bool all_turn =
        std::all_of(turns_.begin(), turns_.end(), [&](const auto& last) { return now - last.load() < longest_turn; });
    if (!all_turn) return;
    say_again_ = now + longest_silence_ / 4;
    tell("WATCHDOG=1");
}

Watchdog::Loop::Loop(Watchdog& watchdog) : watchdog_(watchdog)
{
    const std::lock_guard lock(watchdog_.mutex_);
    last_turn_ = watchdog_.turns_.emplace(watchdog_.turns_.end(), std::chrono::steady_clock::now());
}

Watchdog::Loop::~Loop()
{
    const std::lock_guard lock(watchdog_.mutex_);
    watchdog_.turns_.erase(last_turn_);
}

void Watchdog::Loop::turn(Time now)
{
    if (watchdog_.longest_silence_ == std::chrono::microseconds::zero()) return;
    last_turn_->store(now);
    if (now >= watchdog_.say_again_.load()) watchdog_.say_alive(now);
}

}  // namespace gonghui::process
