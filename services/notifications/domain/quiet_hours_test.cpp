#include "services/notifications/domain/quiet_hours.hpp"

#include <gtest/gtest.h>

namespace gonghui::notifications {
namespace {

using namespace std::chrono_literals;

UtcTime at(std::string_view text)
{
    return parse_time(text).value();
}

TEST(QuietHours, LeaveTheDayAlone)
{
    EXPECT_EQ(after_quiet({}, at("2026-03-01T12:00:00+08:00")), at("2026-03-01T12:00:00+08:00"));
    EXPECT_EQ(after_quiet({}, at("2026-03-01T20:59:59.999999+08:00")), at("2026-03-01T20:59:59.999999+08:00"));
}

TEST(QuietHours, HoldTheEveningUntilTomorrowMorning)
{
    EXPECT_EQ(after_quiet({}, at("2026-03-01T21:00:00+08:00")), at("2026-03-02T08:00:00+08:00"));
    EXPECT_EQ(after_quiet({}, at("2026-12-31T23:59:00+08:00")), at("2027-01-01T08:00:00+08:00"));
}

TEST(QuietHours, HoldTheNightUntilTheSameMorning)
{
    EXPECT_EQ(after_quiet({}, at("2026-03-02T00:00:00+08:00")), at("2026-03-02T08:00:00+08:00"));
    EXPECT_EQ(after_quiet({}, at("2026-03-02T07:59:59.500000+08:00")), at("2026-03-02T08:00:00+08:00"));
}

TEST(QuietHours, EndAtTheirEnd)
{
    EXPECT_EQ(after_quiet({}, at("2026-03-02T08:00:00+08:00")), at("2026-03-02T08:00:00+08:00"));
}

TEST(QuietHours, MayLieWithinADay)
{
    const QuietHours siesta{12 * 60, 14 * 60, 480};
    EXPECT_EQ(after_quiet(siesta, at("2026-03-01T12:30:00+08:00")), at("2026-03-01T14:00:00+08:00"));
    EXPECT_EQ(after_quiet(siesta, at("2026-03-01T11:59:00+08:00")), at("2026-03-01T11:59:00+08:00"));
    EXPECT_EQ(after_quiet(siesta, at("2026-03-01T14:00:00+08:00")), at("2026-03-01T14:00:00+08:00"));
}

TEST(QuietHours, AreNoneWhenBeginAndEndAreTheSame)
{
    for (int hour = 0; hour < 24; ++hour) {
        const auto time = at("2026-03-01T00:00:00Z") + std::chrono::hours(hour);
        EXPECT_EQ(after_quiet({480, 480, 480}, time), time);
    }
}

TEST(QuietHours, AlwaysLeadToATimeThatIsNotQuiet)
{
    for (int begins = 0; begins < 1440; begins += 97)
        for (int ends = 0; ends < 1440; ends += 89)
            for (int minute = 0; minute < 1440; minute += 61) {
                const QuietHours quiet{begins, ends, 480};
                const auto wanted = at("2026-03-01T00:00:00Z") + std::chrono::minutes(minute);
                const auto leaves = after_quiet(quiet, wanted);
                EXPECT_GE(leaves, wanted);
                EXPECT_LT(leaves - wanted, 24h);
                EXPECT_EQ(after_quiet(quiet, leaves), leaves);
            }
}

TEST(LocalText, IsWhatTheClockOnTheWallShows)
{
    EXPECT_EQ(to_local_text(at("2026-03-01T16:30:59Z"), 480), "2026-03-02 00:30");
    EXPECT_EQ(to_local_text(at("2026-03-01T00:05:00Z"), -60), "2026-02-28 23:05");
}

}  // namespace
}  // namespace gonghui::notifications
