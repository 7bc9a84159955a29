#include "common/codec/scan.hpp"

#include <limits>

namespace gonghui::codec {

namespace {

// What stands behind a first byte (MessagePack specification, "Formats").
struct Form {
    enum class Family : std::uint8_t { nil, boolean, integer, floating, text, binary, extension, array, map, none };
    Family family = Family::none;
    std::size_t length_bytes = 0;  // that hold the size
    std::size_t size = 0;          // when the first byte holds it already, or the family has a fixed one
};
using Family = Form::Family;

Form form_of(std::uint8_t first)
{
    if (first <= 0x7f || first >= 0xe0) return {Family::integer, 0, 0};
    if (first <= 0x8f) return {Family::map, 0, first & 0x0fU};
    if (first <= 0x9f) return {Family::array, 0, first & 0x0fU};
    if (first <= 0xbf) return {Family::text, 0, first & 0x1fU};
    switch (first) {
        case 0xc0:
            return {Family::nil, 0, 0};
        case 0xc2:
        case 0xc3:
            return {Family::boolean, 0, 0};
        case 0xc4:
            return {Family::binary, 1, 0};
        case 0xc5:
            return {Family::binary, 2, 0};
        case 0xc6:
            return {Family::binary, 4, 0};
        case 0xc7:
            return {Family::extension, 1, 1};
        case 0xc8:
            return {Family::extension, 2, 1};
        case 0xc9:
            return {Family::extension, 4, 1};
        case 0xca:
            return {Family::floating, 0, 4};
        case 0xcb:
            return {Family::floating, 0, 8};
        case 0xcc:
        case 0xd0:
            return {Family::integer, 0, 1};
        case 0xcd:
        case 0xd1:
            return {Family::integer, 0, 2};
        case 0xce:
        case 0xd2:
            return {Family::integer, 0, 4};
        case 0xcf:
        case 0xd3:
            return {Family::integer, 0, 8};
        case 0xd4:
            return {Family::extension, 0, 2};
        case 0xd5:
            return {Family::extension, 0, 3};
        case 0xd6:
            return {Family::extension, 0, 5};
        case 0xd7:
            return {Family::extension, 0, 9};
        case 0xd8:
            return {Family::extension, 0, 17};
        case 0xd9:
            return {Family::text, 1, 0};
        case 0xda:
            return {Family::text, 2, 0};
        case 0xdb:
            return {Family::text, 4, 0};
        case 0xdc:
            return {Family::array, 2, 0};
        case 0xdd:
            return {Family::array, 4, 0};
        case 0xde:
            return {Family::map, 2, 0};
        case 0xdf:
            return {Family::map, 4, 0};
        default:
            return {};
    }
}

std::uint64_t big_endian(BytesView bytes)
{
    std::uint64_t number = 0;
    for (const auto byte : bytes) number = number << 8U | std::to_integer<std::uint64_t>(byte);
    return number;
}

// The head of the value in front: its form, and how long head and body are. For an array or a map the body is its
// members, and `size` counts them.
struct Head {
    Family family = Family::none;
    std::size_t bytes = 0;
    std::size_t size = 0;
};

std::optional<Head> head_of(BytesView bytes)
{
    if (bytes.empty()) return std::nullopt;
    const auto form = form_of(std::to_integer<std::uint8_t>(bytes.front()));
    if (form.family == Family::none || bytes.size() < 1 + form.length_bytes) return std::nullopt;
    const auto length = static_cast<std::size_t>(big_endian(bytes.subspan(1, form.length_bytes)));
    return Head{form.family, 1 + form.length_bytes, form.size + length};
}

bool has_members(Family family)
{
    return family == Family::array || family == Family::map;
}

}  // namespace

std::optional<std::size_t> Scan::sized(std::uint8_t kind)
{
    const auto head = head_of(rest_);
    if (!head || head->family != static_cast<Family>(kind)) return std::nullopt;
    if (!has_members(head->family) && rest_.size() - head->bytes < head->size) return std::nullopt;
    rest_ = rest_.subspan(head->bytes);
    return head->size;
}

std::optional<std::size_t> Scan::map()
{
    return sized(static_cast<std::uint8_t>(Family::map));
}

std::optional<std::size_t> Scan::array()
{
    return sized(static_cast<std::uint8_t>(Family::array));
}

std::optional<std::string_view> Scan::text()
{
    const auto size = sized(static_cast<std::uint8_t>(Family::text));
    if (!size) return std::nullopt;
    const auto body = rest_.first(*size);
    rest_ = rest_.subspan(*size);
    return as_text(body);
}

std::optional<BytesView> Scan::binary()
{
    const auto size = sized(static_cast<std::uint8_t>(Family::binary));
    if (!size) return std::nullopt;
    const auto body = rest_.first(*size);
    rest_ = rest_.subspan(*size);
    return body;
}

std::optional<std::int64_t> Scan::integer()
{
    const auto head = head_of(rest_);
    if (!head || head->family != Family::integer || rest_.size() < 1 + head->size) return std::nullopt;
    const auto first = std::to_integer<std::uint8_t>(rest_.front());
    const auto body = big_endian(rest_.subspan(1, head->size));
    const bool is_signed = first >= 0xd0 && first <= 0xd3;
    if (first == 0xcf && body > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
    rest_ = rest_.subspan(1 + head->size);
    if (head->size == 0) return first <= 0x7f ? static_cast<std::int64_t>(first) : static_cast<std::int8_t>(first);
    if (!is_signed) return static_cast<std::int64_t>(body);
    // Sign-extends from the width that was sent.
    const auto shift = 64U - 8U * static_cast<unsigned>(head->size);
    return static_cast<std::int64_t>(body << shift) >> shift;
}

bool Scan::nil()
{
    if (rest_.empty() || rest_.front() != std::byte{0xc0}) return false;
    rest_ = rest_.subspan(1);
    return true;
}

std::optional<BytesView> Scan::value()
{
    auto ahead = rest_;
    // How many values are still to be passed over; every one is at least a byte long, so that a count beyond the bytes
    // that are left is a lie.
    std::size_t owed = 1;
    while (owed > 0) {
        const auto head = head_of(ahead);
        if (!head) return std::nullopt;
        const auto left = ahead.size() - head->bytes;
        if (head->size > left) return std::nullopt;
        --owed;
        if (has_members(head->family)) {
            owed += head->family == Family::map ? 2 * head->size : head->size;
            if (owed > left) return std::nullopt;
            ahead = ahead.subspan(head->bytes);
        } else {
            ahead = ahead.subspan(head->bytes + head->size);
        }
    }
    const auto whole = rest_.first(rest_.size() - ahead.size());
    rest_ = ahead;
    return whole;
}

}  // namespace gonghui::codec
