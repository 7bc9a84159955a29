#include "schemas/json/to_json.hpp"

#include "common/bytes/base64.hpp"
#include "common/ids/uuid.hpp"
#include "common/text/quotes.hpp"
#include "common/time/clock.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace gonghui::schemas {

namespace {

using codec::Value;

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
                                        [&](const Field& known) { return known.name == name; });
        if (field == type.fields.end()) continue;
        if (!first) out += ',';
        first = false;
        append_in_quotes(out, name);
        out += ':';
        append_json(out, *field->type, value.mapped(i));
    }
    out += '}';
}

void append_parameters(std::string& out, const Value& value)
{
    out += '{';
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        append_in_quotes(out, value.key(i).text().value_or(""));
        out += ':';
        append_in_quotes(out, value.mapped(i).text().value_or(""));
    }
    out += '}';
}

void append_untyped_array(std::string& out, const Value& value)
{
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        append_json(out, value.element(i));
    }
    out += ']';
}

void append_untyped_map(std::string& out, const Value& value)
{
    out += '{';
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        const auto name = value.key(i).text().value_or("");
        append_in_quotes(out, name);
        out += ':';
        const auto number = value.mapped(i).integer();
        if (number && name.ends_with("_at"))
            append_time(out, *number);
        else
            append_json(out, value.mapped(i));
    }
    out += '}';
}

}  // namespace

void append_json(std::string& out, const Type& type, const Value& value)
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
                append_json(out, *type.item, value.element(i));
            }
            out += ']';
            return;
        case Shape::text:
        case Shape::personal:
        case Shape::date:
        case Shape::choice:
            return append_in_quotes(out, value.text().value_or(""));
    }
}

void append_json(std::string& out, const Value& value)
{
    switch (value.kind()) {
        case codec::Kind::boolean:
            out += value.boolean().value_or(false) ? "true" : "false";
            return;
        case codec::Kind::integer:
            return append_integer(out, value.integer().value_or(0));
        case codec::Kind::text:
            return append_in_quotes(out, value.text().value_or(""));
        case codec::Kind::array:
            return append_untyped_array(out, value);
        case codec::Kind::map:
            return append_untyped_map(out, value);
        case codec::Kind::nil:
        case codec::Kind::binary:
        case codec::Kind::other:
            out += "null";
    }
}

}  // namespace gonghui::schemas
