#include "services/gateway/http/json_output.hpp"

#include "common/bytes/base64.hpp"
#include "common/ids/uuid.hpp"
#include "common/time/clock.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace gonghui::gateway {

namespace {

using codec::Kind;
using codec::Value;
using schemas::Shape;
using schemas::Type;

void append_integer(std::string& out, std::int64_t value)
{
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void append_base64(std::string& out, BytesView bytes)
{
    out.append(1, '"').append(to_base64(bytes)).append(1, '"');
}

void append_uuid(std::string& out, BytesView bytes)
{
    const auto uuid = Uuid::from_bytes(bytes);
    out.append(1, '"').append(uuid ? to_string(*uuid) : std::string()).append(1, '"');
}

void append_time(std::string& out, std::int64_t microseconds)
{
    out.append(1, '"').append(gonghui::to_string(from_microseconds(microseconds))).append(1, '"');
}

void append_record(std::string& out, const Type& type, const Value& value)
{
    out += '{';
    bool first = true;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto name = value.key(i).text().value_or("");
        const auto field = std::find_if(type.fields.begin(), type.fields.end(),
                                        [&](const schemas::Field& known) { return known.name == name; });
        if (field == type.fields.end()) continue;
        if (!first) out += ',';
        first = false;
        append_text(out, name);
        out += ':';
        append_typed(out, *field->type, value.mapped(i));
    }
    out += '}';
}

void append_parameters(std::string& out, const Value& value)
{
    out += '{';
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        append_text(out, value.key(i).text().value_or(""));
        out += ':';
        append_text(out, value.mapped(i).text().value_or(""));
    }
    out += '}';
}

// Length of the UTF-8 sequence at the front; 0: there is none.
std::size_t sequence_at(std::string_view text)
{
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (size == 0 || size > text.size()) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80) return 0;
    return size;
}

void append_escaped(std::string& out, unsigned char c)
{
    constexpr std::string_view hex = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        default:
            out.append("\\u00").append(1, hex[c >> 4]).append(1, hex[c & 0xF]);
    }
}

void append_untyped_array(std::string& out, const Value& value)
{
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        append_untyped(out, value.element(i));
    }
    out += ']';
}

void append_untyped_map(std::string& out, const Value& value)
{
    out += '{';
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        const auto name = value.key(i).text().value_or("");
        append_text(out, name);
        out += ':';
        const auto number = value.mapped(i).integer();
        if (number && name.ends_with("_at"))
            append_time(out, *number);
        else
            append_untyped(out, value.mapped(i));
    }
    out += '}';
}

}  // namespace

void append_text(std::string& out, std::string_view text)
{
    out += '"';
    while (!text.empty()) {
        const auto plain = std::find_if(text.begin(), text.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' ||
                   static_cast<unsigned char>(c) >= 0x7F;
        });
        const auto size = static_cast<std::size_t>(plain - text.begin());
        out.append(text.substr(0, size));
        text.remove_prefix(size);
        if (text.empty()) break;
        const auto c = static_cast<unsigned char>(text.front());
        if (c < 0x80) {
            append_escaped(out, c);
            text.remove_prefix(1);
        } else if (const auto length = sequence_at(text)) {
            out.append(text.substr(0, length));
            text.remove_prefix(length);
        } else {
            out += "\xEF\xBF\xBD";
            text.remove_prefix(1);
        }
    }
    out += '"';
}

void append_typed(std::string& out, const Type& type, const Value& value)
{
    switch (type.shape) {
        case Shape::boolean:
            out += value.boolean().value_or(false) ? "true" : "false";
            return;
        case Shape::integer:
            return append_integer(out, value.integer().value_or(0));
        case Shape::time:
            return append_time(out, value.integer().value_or(0));
        case Shape::uuid:
            return append_uuid(out, value.binary().value_or(BytesView{}));
        case Shape::binary:
        case Shape::sealed:
            return append_base64(out, value.binary().value_or(BytesView{}));
        case Shape::record:
            return append_record(out, type, value);
        case Shape::parameters:
            return append_parameters(out, value);
        case Shape::array:
            out += '[';
            for (std::size_t i = 0; i < value.size(); ++i) {
                if (i > 0) out += ',';
                append_typed(out, *type.item, value.element(i));
            }
            out += ']';
            return;
        case Shape::text:
        case Shape::personal:
        case Shape::date:
        case Shape::choice:
            return append_text(out, value.text().value_or(""));
    }
}

void append_untyped(std::string& out, const Value& value)
{
    switch (value.kind()) {
        case Kind::boolean:
            out += value.boolean().value_or(false) ? "true" : "false";
            return;
        case Kind::integer:
            return append_integer(out, value.integer().value_or(0));
        case Kind::text:
            return append_text(out, value.text().value_or(""));
        case Kind::array:
            return append_untyped_array(out, value);
        case Kind::map:
            return append_untyped_map(out, value);
        case Kind::nil:
        case Kind::binary:
        case Kind::other:
            out += "null";
    }
}

}  // namespace gonghui::gateway
