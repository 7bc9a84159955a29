#pragma once
// W3C Trace Context (www.w3.org/TR/trace-context): what a request and an event carry so that everything that follows
// from one act at the edge can be seen as one trace.

#include "common/ids/random.hpp"
#include "common/ids/uuid.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gonghui::tracing {

using TraceId = std::array<std::byte, 16>;
using SpanId = std::array<std::byte, 8>;

struct TraceContext {
    TraceId trace{};
    SpanId span{};            // of whoever passed it on
    bool is_sampled = false;  // somebody at the edge wants this one to be seen
};

// "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01". Of a later version the first four fields are read, as the
// specification has it; nullopt for what is none. Whatever is none must not be passed on: it may be a megabyte.
std::optional<TraceContext> parse_traceparent(std::string_view text);
std::string to_traceparent(const TraceContext& context);

std::string hex(std::span<const std::byte> bytes);

SpanId make_span_id(Random& random);

// A trace that begins with a request, an event or a timer has its id: whoever knows the one finds the other, and every
// attempt at one command is one trace. Version 7 and 8 are random in the bytes in which the specification wants it.
TraceContext begin_trace(const Uuid& cause, bool is_sampled);

// Whether a trace of this id is one of so many in a thousand: every process decides alike.
bool is_chosen(const TraceId& trace, int of_a_thousand);

}  // namespace gonghui::tracing
