#pragma once
// The edge's part of a trace: a call of the operator's is where it begins.

#include "common/messaging/request.hpp"
#include "common/tracing/span.hpp"
#include "services/ctl/app/session.hpp"
#include "services/ctl/domain/district.hpp"

#include <optional>
#include <string>

namespace gonghui::ctl {

class CallTrace {
public:
    // The request is traced when that is wanted, and otherwise as often as the plan says. Fills in its traceparent.
    // Throws Failure when it is wanted and the plan names no collector.
    CallTrace(const Session& session, const DistrictPlan& plan, bool is_wanted, messaging::OutgoingRequest& request);

    // Sends the span, if there is one; a collector that is away is waited for a moment, and said to be so.
    void end(messaging::Outcome outcome, std::string_view code);

private:
    const Session& session_;
    std::string endpoint_;
    std::string district_;
    std::optional<tracing::Span> span_;
};

}  // namespace gonghui::ctl
