#include "common/codec/fields.hpp"

#include "common/codec/writer.hpp"
#include "common/text/utf8.hpp"

#include <algorithm>

namespace gonghui::codec {
namespace {

constexpr std::size_t most_errors = 100;

// What to_string and parse_time can name: the years 0001 to 9999.
constexpr std::int64_t first_microsecond = -62'135'596'800'000'000;
constexpr std::int64_t last_microsecond = 253'402'300'799'999'999;

bool within_sizes(std::size_t size, std::size_t minimum, std::size_t maximum, Errors& errors)
{
    if (size < minimum) errors.add("too_short");
    if (size > maximum) errors.add("too_long");
    return size >= minimum && size <= maximum;
}

template <class T, class Convert>
void assign(const std::optional<T>& read, Errors& errors, Convert convert)
{
    if (read)
        convert(*read);
    else
        errors.add("wrong_type");
}

void append_padded(std::string& out, unsigned number, std::size_t width)
{
    const auto digits = std::to_string(number);
    out.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
}

}  // namespace

void Errors::add(std::string_view code)
{
    if (errors_.size() == most_errors) return;
    std::string path;
    for (std::size_t i = 0; i < std::min(depth_, path_.size()); ++i) {
        if (i != 0) path += '.';
        path += path_[i].name.empty() ? std::to_string(path_[i].index) : std::string(path_[i].name);
    }
    errors_.push_back({std::move(path), code});
}

void decode(Value value, bool& out, Errors& errors)
{
    assign(value.boolean(), errors, [&](bool read) { out = read; });
}

void decode(Value value, std::int64_t& out, Errors& errors)
{
    if (const auto read = value.integer())
        out = *read;
    else
        errors.add(value.kind() == Kind::integer ? "out_of_range" : "wrong_type");
}

void decode(Value value, std::string& out, Errors& errors)
{
    assign(value.text(), errors, [&](std::string_view read) { out = read; });
}

void decode(Value value, Uuid& out, Errors& errors)
{
    const auto bytes = value.binary();
    assign(bytes ? Uuid::from_bytes(*bytes) : std::nullopt, errors, [&](const Uuid& read) { out = read; });
}

void decode(Value value, UtcTime& out, Errors& errors)
{
    const auto read = value.integer();
    if (read && *read >= first_microsecond && *read <= last_microsecond)
        out = from_microseconds(*read);
    else
        errors.add(value.kind() == Kind::integer ? "out_of_range" : "wrong_type");
}

void decode(Value value, Bytes& out, Errors& errors)
{
    assign(value.binary(), errors, [&](BytesView read) { out.assign(read.begin(), read.end()); });
}

void decode(Value value, Sealed& out, Errors& errors)
{
    decode(value, out.bytes, errors);
}

void decode(Value value, Personal& out, Errors& errors)
{
    assign(value.text(), errors, [&](std::string_view read) { out = Personal(std::string(read)); });
}

void decode(Value value, std::chrono::year_month_day& out, Errors& errors)
{
    const auto text = value.text();
    if (!text) return errors.add("wrong_type");
    if (const auto date = parse_date(*text))
        out = *date;
    else
        errors.add("out_of_range");
}

void decode(Value value, std::map<std::string, std::string>& out, Errors& errors)
{
    out.clear();
    if (value.kind() != Kind::map) return errors.add("wrong_type");
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto key = value.key(i).text();
        if (!key) return errors.add("wrong_type");
        errors.enter(*key);
        assign(value.mapped(i).text(), errors, [&](std::string_view read) { out.emplace(*key, read); });
        errors.leave();
    }
}

bool within(Value value, Range bound, Errors& errors)
{
    const auto read = value.integer();
    if (!read || (*read >= bound.minimum && *read <= bound.maximum)) return true;
    errors.add("out_of_range");
    return false;
}

bool within(Value value, Length bound, Errors& errors)
{
    if (const auto bytes = value.binary()) return within_sizes(bytes->size(), bound.minimum, bound.maximum, errors);
    const auto text = value.text();
    return !text || within_sizes(code_points(*text), bound.minimum, bound.maximum, errors);
}

bool within(Value value, Count bound, Errors& errors)
{
    if (value.kind() != Kind::array && value.kind() != Kind::map) return true;
    return within_sizes(value.size(), bound.minimum, bound.maximum, errors);
}

void encode(Writer& out, std::chrono::year_month_day value)
{
    std::string text;
    append_padded(text, static_cast<unsigned>(static_cast<int>(value.year())), 4);
    append_padded(text += '-', static_cast<unsigned>(value.month()), 2);
    append_padded(text += '-', static_cast<unsigned>(value.day()), 2);
    out.text(text);
}

void encode(Writer& out, const std::map<std::string, std::string>& values)
{
    out.map(values.size());
    for (const auto& [key, value] : values) entry(out, key, value);
}

}  // namespace gonghui::codec
