#include "services/ctl/domain/filters.hpp"

#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

constexpr UtcTime noon = from_microseconds(1'772'366'400'000'000);
const EventTraits seat_taken{"331083/training/0", "seat_taken", "someone", noon};

TEST(EventFilter, LetsEverythingThroughWhenEmpty)
{
    EXPECT_TRUE(EventFilter{}.lets_through(seat_taken));
}

TEST(EventFilter, LooksAtServiceTypeSubjectAndTime)
{
    const auto passes = [](auto set) {
        EventFilter filter;
        set(filter);
        return filter.lets_through(seat_taken);
    };
    EXPECT_TRUE(passes([](auto& filter) { filter.service = "training"; }));
    EXPECT_FALSE(passes([](auto& filter) { filter.service = "train"; }));
    EXPECT_TRUE(passes([](auto& filter) { filter.type = "seat_taken"; }));
    EXPECT_TRUE(passes([](auto& filter) { filter.type = "seat_*"; }));
    EXPECT_FALSE(passes([](auto& filter) { filter.type = "seat"; }));
    EXPECT_TRUE(passes([](auto& filter) { filter.subject = "someone"; }));
    EXPECT_FALSE(passes([](auto& filter) { filter.subject = "another"; }));
    EXPECT_TRUE(passes([](auto& filter) { filter.since = noon; }));
    EXPECT_FALSE(passes([](auto& filter) { filter.since = noon + std::chrono::seconds(1); }));
}

TEST(EventFilter, ShowsTheBussOwnEventsOnlyWhenAskedFor)
{
    auto head = seat_taken;
    head.type = "_head";
    EXPECT_FALSE(EventFilter{}.lets_through(head));
    EventFilter filter;
    filter.type = "_*";
    EXPECT_TRUE(filter.lets_through(head));
}

TEST(ParseSince, TakesSpansAndTimes)
{
    EXPECT_EQ(parse_since("90s", noon), noon - std::chrono::seconds(90));
    EXPECT_EQ(parse_since("15m", noon), noon - std::chrono::minutes(15));
    EXPECT_EQ(parse_since("2h", noon), noon - std::chrono::hours(2));
    EXPECT_EQ(parse_since("7d", noon), noon - std::chrono::hours(24 * 7));
    EXPECT_EQ(parse_since("2026-03-01T12:00:00Z", noon), noon);
    for (const auto* wrong : {"", "h", "2", "2w", "-2h", "2.5h", "99999999999999999999d", "yesterday"})
        EXPECT_EQ(parse_since(wrong, noon), std::nullopt) << wrong;
}

}  // namespace
}  // namespace gonghui::ctl
