#include "services/ctl/app/call_trace.hpp"

#include "common/tracing/exporter.hpp"
#include "services/ctl/domain/texts.hpp"

#include <iostream>

namespace gonghui::ctl {

CallTrace::CallTrace(const Session& session, const DistrictPlan& plan, bool is_wanted,
                     messaging::OutgoingRequest& request)
    : session_(session), endpoint_(plan.traces_endpoint), district_(plan.district)
{
    if (endpoint_.empty() && is_wanted)
        throw session.failure(process::Exit::usage, text::no_collector, {district_file(plan.folder)});
    const bool is_chosen = tracing::is_chosen(request.id.bytes, static_cast<int>(plan.traces_sample));
    if (endpoint_.empty() || !(is_wanted || is_chosen)) return;
    SystemRandom random;
    auto& span = span_.emplace();
    span.trace = tracing::begin_trace(request.id, true).trace;
    span.id = tracing::make_span_id(random);
    span.kind = tracing::SpanKind::client;
    span.name = "gonghui call " + request.type;
    span.start = SystemClock().now();
    request.traceparent = to_traceparent(span.context());
    if (is_wanted) std::cerr << session.say(text::traced, {tracing::hex(span.trace)}) << '\n';
}

void CallTrace::end(messaging::Outcome outcome, std::string_view code)
{
    if (!span_) return;
    span_->end = SystemClock().now();
    span_->attributes.push_back({"gonghui.outcome", std::string(to_string(outcome))});
    if (!code.empty()) span_->attributes.push_back({"gonghui.code", std::string(code)});
    span_->has_failed = outcome == messaging::Outcome::fault;
    tracing::Exporter exporter(
        {.endpoint = endpoint_, .resource = {{"service.name", "gonghui"}, {"gonghui.district", district_}}},
        [this](const std::string& why) {
            std::cerr << session_.say(text::span_lost, {endpoint_, why}) << '\n';
        });
    exporter.add(*std::move(span_));
    span_.reset();
}

}  // namespace gonghui::ctl
