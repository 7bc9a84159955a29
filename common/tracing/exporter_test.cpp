#include "common/tracing/exporter.hpp"

#include <gtest/gtest.h>

namespace gonghui::tracing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Nobody listens there: port 9 is "discard", and needs a right to bind.
constexpr auto nowhere = "http://127.0.0.1:9/v1/traces";

template <class Condition>
bool eventually(Condition condition)
{
    for (const auto until = steady_clock::now() + std::chrono::seconds(10); steady_clock::now() < until;
         std::this_thread::sleep_for(milliseconds(5)))
        if (condition()) return true;
    return false;
}

TEST(Exporter, NeverHoldsUpWhoeverAddsAndCountsWhatItDrops)
{
    Exporter exporter({.endpoint = nowhere, .most_waiting = 100, .gathering = std::chrono::hours(1)});
    const auto began = steady_clock::now();
    for (int i = 0; i < 100'000; ++i) exporter.add({});
    EXPECT_LT(steady_clock::now() - began, std::chrono::seconds(2));
    EXPECT_EQ(exporter.counters().dropped, 99'900);
    EXPECT_EQ(exporter.counters().sent, 0);
}

TEST(Exporter, SaysOnceThatNobodyTakesThem)
{
    int complaints = 0;
    Exporter exporter({.endpoint = nowhere, .gathering = milliseconds(1)}, [&](const std::string&) { ++complaints; });
    for (int i = 1; i <= 3; ++i) {
        exporter.add({});
        ASSERT_TRUE(eventually([&] { return exporter.counters().failed == i; }));
    }
    EXPECT_EQ(complaints, 1);
}

}  // namespace
}  // namespace gonghui::tracing
