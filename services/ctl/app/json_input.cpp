#include "services/ctl/app/json_input.hpp"

#include "common/codec/writer.hpp"
#include "common/text/nearest.hpp"
#include "services/ctl/domain/texts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace gonghui::ctl {

namespace {

using Json = nlohmann::ordered_json;
using schemas::Field;
using schemas::Shape;
using schemas::Type;

// What the catalogue knows of a place in a message.
struct Place {
    const Type* type = nullptr;    // null: nobody knows it
    const Field* field = nullptr;  // whose value stands there; null for an element
    const Type* record = nullptr;  // the innermost around it
    std::string_view name{};       // in that
};

Place place_of(const schemas::Message& message, std::string_view path)
{
    Place place{message.data};
    while (!path.empty() && place.type != nullptr) {
        const auto name = path.substr(0, path.find('.'));
        path.remove_prefix(std::min(path.size(), name.size() + 1));
        if (place.type->shape == Shape::array) {
            place = {place.type->item};
            continue;
        }
        const auto& fields = place.type->fields;
        const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
        const auto* field = found == fields.end() ? nullptr : &*found;
        place = {field == nullptr ? nullptr : field->type, field, place.type, name};
    }
    return place;
}

std::string bounds_of(const Type& type)
{
    return (type.minimum ? std::to_string(*type.minimum) : "") + ".." +
           (type.maximum ? std::to_string(*type.maximum) : "");
}

std::string choices_of(const Type& type)
{
    std::string list;
    for (const auto choice : type.choices) list += (list.empty() ? "" : ", ") + std::string(choice);
    return list;
}

Text what_belongs_there(Shape shape)
{
    switch (shape) {
        case Shape::boolean:
            return text::must_be_boolean;
        case Shape::integer:
            return text::must_be_integer;
        case Shape::record:
            return text::must_be_object;
        case Shape::array:
            return text::must_be_array;
        case Shape::parameters:
            return text::must_be_texts;
        case Shape::sealed:
            return text::cannot_be_given;
        case Shape::uuid:
            return text::must_be_uuid;
        case Shape::time:
            return text::must_be_time;
        case Shape::date:
            return text::must_be_date;
        case Shape::binary:
            return text::must_be_base64;
        case Shape::text:
        case Shape::personal:
        case Shape::choice:
            break;
    }
    return text::must_be_string;
}

InputProblem unknown(const Place& place, const std::string& path)
{
    std::vector<std::string_view> known;
    if (place.record != nullptr)
        for (const auto& field : place.record->fields) known.push_back(field.name);
    if (const auto meant = nearest(place.name, known)) return {path, text::unknown_field_meant, std::string(*meant)};
    return {path, text::unknown_field, {}};
}

InputProblem no_json(std::string_view json, std::size_t position)
{
    const auto before = json.substr(0, std::min(position == 0 ? 0 : position - 1, json.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto column = before.size() - (before.rfind('\n') + 1) + 1;
    return {"", text::not_json, std::to_string(line) + ':' + std::to_string(column)};
}

InputProblem in_words(const schemas::Message& message, std::string_view json, const schemas::InputError& error)
{
    const auto& [path, code, position] = error;
    if (code == "not_json") return no_json(json, position);
    const auto place = place_of(message, path);
    if (code == "given_twice") return {path, text::given_twice, {}};
    if (place.type == nullptr) return unknown(place, path);
    if (code == "missing") return {path, text::is_missing, std::string(place.field->description)};
    if (code == "out_of_range") return {path, text::out_of_range, bounds_of(*place.type)};
    if (code == "unknown_value") return {path, text::must_be_one_of, choices_of(*place.type)};
    if (code == "too_short" || code == "too_long") {
        const bool has_entries = place.type->shape == Shape::array || place.type->shape == Shape::parameters;
        return {path, has_entries ? text::wrong_count : text::wrong_size, bounds_of(*place.type)};
    }
    return {path, what_belongs_there(place.type->shape), {}};
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

tl::expected<schemas::MessageInput, std::vector<InputProblem>> read_message(const schemas::Message& message,
                                                                            std::string_view json)
{
    auto read = schemas::from_json(message, json, {});
    if (read) return std::move(*read);
    std::vector<InputProblem> problems;
    for (const auto& error : read.error()) problems.push_back(in_words(message, json, error));
    return tl::make_unexpected(std::move(problems));
}

tl::expected<Bytes, std::vector<InputProblem>> read_plain(std::string_view json)
{
    std::vector<InputProblem> problems;
    codec::Writer out;
    try {
        const auto value = Json::parse(json);
        if (value.is_object())
            write_plain(out, value, problems);
        else
            problems.push_back({"", text::must_be_object, {}});
    } catch (const nlohmann::json::parse_error& error) {
        problems.push_back(no_json(json, error.byte));
    }
    if (!problems.empty()) return tl::make_unexpected(std::move(problems));
    return out.take();
}

}  // namespace gonghui::ctl
