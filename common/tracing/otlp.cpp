#include "common/tracing/otlp.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace gonghui::tracing {

namespace {

// UTF-8 passes as it is; texts of ours are valid.
void write_text(std::string& out, std::string_view text)
{
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 7> escaped{};
            std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(c));
            out += escaped.data();
        } else {
            out += c;
        }
    }
    out += '"';
}

// 64-bit numbers are texts in the JSON of Protocol Buffers.
void write_moment(std::string& out, std::string_view name, UtcTime time)
{
    constexpr auto nanoseconds = "000";  // what a microsecond lacks
    out.append(",\"").append(name).append("\":\"") += std::to_string(to_microseconds(time));
    out.append(nanoseconds) += '"';
}

void write_attribute(std::string& out, std::string_view name, const std::variant<std::int64_t, std::string>& value)
{
    out += "{\"key\":";
    write_text(out, name);
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        out.append(",\"value\":{\"intValue\":\"") += std::to_string(*number);
        out += "\"}}";
    } else {
        out += ",\"value\":{\"stringValue\":";
        write_text(out, std::get<std::string>(value));
        out += "}}";
    }
}

template <class Items, class Write>
void write_list(std::string& out, std::string_view name, const Items& items, Write write)
{
    out.append("\"").append(name) += "\":[";
    bool is_first = true;
    for (const auto& item : items) {
        if (!is_first) out += ',';
        is_first = false;
        write(item);
    }
    out += ']';
}

void write_span(std::string& out, const Span& span)
{
    constexpr auto error = 2;  // of Status.StatusCode
    const bool is_root =
        std::all_of(span.parent.begin(), span.parent.end(), [](auto one) { return one == std::byte{0}; });
    out += "{\"traceId\":\"" + hex(span.trace) + "\",\"spanId\":\"" + hex(span.id) + '"';
    if (!is_root) out += ",\"parentSpanId\":\"" + hex(span.parent) + '"';
    out += ",\"name\":";
    write_text(out, span.name);
    out += ",\"kind\":" + std::to_string(static_cast<int>(span.kind));
    write_moment(out, "startTimeUnixNano", span.start);
    write_moment(out, "endTimeUnixNano", std::max(span.start, span.end));
    out += ',';
    write_list(out, "attributes", span.attributes,
               [&](const Attribute& one) { write_attribute(out, one.name, one.value); });
    out += ',';
    write_list(out, "links", span.links, [&](const Link& one) {
        out += "{\"traceId\":\"" + hex(one.trace) + "\",\"spanId\":\"" + hex(one.span) + "\"}";
    });
    out += span.has_failed ? ",\"status\":{\"code\":" + std::to_string(error) + "}}" : ",\"status\":{}}";
}

}  // namespace

std::string otlp_json(const Resource& resource, std::span<const Span> spans)
{
    std::string out = "{\"resourceSpans\":[{\"resource\":{";
    write_list(out, "attributes", resource, [&](const auto& one) { write_attribute(out, one.first, one.second); });
    out += "},\"scopeSpans\":[{\"scope\":{\"name\":\"gonghui\"},";
    write_list(out, "spans", spans, [&](const Span& span) { write_span(out, span); });
    return out + "}]}]}";
}

}  // namespace gonghui::tracing
