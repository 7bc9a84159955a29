#pragma once
// Signals as calls on a thread of their own, never in a handler. The first SIGINT or SIGTERM asks for a clean end, the
// second ends the process at once (exit 128 + signal); SIGHUP asks to read the configuration again. SIGPIPE is ignored.
//
// Build it before any other thread: it blocks the three signals in this thread, and threads started later inherit that.
// So do child processes: who spawns one clears its mask (posix_spawnattr_setsigmask).

#include <functional>
#include <memory>
#include <stop_token>

namespace gonghui::process {

class Signals {
public:
    Signals();
    ~Signals();  // gives the thread its old mask back
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    [[nodiscard]] std::stop_token stop() const;
    // The same end as the first SIGTERM, asked from within.
    void request_stop();

    // Runs on the signal thread; an exception is logged and goes no further. Replaces the one before.
    void on_reload(std::function<void()> callback);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gonghui::process
