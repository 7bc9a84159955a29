#include "common/time/clock.hpp"

#include "common/time/manual_clock.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace gonghui {
namespace {

using namespace std::chrono_literals;

TEST(UtcTime, IsWrittenWithMicroseconds)
{
    EXPECT_EQ(to_string(from_microseconds(0)), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(to_string(from_microseconds(1772366400'000000)), "2026-03-01T12:00:00.000000Z");
    EXPECT_EQ(to_string(from_microseconds(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(UtcTime, ReadsWhatItWrites)
{
    for (const std::int64_t microseconds : {0LL, 1LL, -1LL, 1772366400'000000LL, 1709208000'123456LL, -86400'000000LL})
        EXPECT_EQ(parse_time(to_string(from_microseconds(microseconds))), from_microseconds(microseconds));
}

TEST(UtcTime, ReadsWithoutFractionAndWithOffset)
{
    const auto noon = from_microseconds(1772366400'000000);
    EXPECT_EQ(parse_time("2026-03-01T12:00:00Z"), noon);
    EXPECT_EQ(parse_time("2026-03-01T20:00:00+08:00"), noon);
    EXPECT_EQ(parse_time("2026-03-01T08:30:00-03:30"), noon);
    EXPECT_EQ(parse_time("2026-03-01T12:00:00.5Z"), noon + 500ms);
}

TEST(UtcTime, RefusesWhatIsNoTime)
{
    for (const auto* text :
         {"", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01 12:00:00Z", "2026-02-29T12:00:00Z",
          "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z", "2026-03-01T12:00:60Z", "2026-03-01T12:00:00.Z",
          "2026-03-01T12:00:00.1234567Z", "2026-03-01T12:00:00+8:00", "2026-03-01T12:00:00Zx", "2026-03-01T1a:00:00Z"})
        EXPECT_EQ(parse_time(text), std::nullopt) << text;
}

TEST(Date, KnowsTheCalendar)
{
    using namespace std::chrono;
    EXPECT_EQ(parse_date("2024-02-29"), year(2024) / 2 / 29);
    for (const auto* text : {"2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-4-1", "20240401", "",
                             "2024-04-01 ", "2024/04/01"})
        EXPECT_EQ(parse_date(text), std::nullopt) << text;
}

TEST(SystemClock, NeverRunsBackwardsAcrossThreads)
{
    std::vector<std::jthread> readers;
    readers.reserve(4);
    for (int reader = 0; reader < 4; ++reader)
        readers.emplace_back([] {
            SystemClock clock;
            auto before = clock.now();
            for (int i = 0; i < 20'000; ++i) {
                const auto now = clock.now();
                ASSERT_GE(now, before);
                before = now;
            }
        });
}

TEST(ManualClock, GoesOnlyForward)
{
    ManualClock clock(from_microseconds(1000));
    clock.advance(5us);
    EXPECT_EQ(clock.now(), from_microseconds(1005));
    clock.advance(-5us);
    clock.set(from_microseconds(900));
    EXPECT_EQ(clock.now(), from_microseconds(1005));
    clock.set(from_microseconds(2000));
    EXPECT_EQ(clock.now(), from_microseconds(2000));
}

}  // namespace
}  // namespace gonghui
