#include "common/tracing/trace_context.hpp"

#include <algorithm>
#include <cstring>

namespace gonghui::tracing {

namespace {

constexpr std::size_t length = 55;  // of version 00
constexpr std::string_view digits = "0123456789abcdef";

// Small letters only, as the specification wants it.
template <std::size_t Size>
bool read_hex(std::string_view text, std::array<std::byte, Size>& out)
{
    for (std::size_t i = 0; i < Size; ++i) {
        const auto high = digits.find(text[2 * i]);
        const auto low = digits.find(text[2 * i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return false;
        out[i] = static_cast<std::byte>(high << 4U | low);
    }
    return true;
}

template <std::size_t Size>
bool is_nothing(const std::array<std::byte, Size>& bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte one) { return one == std::byte{0}; });
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view text)
{
    if (text.size() < length || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
    TraceContext context;
    std::array<std::byte, 1> version{};
    std::array<std::byte, 1> flags{};
    if (!read_hex(text.substr(0, 2), version) || !read_hex(text.substr(3, 32), context.trace) ||
        !read_hex(text.substr(36, 16), context.span) || !read_hex(text.substr(53, 2), flags))
        return std::nullopt;
    const bool is_first = version[0] == std::byte{0};
    if (version[0] == std::byte{0xFF} || (is_first && text.size() != length) ||
        (text.size() > length && text[length] != '-') || is_nothing(context.trace) || is_nothing(context.span))
        return std::nullopt;
    context.is_sampled = (flags[0] & std::byte{1}) != std::byte{0};
    return context;
}

std::string to_traceparent(const TraceContext& context)
{
    return "00-" + hex(context.trace) + '-' + hex(context.span) + (context.is_sampled ? "-01" : "-00");
}

std::string hex(std::span<const std::byte> bytes)
{
    std::string out;
    out.reserve(2 * bytes.size());
    for (const auto one : bytes) {
        out += digits[std::to_integer<std::size_t>(one >> 4U)];
        out += digits[std::to_integer<std::size_t>(one & std::byte{0x0F})];
    }
    return out;
}

SpanId make_span_id(Random& random)
{
    SpanId id{};
    while (is_nothing(id)) random.fill(id);
    return id;
}

TraceContext begin_trace(const Uuid& cause, bool is_sampled)
{
    return {cause.bytes, {}, is_sampled};
}

bool is_chosen(const TraceId& trace, int of_a_thousand)
{
    std::uint64_t tail = 0;
    std::memcpy(&tail, trace.data() + 8, sizeof tail);
    return tail % 1000 < static_cast<std::uint64_t>(of_a_thousand);
}

}  // namespace gonghui::tracing
