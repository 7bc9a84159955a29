#include "common/process/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gonghui::process {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, WritesThePrometheusFormat)
{
    Metrics metrics;
    metrics.counter("gonghui_accepted_total", "Accepted.", {{"service", "training"}}).add(3);
    metrics.gauge("gonghui_lag", "Lag.").set(1.5);
    metrics.histogram("gonghui_commit_seconds", "Commits.", {0.001, 0.01}).observe(0.005);
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("# HELP gonghui_accepted_total Accepted.\n# TYPE gonghui_accepted_total counter\n"));
    EXPECT_THAT(text, HasSubstr("gonghui_accepted_total{service=\"training\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("gonghui_lag 1.5\n"));
    EXPECT_THAT(text, HasSubstr("gonghui_commit_seconds_bucket{le=\"0.01\"} 1\n"));
}

TEST(Metrics, GivesTheSameFigureForTheSameName)
{
    Metrics metrics;
    metrics.counter("gonghui_x_total", "X.").add();
    metrics.counter("gonghui_x_total", "X.").add();
    EXPECT_EQ(metrics.counter("gonghui_x_total", "X.").value(), 2);
}

TEST(Metrics, KnowsItsOwnProcess)
{
    Metrics metrics;
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("process_start_time_seconds "));
    EXPECT_THAT(text, Not(HasSubstr("process_resident_memory_bytes 0\n")));
    EXPECT_THAT(text, Not(HasSubstr("process_open_fds 0\n")));
}

TEST(Metrics, ForgetsWhatIsAnothersNow)
{
    Metrics metrics;
    metrics.counter("gonghui_x_total", "X.", {{"partition", "1"}, {"kind", "a"}}).advance_to(5);
    metrics.counter("gonghui_x_total", "X.", {{"partition", "2"}, {"kind", "a"}}).advance_to(6);
    metrics.gauge("gonghui_y", "Y.", {{"partition", "1"}}).set(7);
    metrics.forget("partition", "1");
    EXPECT_THAT(metrics.text(), Not(HasSubstr("partition=\"1\"")));
    EXPECT_THAT(metrics.text(), HasSubstr("gonghui_x_total{kind=\"a\",partition=\"2\"} 6"));
    auto again = metrics.counter("gonghui_x_total", "X.", {{"partition", "1"}, {"kind", "a"}});
    again.advance_to(1);
    EXPECT_EQ(again.value(), 1) << "it begins anew";
}

TEST(Counter, AdvancesButNeverFallsBack)
{
    Metrics metrics;
    Counter counter = metrics.counter("gonghui_x_total", "X.");
    counter.advance_to(5);
    counter.advance_to(4);
    EXPECT_EQ(counter.value(), 5);
    counter.advance_to(9);
    EXPECT_EQ(counter.value(), 9);
}

TEST(Hook, RunsAtEveryScrapeWhileItLives)
{
    Metrics metrics;
    int runs = 0;
    {
        const auto hook = metrics.collect([&runs] { ++runs; });
        static_cast<void>(metrics.text());
        static_cast<void>(metrics.text());
    }
    static_cast<void>(metrics.text());
    EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace gonghui::process
