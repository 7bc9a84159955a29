#include "common/process/watchdog.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <vector>

namespace gonghui::process {
namespace {

using std::chrono::seconds;

// The end of the socket where systemd listens.
class Listener {
public:
    explicit Listener(std::string path) : path_(std::move(path)), descriptor_(socket(AF_UNIX, SOCK_DGRAM, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(&address.sun_path[0], path_.data(), path_.size());
        if (path_.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
        EXPECT_EQ(bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    }
    ~Listener()
    {
        close(descriptor_);
        unlink(path_.c_str());
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // What has come since the last time; a datagram of the same process is there once it is sent.
    [[nodiscard]] std::vector<std::string> heard() const
    {
        std::vector<std::string> all;
        std::array<char, 64> buffer{};
        for (;;) {
            const auto size = recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (size < 0) return all;
            all.emplace_back(buffer.data(), static_cast<std::size_t>(size));
        }
    }

private:
    std::string path_;
    int descriptor_;
};

using Heard = std::vector<std::string>;

class WatchdogOfAProcess : public testing::Test {
protected:
    std::string path_ = testing::TempDir() + "/notify-" + std::to_string(getpid());
    Listener systemd_{path_};
    Watchdog watchdog_{path_, seconds(8)};
    Watchdog::Time start_ = std::chrono::steady_clock::now();
};

TEST_F(WatchdogOfAProcess, SaysOnceThatItIsReady)
{
    watchdog_.ready();
    watchdog_.ready();
    watchdog_.stopping();
    EXPECT_EQ(systemd_.heard(), (Heard{"READY=1", "STOPPING=1"}));
}

TEST_F(WatchdogOfAProcess, SaysThatItLivesFourTimesInTheLongestSilence)
{
    Watchdog::Loop loop(watchdog_);
    for (int tenths = 0; tenths < 80; ++tenths) loop.turn(start_ + std::chrono::milliseconds(100 * tenths));
    EXPECT_EQ(systemd_.heard(), (Heard(4, "WATCHDOG=1")));
}

TEST_F(WatchdogOfAProcess, FallsSilentWhenOneOfItsLoopsHangs)
{
    Watchdog::Loop turns(watchdog_);
    {
        const Watchdog::Loop hangs(watchdog_);
        turns.turn(start_ + seconds(3));
        EXPECT_EQ(systemd_.heard(), (Heard{"WATCHDOG=1"}));
        for (int second = 5; second < 20; ++second) turns.turn(start_ + seconds(second));
        EXPECT_EQ(systemd_.heard(), Heard{});
    }
    turns.turn(start_ + seconds(20));  // a loop that has ended hangs no longer
    EXPECT_EQ(systemd_.heard(), (Heard{"WATCHDOG=1"}));
}

TEST(Watchdog, SpeaksToAnAbstractName)
{
    const auto name = "@gonghui-watchdog-test-" + std::to_string(getpid());
    const Listener systemd(name);
    Watchdog(name, seconds(0)).ready();
    EXPECT_EQ(systemd.heard(), (Heard{"READY=1"}));
}

TEST(Watchdog, IsSilentWithoutASupervisor)
{
    Watchdog watchdog("", seconds(1));
    Watchdog::Loop loop(watchdog);
    testing::internal::CaptureStderr();
    watchdog.ready();
    loop.turn();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace gonghui::process
