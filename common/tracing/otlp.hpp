#pragma once
// Spans in the JSON of OTLP/HTTP (opentelemetry.io/docs/specs/otlp): an ExportTraceServiceRequest.

#include "common/tracing/span.hpp"

#include <map>
#include <span>
#include <string>

namespace gonghui::tracing {

// Of whom the spans are: "service.name" and so on.
using Resource = std::map<std::string, std::string>;

std::string otlp_json(const Resource& resource, std::span<const Span> spans);

}  // namespace gonghui::tracing
