#include "common/process/signals.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <future>
#include <mutex>

namespace gonghui::process {
namespace {

// Returns when the stop is asked for; ctest's time limit ends a test that waits for ever.
void wait_for(const std::stop_token& stop)
{
    std::promise<void> asked;
    const std::stop_callback when_asked(stop, [&asked] { asked.set_value(); });
    asked.get_future().wait();
}

void wait_until_taken(int signal)
{
    sigset_t pending{};
    do {
        sched_yield();
        sigpending(&pending);
    } while (sigismember(&pending, signal) == 1);
}

TEST(Signals, AskForAStopOnSigterm)
{
    const Signals signals;
    EXPECT_FALSE(signals.stop().stop_requested());
    kill(getpid(), SIGTERM);
    wait_for(signals.stop());
}

TEST(Signals, CallBackOnSighupAndSurviveItsExceptions)
{
    Signals signals;
    std::promise<void> reloaded;
    int calls = 0;
    signals.on_reload([&] {
        if (++calls == 1) {
            kill(getpid(), SIGHUP);
            throw std::runtime_error("a bad file");
        }
        reloaded.set_value();
    });
    kill(getpid(), SIGHUP);
    reloaded.get_future().wait();
    signals.on_reload(nullptr);
}

TEST(Signals, LeaveTheThreadsMaskAsItWas)
{
    {
        const Signals signals;
    }
    sigset_t mask{};
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    EXPECT_FALSE(sigismember(&mask, SIGTERM));
}

TEST(SignalsDeathTest, EndTheProcessAtTheSecondSigint)
{
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    const auto interrupt_twice = [] {
        const Signals signals;
        kill(getpid(), SIGINT);
        wait_for(signals.stop());
        kill(getpid(), SIGINT);
        for (;;) pause();
    };
    EXPECT_EXIT(interrupt_twice(), testing::ExitedWithCode(128 + SIGINT), "ended_at_once");
}

TEST(SignalsDeathTest, DoNotCountAStopFromWithin)
{
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    const auto stop_twice = [] {
        Signals signals;
        signals.request_stop();
        signals.on_reload([] { _exit(0); });
        kill(getpid(), SIGTERM);
        wait_until_taken(SIGTERM);
        kill(getpid(), SIGHUP);  // can only be answered when the SIGTERM ended nothing
        for (;;) pause();
    };
    EXPECT_EXIT(stop_twice(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace gonghui::process
