#include "common/process/signals.hpp"

#include "common/process/log.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace gonghui::process {

namespace {

class Descriptor {
public:
    Descriptor(int number, const char* what) : number_(number)
    {
        if (number < 0) throw std::system_error(errno, std::generic_category(), what);
    }
    ~Descriptor() { close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

sigset_t handled_signals()
{
    sigset_t handled{};
    sigemptyset(&handled);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&handled, signal);
    return handled;
}

// The mask of this thread while it lives.
class BlockedSignals {
public:
    explicit BlockedSignals(const sigset_t& blocked) { pthread_sigmask(SIG_BLOCK, &blocked, &before_); }
    ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

struct Signals::State {
    State() { std::signal(SIGPIPE, SIG_IGN); }

    void watch();
    void take(int signal);
    void reload();

    sigset_t handled = handled_signals();
    BlockedSignals blocked{handled};
    Descriptor signals{signalfd(-1, &handled, SFD_CLOEXEC), "signalfd"};
    Descriptor closing{eventfd(0, EFD_CLOEXEC), "eventfd"};
    std::stop_source stop;
    bool was_asked = false;  // by a signal; touched by the thread alone
    std::mutex reload_mutex;
    std::function<void()> on_reload;
    std::jthread thread;  // last: it uses all of the above
};

void Signals::State::watch()
{
    std::array<pollfd, 2> waiting{pollfd{signals.number(), POLLIN, 0}, pollfd{closing.number(), POLLIN, 0}};
    for (;;) {
        if (poll(waiting.data(), waiting.size(), -1) < 0) continue;  // only EINTR can be
        if (waiting[1].revents != 0) return;
        signalfd_siginfo arrived{};
        if (read(signals.number(), &arrived, sizeof arrived) == sizeof arrived)
            take(static_cast<int>(arrived.ssi_signo));
    }
}

void Signals::State::take(int signal)
{
    if (signal == SIGHUP) {
        reload();
        return;
    }
    // A stop from within does not count: its SIGTERM may only be the supervisor's first word.
    if (std::exchange(was_asked, true)) {
        log::warning("ended_at_once", {{"signal", signal}});
        _exit(128 + signal);
    }
    log::info("stopping", {{"signal", signal}});
    stop.request_stop();
}

void Signals::State::reload()
{
    const std::lock_guard lock(reload_mutex);
    if (!on_reload) return;
    try {
        on_reload();
    } catch (const std::exception& fault) {
        log::error("reload_failed", {{"error", fault.what()}});
    }
}

Signals::Signals() : state_(std::make_unique<State>())
{
    state_->thread = std::jthread([this] { state_->watch(); });
}

Signals::~Signals()
{
    const std::uint64_t one = 1;
    // An eventfd with room never fails to take a one.
    [[maybe_unused]] const auto written = write(state_->closing.number(), &one, sizeof one);
    state_->thread.join();
}

std::stop_token Signals::stop() const
{
    return state_->stop.get_token();
}

void Signals::request_stop()
{
    state_->stop.request_stop();
}

void Signals::on_reload(std::function<void()> callback)
{
    const std::lock_guard lock(state_->reload_mutex);
    state_->on_reload = std::move(callback);
}

}  // namespace gonghui::process
