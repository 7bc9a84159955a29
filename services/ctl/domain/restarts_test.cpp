#include "services/ctl/domain/restarts.hpp"

#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

using namespace std::chrono_literals;

constexpr UtcTime start = from_microseconds(0);

TEST(Restarts, WaitTwiceAsLongAfterEveryEarlyEnd)
{
    Restarts restarts({.first = 200ms, .longest = 1s, .steady = 30s});
    for (const auto wait : {200ms, 400ms, 800ms, 1000ms, 1000ms}) {
        restarts.on_start(start);
        EXPECT_EQ(restarts.on_end(start + 1s), wait);
    }
    EXPECT_EQ(restarts.count(), 5);
}

TEST(Restarts, BeginAgainAfterASteadyRun)
{
    Restarts restarts({.first = 200ms, .longest = 10s, .steady = 30s});
    restarts.on_start(start);
    restarts.on_end(start + 1s);
    restarts.on_start(start + 2s);
    EXPECT_EQ(restarts.on_end(start + 40s), 200ms);
}

TEST(NeedsMending, TellsWhatARestartMayCure)
{
    for (const int code : {64, 65, 73, 77, 78}) EXPECT_TRUE(needs_mending(code)) << code;
    for (const int code : {0, 1, 69, 70, 71, 74, 137}) EXPECT_FALSE(needs_mending(code)) << code;
}

}  // namespace
}  // namespace gonghui::ctl
