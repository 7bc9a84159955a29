#include "common/tracing/otlp.hpp"

#include <gtest/gtest.h>

namespace gonghui::tracing {
namespace {

Span example()
{
    const auto context = *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    Span span;
    span.trace = context.trace;
    span.id = context.span;
    span.kind = SpanKind::server;
    span.name = "training.enroll";
    span.start = from_microseconds(1'700'000'000'000'001);
    span.end = span.start + std::chrono::milliseconds(2);
    return span;
}

TEST(Otlp, WritesASpanAsTheSpecificationWantsIt)
{
    EXPECT_EQ(otlp_json({{"service.name", "gonghui-training"}}, std::array{example()}),
              R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":)"
              R"("gonghui-training"}}]},"scopeSpans":[{"scope":{"name":"gonghui"},"spans":[{"traceId":)"
              R"("4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","name":"training.enroll","kind":2,)"
              R"("startTimeUnixNano":"1700000000000001000","endTimeUnixNano":"1700000000002001000","attributes":[],)"
              R"("links":[],"status":{}}]}]}]})");
}

TEST(Otlp, WritesParentLinksAttributesAndFailure)
{
    auto span = example();
    span.parent = SpanId{std::byte{0xAB}};
    span.links = {{span.trace, span.id}};
    span.attributes = {{"gonghui.seq", std::int64_t{7}}, {"gonghui.code", std::string("a \"b\"\n\\")}};
    span.has_failed = true;
    const auto json = otlp_json({}, std::array{span});
    for (const auto* part :
         {R"("parentSpanId":"ab00000000000000")", R"({"key":"gonghui.seq","value":{"intValue":"7"}})",
          R"({"key":"gonghui.code","value":{"stringValue":"a \"b\"\u000a\\"}})",
          R"("links":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7"}])",
          R"("status":{"code":2})"})
        EXPECT_NE(json.find(part), std::string::npos) << part << "\n" << json;
}

TEST(Otlp, TimeNeverRunsBackwards)
{
    auto span = example();
    span.end = span.start - std::chrono::seconds(1);
    EXPECT_NE(otlp_json({}, std::array{span}).find(R"("endTimeUnixNano":"1700000000000001000")"), std::string::npos);
}

}  // namespace
}  // namespace gonghui::tracing
