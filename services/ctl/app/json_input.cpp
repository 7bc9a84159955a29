#include "services/ctl/app/json_input.hpp"

#include "common/bytes/base64.hpp"
#include "common/codec/writer.hpp"
#include "common/text/nearest.hpp"
#include "services/ctl/domain/texts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace gonghui::ctl {

namespace {

using Json = nlohmann::ordered_json;
using schemas::Field;
using schemas::Shape;
using schemas::Type;

std::size_t code_points(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Writes a value as its type wants it, and gathers what is wrong.
class Converter {
public:
    void write(const Type& type, const Json& value)
    {
        switch (type.shape) {
            case Shape::boolean:
                return value.is_boolean() ? out.boolean(value.get<bool>()) : fail(text::must_be_boolean);
            case Shape::integer:
                return write_integer(type, value);
            case Shape::record:
                return write_record(type, value);
            case Shape::array:
                return write_array(type, value);
            case Shape::parameters:
                return write_parameters(type, value);
            case Shape::sealed:
                return fail(text::cannot_be_given);
            case Shape::text:
            case Shape::personal:
            case Shape::uuid:
            case Shape::time:
            case Shape::date:
            case Shape::binary:
            case Shape::choice:
                break;
        }
        if (!value.is_string()) return fail(text::must_be_string);
        write_string(type, value.get_ref<const std::string&>());
    }

    codec::Writer out;
    std::vector<InputProblem> problems;

private:
    void fail(const Text& why, std::string detail = {}) { problems.push_back({path_, why, std::move(detail)}); }

    template <class Work>
    void below(std::string_view name, Work work)
    {
        const auto size = path_.size();
        if (size > 0) path_ += '.';
        path_ += name;
        work();
        path_.resize(size);
    }

    // Of a value, a length or a count.
    bool is_within(const Type& type, std::int64_t measure, const Text& why)
    {
        const auto least = type.minimum.value_or(std::numeric_limits<std::int64_t>::min());
        const auto most = type.maximum.value_or(std::numeric_limits<std::int64_t>::max());
        if (measure >= least && measure <= most) return true;
        fail(why, (type.minimum ? std::to_string(least) : "") + ".." + (type.maximum ? std::to_string(most) : ""));
        return false;
    }

    void write_integer(const Type& type, const Json& value)
    {
        const bool fits = value.is_number_integer() &&
                          (!value.is_number_unsigned() ||
                           value.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
        if (!fits) return fail(text::must_be_integer);
        const auto number = value.get<std::int64_t>();
        if (is_within(type, number, text::out_of_range)) out.integer(number);
    }

    void write_string(const Type& type, const std::string& text)
    {
        switch (type.shape) {
            case Shape::uuid:
                if (const auto uuid = Uuid::parse(text)) return out.binary(uuid->view());
                return fail(text::must_be_uuid);
            case Shape::time:
                if (const auto time = parse_time(text)) return out.integer(to_microseconds(*time));
                return fail(text::must_be_time);
            case Shape::date:
                if (parse_date(text)) return out.text(text);
                return fail(text::must_be_date);
            case Shape::binary: {
                const auto bytes = from_base64(text);
                if (!bytes) return fail(text::must_be_base64);
                if (is_within(type, static_cast<std::int64_t>(bytes->size()), text::wrong_size)) out.binary(*bytes);
                return;
            }
            case Shape::choice:
                return write_choice(type, text);
            default:
                if (is_within(type, static_cast<std::int64_t>(code_points(text)), text::wrong_size)) out.text(text);
        }
    }

    void write_choice(const Type& type, const std::string& text)
    {
        if (std::find(type.choices.begin(), type.choices.end(), text) != type.choices.end()) return out.text(text);
        std::string list;
        for (const auto choice : type.choices) list += (list.empty() ? "" : ", ") + std::string(choice);
        fail(text::must_be_one_of, list);
    }

    void write_record(const Type& type, const Json& value)
    {
        if (!value.is_object()) return fail(text::must_be_object);
        refuse_unknown(type, value);
        const auto is_given = [&](const Field& field) {
            const auto found = value.find(field.name);
            return found != value.end() && !found->is_null();
        };
        out.map(static_cast<std::size_t>(std::count_if(type.fields.begin(), type.fields.end(), is_given)));
        for (const auto& field : type.fields) {
            below(field.name, [&] {
                if (is_given(field)) {
                    out.text(field.name);
                    write(*field.type, value.at(std::string(field.name)));
                } else if (field.is_required) {
                    fail(text::is_missing, std::string(field.description));
                }
            });
        }
    }

    void refuse_unknown(const Type& type, const Json& value)
    {
        std::vector<std::string_view> known;
        for (const auto& field : type.fields) known.push_back(field.name);
        for (const auto& [name, ignored] : value.items()) {
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            const auto meant = nearest(name, known);
            below(name, [&] {
                if (meant)
                    fail(text::unknown_field_meant, std::string(*meant));
                else
                    fail(text::unknown_field);
            });
        }
    }

    void write_array(const Type& type, const Json& value)
    {
        if (!value.is_array()) return fail(text::must_be_array);
        if (!is_within(type, static_cast<std::int64_t>(value.size()), text::wrong_count)) return;
        out.array(value.size());
        for (std::size_t i = 0; i < value.size(); ++i) below(std::to_string(i), [&] { write(*type.item, value[i]); });
    }

    void write_parameters(const Type& type, const Json& value)
    {
        if (!value.is_object()) return fail(text::must_be_object);
        if (!is_within(type, static_cast<std::int64_t>(value.size()), text::wrong_count)) return;
        out.map(value.size());
        for (const auto& item : value.items()) {
            const auto& name = item.key();
            const auto& content = item.value();
            out.text(name);
            below(name, [&] {
                content.is_string() ? out.text(content.get_ref<const std::string&>()) : fail(text::must_be_string);
            });
        }
    }

    std::string path_;
};

tl::expected<Json, std::vector<InputProblem>> parse(std::string_view text)
{
    try {
        return Json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
        const auto before = text.substr(0, std::min(error.byte == 0 ? 0 : error.byte - 1, text.size()));
        const auto line = std::count(before.begin(), before.end(), '\n') + 1;
        const auto column = before.size() - (before.rfind('\n') + 1) + 1;
        return tl::make_unexpected(
            std::vector<InputProblem>{{"", text::not_json, std::to_string(line) + ':' + std::to_string(column)}});
    }
}

std::optional<Uuid> key_of(const schemas::Message& message, const Json& value)
{
    if (message.key.empty()) return std::nullopt;
    const auto found = value.find(message.key);
    if (found == value.end() || !found->is_string()) return std::nullopt;
    return Uuid::parse(found->get_ref<const std::string&>());
}

void write_plain(codec::Writer& out, const Json& value, std::vector<InputProblem>& problems)
{
    switch (value.type()) {
        case Json::value_t::null:
            return out.nil();
        case Json::value_t::boolean:
            return out.boolean(value.get<bool>());
        case Json::value_t::string:
            return out.text(value.get_ref<const std::string&>());
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
            return out.integer(value.get<std::int64_t>());
        case Json::value_t::array:
            out.array(value.size());
            for (const auto& element : value) write_plain(out, element, problems);
            return;
        case Json::value_t::object:
            out.map(value.size());
            for (const auto& [name, element] : value.items()) {
                out.text(name);
                write_plain(out, element, problems);
            }
            return;
        case Json::value_t::number_float:
        case Json::value_t::binary:
        case Json::value_t::discarded:
            break;
    }
    problems.push_back({"", text::must_be_integer, {}});
}

}  // namespace

tl::expected<MessageInput, std::vector<InputProblem>> read_message(const schemas::Message& message,
                                                                   std::string_view json)
{
    const auto value = parse(json);
    if (!value) return tl::make_unexpected(value.error());
    Converter converter;
    converter.write(*message.data, *value);
    if (!converter.problems.empty()) return tl::make_unexpected(std::move(converter.problems));
    return MessageInput{converter.out.take(), key_of(message, *value)};
}

tl::expected<Bytes, std::vector<InputProblem>> read_plain(std::string_view json)
{
    const auto value = parse(json);
    if (!value) return tl::make_unexpected(value.error());
    std::vector<InputProblem> problems;
    codec::Writer out;
    if (value->is_object())
        write_plain(out, *value, problems);
    else
        problems.push_back({"", text::must_be_object, {}});
    if (!problems.empty()) return tl::make_unexpected(std::move(problems));
    return out.take();
}

}  // namespace gonghui::ctl
