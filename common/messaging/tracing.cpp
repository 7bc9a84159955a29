#include "common/messaging/tracing.hpp"

#include <algorithm>

namespace gonghui::messaging {

namespace {

using tracing::Span;
using tracing::SpanKind;

// A batch is of a thousand requests at most; more links than this nobody follows.
constexpr std::size_t most_links = 128;

bool is_of_the_bus(std::string_view type)
{
    return type.find("._") != std::string_view::npos;
}

}  // namespace

Tracing::Tracing(TraceSettings settings, std::string source, Clock& clock, Random& random)
    : settings_(settings), source_(std::move(source)), clock_(clock), random_(random)
{
}

// Who passed a context on has decided; only where none came with a message one may begin here.
std::optional<Span> Tracing::span_of(std::string_view traceparent, const Uuid& cause, bool may_begin) const
{
    auto context = tracing::parse_traceparent(traceparent);
    if (!context && may_begin)
        context = tracing::begin_trace(cause, tracing::is_chosen(cause.bytes, settings_.of_a_thousand));
    if (!context || !context->is_sampled) return std::nullopt;
    Span span;
    span.trace = context->trace;
    span.id = tracing::make_span_id(random_);
    span.parent = context->span;
    span.start = clock_.now();
    span.attributes.push_back({"gonghui.source", source_});
    return span;
}

std::optional<Span> Tracing::begin_elsewhere(const Request& request) const
{
    if (settings_.sink == nullptr) return std::nullopt;
    // Whoever keeps up asks for a page every now and then: that is no act of anybody's.
    auto span = span_of(request.traceparent, request.id, !is_of_the_bus(request.type));
    if (!span) return span;
    span->kind = SpanKind::server;
    span->name = request.type;
    span->attributes.push_back({"gonghui.request", to_string(request.id)});
    span->attributes.push_back({"gonghui.caller", request.actor.service});
    return span;
}

Tracing::Handling Tracing::begin(const Request& request)
{
    if (settings_.sink == nullptr) return {request.traceparent, std::nullopt};
    return keep(begin_elsewhere(request), request.traceparent);
}

Tracing::Handling Tracing::begin(const Event& event)
{
    const auto& header = event.header;
    if (settings_.sink == nullptr || header.traceparent.empty()) return {header.traceparent, std::nullopt};
    auto span = span_of(header.traceparent, header.id, false);
    if (span) {
        span->kind = SpanKind::consumer;
        span->name = std::string("apply ") += header.dataschema;
        span->attributes.push_back({"gonghui.event", to_string(header.id)});
        span->attributes.push_back({"gonghui.from", std::string(header.source)});
        span->attributes.push_back({"gonghui.seq", header.seq});
    }
    return keep(std::move(span), header.traceparent);
}

Tracing::Handling Tracing::begin(const Timer& timer)
{
    if (settings_.sink == nullptr) return {};
    auto span = span_of({}, timer.id(), true);
    if (span) span->name = "timer " + timer.kind;
    return keep(std::move(span), {});
}

Tracing::Handling Tracing::keep(std::optional<Span> span, std::string_view traceparent)
{
    if (!span) return {traceparent, std::nullopt};
    own_ = to_traceparent(span->context());
    spans_.push_back(*std::move(span));
    return {own_, spans_.size() - 1};
}

void Tracing::end(const Handling& handling, std::string_view outcome, std::string_view code)
{
    if (!handling.span) return;
    auto& span = spans_[*handling.span];
    span.attributes.push_back({"gonghui.outcome", std::string(outcome)});
    if (!code.empty()) span.attributes.push_back({"gonghui.code", std::string(code)});
    span.has_failed = outcome == "fault" || outcome == "parked";
}

void Tracing::forget(const Handling& handling)
{
    if (handling.span && *handling.span + 1 == spans_.size()) spans_.pop_back();
}

void Tracing::end_elsewhere(std::optional<Span> span, const Reply& reply) const
{
    if (!span) return;
    span->end = clock_.now();
    span->attributes.push_back({"gonghui.outcome", std::string(to_string(reply.outcome))});
    if (!reply.code.empty()) span->attributes.push_back({"gonghui.code", reply.code});
    span->has_failed = reply.outcome == Outcome::fault;
    settings_.sink->add(*std::move(span));
}

Span Tracing::shared(std::string name, SpanKind kind) const
{
    Span span;
    span.trace = spans_.front().trace;
    span.id = tracing::make_span_id(random_);
    span.parent = spans_.front().id;
    span.kind = kind;
    span.name = std::move(name);
    span.start = clock_.now();
    span.attributes.push_back({"gonghui.source", source_});
    for (std::size_t i = 1; i < std::min(spans_.size(), most_links); ++i)
        span.links.push_back({spans_[i].trace, spans_[i].id});
    return span;
}

void Tracing::on_commit()
{
    if (!spans_.empty()) commit_ = shared("commit", SpanKind::internal);
}

// The others of the batch are told in their own traces, too, which commit was theirs.
void Tracing::on_committed(std::size_t events)
{
    if (!commit_) return;
    commit_->end = clock_.now();
    commit_->attributes.push_back({"gonghui.events", static_cast<std::int64_t>(events)});
    on_published();  // of the batch before
    if (events > 0) publish_ = shared("publish", SpanKind::producer);
    for (std::size_t i = 0; i < spans_.size(); ++i) {
        auto& span = spans_[i];
        span.end = commit_->end;
        if (i > 0) span.links.push_back({commit_->trace, commit_->id});
        settings_.sink->add(std::move(span));
    }
    settings_.sink->add(*std::move(commit_));
    commit_.reset();
    spans_.clear();
}

void Tracing::on_published()
{
    if (!publish_) return;
    publish_->end = clock_.now();
    settings_.sink->add(*std::move(publish_));
    publish_.reset();
}

}  // namespace gonghui::messaging
