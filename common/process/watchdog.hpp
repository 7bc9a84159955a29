#pragma once
// What systemd is told (sd_notify(3)): that the program is ready, that it is ending, and, as long as every one of its
// loops turns, that it is alive. A loop that hangs takes the word from all: systemd ends the program and starts it
// again. Without NOTIFY_SOCKET in the environment nothing is told. Thread-safe.

#include <atomic>
#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui::process {

class Watchdog {
public:
    using Time = std::chrono::steady_clock::time_point;

    // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    Watchdog();
    // The same from values: the path of the socket (empty: none), and how long a silence may be (zero: no matter).
    Watchdog(std::string socket, std::chrono::microseconds longest_silence);

    void ready();  // the first call counts
    void stopping();

    // A loop that must turn while this lives; a turn may take half of the longest silence.
    class Loop {
    public:
        explicit Loop(Watchdog& watchdog);
        ~Loop();
        Loop(const Loop&) = delete;
        Loop& operator=(const Loop&) = delete;
        void turn() { turn(std::chrono::steady_clock::now()); }
        void turn(Time now);

    private:
        Watchdog& watchdog_;
        std::list<std::atomic<Time>>::iterator last_turn_;
    };

private:
    void say_alive(Time now);
    void tell(std::string_view what) const;

    std::string socket_;
    std::chrono::microseconds longest_silence_;
    std::atomic<bool> is_ready_ = false;
    std::atomic<Time> say_again_{};
    std::mutex mutex_;
    std::list<std::atomic<Time>> turns_;  // of each loop the last
};

}  // namespace gonghui::process
