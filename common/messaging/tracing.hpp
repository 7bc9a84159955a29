#pragma once
// The spans of one partition: of each message that it handles and somebody wants to see, and of what a batch does for
// all of them at once. Without a sink nothing is seen, and what came with a message is carried on as it came.

#include "common/messaging/request.hpp"
#include "common/messaging/timers.hpp"
#include "common/time/clock.hpp"
#include "common/tracing/span.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::messaging {

struct TraceSettings {
    tracing::SpanSink* sink = nullptr;  // outlives the host
    int of_a_thousand = 0;              // so many of the requests and timers with which no trace came begin one
};

class Tracing {
public:
    Tracing(TraceSettings settings, std::string source, Clock& clock, Random& random);

    [[nodiscard]] bool is_on() const { return settings_.sink != nullptr; }

    // A message on the host's thread. `traceparent` is what its events carry, until the next one begins.
    struct Handling {
        std::string_view traceparent;
        std::optional<std::size_t> span;  // of this batch
    };
    Handling begin(const Request& request);
    Handling begin(const Event& event);
    Handling begin(const Timer& timer);
    // How it went: a word, and a code if there is one.
    void end(const Handling& handling, std::string_view outcome, std::string_view code);
    // It was nothing to this service.
    void forget(const Handling& handling);

    // A request that another thread answers; thread-safe, as the next one is.
    [[nodiscard]] std::optional<tracing::Span> begin_elsewhere(const Request& request) const;
    void end_elsewhere(std::optional<tracing::Span> span, const Reply& reply) const;

    // The batch: it begins (again), commits, has committed, and all that it has to say is under way to its followers.
    void on_batch() { spans_.clear(); }
    void on_commit();
    void on_committed(std::size_t events);
    void on_published();

private:
    [[nodiscard]] std::optional<tracing::Span> span_of(std::string_view traceparent, const Uuid& cause,
                                                       bool may_begin) const;
    Handling keep(std::optional<tracing::Span> span, std::string_view traceparent);
    // One stretch for all of the batch: a child of the first, linked to the others.
    [[nodiscard]] tracing::Span shared(std::string name, tracing::SpanKind kind) const;

    TraceSettings settings_;
    std::string source_;
    Clock& clock_;
    Random& random_;
    std::string own_;                   // the traceparent of what is handled now
    std::vector<tracing::Span> spans_;  // of this batch
    std::optional<tracing::Span> commit_;
    std::optional<tracing::Span> publish_;
};

}  // namespace gonghui::messaging
