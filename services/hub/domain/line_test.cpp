#include "services/hub/domain/line.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gonghui::hub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds tick{100};

// A partition that answers so many per tick, for five seconds, while somebody is turned away in each of them.
void be_busy(Line& line, UtcTime& now, int answers)
{
    for (int i = 0; i < 50; ++i) {
        line.join(now);
        for (int j = 0; j < answers; ++j) line.on_answer();
        line.on_tick(now += tick);
    }
}

TEST(Line, GivesEverybodyATurnOfTheirOwnAtThePaceOfThePartition)
{
    Line line;
    UtcTime now = from_microseconds(1'767'225'600'000'000);
    be_busy(line, now, 500);
    now += seconds(10);  // the line is over
    std::vector<Duration> waits;
    waits.reserve(5'000);
    for (int i = 0; i < 5'000; ++i) waits.push_back(line.join(now) - now);
    for (std::size_t i = 1; i < waits.size(); ++i) ASSERT_GT(waits[i], waits[i - 1]);
    EXPECT_GE(waits.front(), shortest_wait);
    EXPECT_NEAR(std::chrono::duration<double>(waits.back()).count(), 1.0, 0.1) << "5,000 at 5,000 a second";
}

TEST(Line, KnowsAboutHowManyComeBefore)
{
    Line line;
    UtcTime now = from_microseconds(1'767'225'600'000'000);
    be_busy(line, now, 500);
    now += seconds(10);
    for (int i = 0; i < 2'000; ++i) line.join(now);
    const auto turn = line.join(now);
    EXPECT_NEAR(static_cast<double>(line.ahead_of(turn, now)), 2'000, 20);
    EXPECT_NEAR(static_cast<double>(line.ahead_of(turn, now + milliseconds(200))), 1'000, 20);
    EXPECT_EQ(line.ahead_of(turn, now + seconds(1)), 0) << "its turn has come";
}

TEST(Line, NobodyWaitsLongerThanFiveSeconds)
{
    Line line;
    UtcTime now = from_microseconds(1'767'225'600'000'000);
    be_busy(line, now, 0);
    Duration last{};
    for (int i = 0; i < 100'000; ++i) last = line.join(now) - now;
    EXPECT_EQ(last, longest_wait);
}

TEST(Line, IsNotSlowForHavingBeenQuiet)
{
    Line line;
    UtcTime now = from_microseconds(1'767'225'600'000'000);
    be_busy(line, now, 500);
    for (int i = 0; i < 600; ++i) line.on_tick(now += tick);  // a minute in which hardly anybody asks
    for (int i = 0; i < 4'999; ++i) line.join(now);
    EXPECT_NEAR(std::chrono::duration<double>(line.join(now) - now).count(), 1.0, 0.1);
}

TEST(WaitUntil, IsTheTurnItselfOrAPartOfTheWayThere)
{
    const auto now = from_microseconds(1'767'225'600'000'000);
    EXPECT_EQ(wait_until(now + milliseconds(300), now), milliseconds(300));
    EXPECT_EQ(wait_until(now - seconds(1), now), shortest_wait) << "its turn has come, and there is no room";
    EXPECT_EQ(wait_until(now + milliseconds(1'700), now), milliseconds(700));
    EXPECT_EQ(wait_until(now + milliseconds(4'499), now), milliseconds(999));
}

}  // namespace
}  // namespace gonghui::hub
