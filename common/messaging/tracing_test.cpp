#include "common/messaging/host_under_test.hpp"

#include <gmock/gmock.h>

namespace gonghui::messaging {
namespace {

using testing::ElementsAre;
using toy::Add;
using toy::Total;
using tracing::Span;
using tracing::SpanKind;

constexpr auto sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr auto unsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

struct Kept final : tracing::SpanSink {
    void add(Span span) override { spans.push_back(std::move(span)); }
    [[nodiscard]] std::vector<std::string> names() const
    {
        std::vector<std::string> all;
        for (const auto& span : spans) all.push_back(span.name);
        return all;
    }
    [[nodiscard]] const Span& named(std::string_view name) const
    {
        return *std::find_if(spans.begin(), spans.end(), [&](const Span& span) { return span.name == name; });
    }
    std::vector<Span> spans;
};

std::string attribute(const Span& span, std::string_view name)
{
    for (const auto& one : span.attributes)
        if (one.name == name) return std::get<std::string>(one.value);
    return "-";
}

struct TracingTest : HostTest {
    OutgoingRequest request(const std::string& traceparent, std::int64_t amount = 1)
    {
        auto made = counter.request(Add{"a", amount});
        made.traceparent = traceparent;
        return made;
    }
    std::string carried(std::size_t event)
    {
        codec::Parser parser;
        return std::string(decode_event(parser, counter.transport.published.at(event).second)->header.traceparent);
    }

    Kept kept;
    Partition counter{folder / "counter.db", "counter", count, 0, 1, {&kept, 0}};
};

TEST_F(TracingTest, ARequestItsCommitAndItsEventsAreOneTrace)
{
    counter.ask(request(sampled));
    EXPECT_THAT(kept.names(), ElementsAre("counter.add", "commit", "publish"));
    const auto& handled = kept.spans[0];
    EXPECT_EQ(handled.kind, SpanKind::server);
    EXPECT_EQ(tracing::hex(handled.parent), "00f067aa0ba902b7");
    EXPECT_EQ(attribute(handled, "gonghui.outcome"), "accepted");
    EXPECT_EQ(attribute(handled, "gonghui.caller"), "edge");
    for (const auto& span : kept.spans) EXPECT_EQ(tracing::hex(span.trace), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(kept.spans[1].parent, handled.id);
    EXPECT_EQ(kept.spans[2].parent, handled.id);
    EXPECT_EQ(carried(0), to_traceparent(handled.context()));
}

TEST_F(TracingTest, ABatchHasOneCommitLinkedToAllThatItIsFor)
{
    for (int i = 0; i < 3; ++i)
        counter.transport.arriving.push_back(
            InboundRequest{++counter.last_token, "edge", encode_request(request(sampled, i))});
    counter.settle();
    EXPECT_THAT(kept.names(), ElementsAre("counter.add", "counter.add", "counter.add", "commit", "publish"));
    const auto& commit = kept.named("commit");
    EXPECT_EQ(commit.parent, kept.spans[0].id);
    ASSERT_EQ(commit.links.size(), 2U);
    EXPECT_EQ(commit.links[1].span, kept.spans[2].id);
    ASSERT_EQ(kept.spans[2].links.size(), 1U);
    EXPECT_EQ(kept.spans[2].links[0].span, commit.id);
    EXPECT_EQ(attribute(kept.spans[0], "gonghui.code"), "nothing_to_add");
}

TEST_F(TracingTest, OnlyWhatSomebodyWantsToSeeIsSeen)
{
    counter.ask(request(unsampled));
    counter.ask(request(""));
    EXPECT_TRUE(kept.spans.empty());
    EXPECT_EQ(carried(0), unsampled) << "what came with it goes along all the same";
    EXPECT_EQ(carried(1), "");
}

TEST_F(TracingTest, WhatIsNoContextGoesNoFurther)
{
    counter.ask(request("00-ab-cd-01"));
    counter.ask(request(std::string(100'000, 'a')));
    EXPECT_EQ(carried(0), "");
    EXPECT_EQ(carried(1), "");
}

TEST_F(TracingTest, AQueryIsSeenToo)
{
    auto query = counter.request(Total{"a"});
    query.traceparent = sampled;
    counter.ask(query);
    EXPECT_THAT(kept.names(), ElementsAre("counter.total"));
}

TEST_F(TracingTest, AnUnknownTypeNamesNoSpan)
{
    auto strange = request(sampled);
    strange.type = "counter." + std::string(1000, 'x');
    counter.ask(strange);
    EXPECT_TRUE(kept.spans.empty());
}

TEST_F(TracingTest, OfThoseWithoutATraceSoManyBeginOne)
{
    Kept all;
    Partition every(folder / "every.db", "counter", count, 0, 1, {&all, 1000});
    const auto plain = every.request(Add{"a", 1});
    every.ask(plain);
    ASSERT_THAT(all.names(), ElementsAre("counter.add", "commit", "publish"));
    EXPECT_EQ(all.spans[0].trace, plain.id.bytes) << "whoever knows the request finds its trace";
    EXPECT_EQ(all.spans[0].parent, tracing::SpanId{});
    all.spans.clear();
    every.ask(every.bus_request("counter._parked_list"));
    EXPECT_TRUE(all.spans.empty()) << "what the bus does for itself is no act of anybody's";
}

TEST_F(TracingTest, WhatFollowsFromAnEventIsOfItsTrace)
{
    Kept followed;
    Partition follower(folder / "mirror.db", "mirror", mirror, 0, 1, {&followed, 1000});
    follower.settle();
    counter.ask(request(sampled));
    const auto& [topic, bytes] = counter.transport.published.at(0);
    follower.transport.arriving.push_back(InboundEvent{topic, bytes});
    follower.settle();
    ASSERT_THAT(followed.names(), ElementsAre("apply counter/added.v1", "commit", "publish"));
    const auto& applied = followed.spans[0];
    EXPECT_EQ(applied.kind, SpanKind::consumer);
    EXPECT_EQ(applied.parent, kept.spans[0].id);
    EXPECT_EQ(attribute(applied, "gonghui.outcome"), "applied");
    codec::Parser parser;
    EXPECT_EQ(decode_event(parser, follower.transport.published.at(0).second)->header.traceparent,
              to_traceparent(applied.context()));
}

TEST_F(TracingTest, ABatchThatRunsAgainIsSeenOnce)
{
    auto unlucky = request(sampled, 13);  // fails after it has written
    counter.transport.arriving.push_back(
        InboundRequest{++counter.last_token, "edge", encode_request(request(sampled))});
    counter.transport.arriving.push_back(InboundRequest{++counter.last_token, "edge", encode_request(unlucky)});
    counter.settle();
    ASSERT_EQ(counter.host->counters().batches_again, 1);
    EXPECT_THAT(kept.names(), ElementsAre("counter.add", "counter.add", "commit", "publish"));
    EXPECT_TRUE(kept.spans[1].has_failed);
}

}  // namespace
}  // namespace gonghui::messaging
