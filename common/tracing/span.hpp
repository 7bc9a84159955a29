#pragma once
// A stretch of work in a trace, and where it goes. No span holds anything personal: ids of messages, words of the
// house's own, numbers.

#include "common/time/clock.hpp"
#include "common/tracing/trace_context.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gonghui::tracing {

// As OTLP numbers them.
enum class SpanKind : std::uint8_t { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

struct Attribute {
    std::string_view name;  // a literal
    std::variant<std::int64_t, std::string> value;
};

struct Link {
    TraceId trace{};
    SpanId span{};
};

struct Span {
    TraceId trace{};
    SpanId id{};
    SpanId parent{};  // zero: the first of its trace
    SpanKind kind = SpanKind::internal;
    std::string name;
    UtcTime start;
    UtcTime end;
    std::vector<Attribute> attributes;
    std::vector<Link> links;  // what it was done for as well
    bool has_failed = false;

    // What is passed on to whoever does the next part.
    [[nodiscard]] TraceContext context() const { return {trace, id, true}; }
};

class SpanSink {
public:
    virtual ~SpanSink() = default;
    // Thread-safe; never waits for a network, and drops when too many wait already.
    virtual void add(Span span) = 0;
};

}  // namespace gonghui::tracing
