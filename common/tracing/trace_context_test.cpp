#include "common/tracing/trace_context.hpp"

#include "common/ids/seeded_random.hpp"

#include <gtest/gtest.h>

namespace gonghui::tracing {
namespace {

// Of the specification.
constexpr auto example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContext, ReadsAndWritesTheExampleOfTheSpecification)
{
    const auto context = parse_traceparent(example);
    ASSERT_TRUE(context);
    EXPECT_TRUE(context->is_sampled);
    EXPECT_EQ(hex(context->trace), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(hex(context->span), "00f067aa0ba902b7");
    EXPECT_EQ(to_traceparent(*context), example);
}

TEST(TraceContext, ReadsWhatALaterVersionAdds)
{
    const auto later = parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-what-comes");
    ASSERT_TRUE(later);
    EXPECT_FALSE(later->is_sampled);
}

TEST(TraceContext, RefusesWhatIsNone)
{
    for (const auto* text : {
             "",
             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
             "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
             "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
             "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
             "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
             "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
             "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
         })
        EXPECT_FALSE(parse_traceparent(text)) << text;
    EXPECT_FALSE(parse_traceparent(std::string(1'000'000, '0')));
}

TEST(TraceContext, ATraceHasTheIdOfWhatItBeginsWith)
{
    const auto id = *Uuid::parse("0190b6a0-1234-7abc-8def-0123456789ab");
    auto context = begin_trace(id, true);
    EXPECT_EQ(hex(context.trace), "0190b6a012347abc8def0123456789ab");
    SeededRandom random(1);
    context.span = make_span_id(random);
    EXPECT_TRUE(parse_traceparent(to_traceparent(context)));
}

TEST(TraceContext, OneOfSoManyIsChosen)
{
    SeededRandom random(1);
    int chosen = 0;
    for (int i = 0; i < 10'000; ++i) {
        const auto trace = make_ordered_uuid(UtcTime{}, random).bytes;
        EXPECT_FALSE(is_chosen(trace, 0));
        EXPECT_TRUE(is_chosen(trace, 1000));
        chosen += is_chosen(trace, 100) ? 1 : 0;
    }
    EXPECT_NEAR(chosen, 1000, 100);
}

}  // namespace
}  // namespace gonghui::tracing
