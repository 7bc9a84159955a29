#include "services/ctl/app/known_messages.hpp"

#include "services/ctl/domain/district.hpp"
#include "services/ctl/domain/texts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace gonghui::ctl {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;  // the order of fields is that of the wire
using schemas::Field;
using schemas::Kind;
using schemas::Message;
using schemas::Shape;
using schemas::Type;

// Deeper than any message, and than a decoder goes.
constexpr int deepest = 32;

// Where it was found, and what it is.
struct Misfit {
    std::string path;
    Text why;
    std::string detail;
};

std::string text_in(const Json& json, const char* name)
{
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_text(const Json& json, const char* name, std::string_view value)
{
    return text_in(json, name) == value;
}

}  // namespace

// One schema's way into PluggedMessages. Throws Misfit.
class SchemaReader {
public:
    explicit SchemaReader(PluggedMessages& into) : into_(into) {}

    // `stem`: "check_in.v1".
    void read(const Json& json, const std::string& stem)
    {
        Message message;
        message.service = into_.service_;
        const auto dot = stem.rfind(".v");
        const auto digits = dot == std::string::npos ? std::string() : stem.substr(dot + 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), message.version);
        if (error != std::errc() || end != digits.data() + digits.size() || message.version < 1)
            throw Misfit{"", text::schema_name, ""};
        const auto name = stem.substr(0, dot);
        message.name = keep(name);
        message.dataschema = keep(into_.service_ + '/' + stem);
        message.kind = kind_of(json);
        is_event_ = message.kind == Kind::event;
        const auto request = into_.service_ + '.' + name + (message.version > 1 ? ".v" + digits : "");
        message.type = is_event_ ? message.name : keep(request);
        message.description = keep(text_in(json, "description"));
        message.key = keep(text_in(json, "x-key"));
        message.subject = keep(text_in(json, "x-subject"));
        message.is_private = has_text(json, "x-visibility", "private");
        message.data = record(json, "", 0);
        message.refusals = texts(json, "x-refusals", "");
        if (!is_event_)
            message.reply = json.contains("x-reply") ? record(json["x-reply"], "x-reply", 0) : &keep(Type{});
        into_.messages_.push_back(message);
    }

private:
    static Kind kind_of(const Json& json)
    {
        const auto word = text_in(json, "x-kind");
        if (word == "command") return Kind::command;
        if (word == "query") return Kind::query;
        if (word == "event") return Kind::event;
        throw Misfit{"x-kind", text::schema_kind, word};
    }

    std::string_view keep(std::string text) { return into_.texts_.emplace_back(std::move(text)); }
    const Type& keep(Type type) { return into_.types_.emplace_back(type); }

    std::span<const std::string_view> texts(const Json& json, const char* name, const std::string& path)
    {
        auto& words = into_.words_.emplace_back();
        const auto found = json.find(name);
        if (found == json.end()) return words;
        if (!found->is_array()) throw Misfit{path + name, text::schema_list, ""};
        for (const auto& one : *found) {
            if (!one.is_string()) throw Misfit{path + name, text::schema_list, ""};
            words.push_back(keep(one.get<std::string>()));
        }
        return words;
    }

    static std::optional<std::int64_t> bound(const Json& json, const char* name, const std::string& path)
    {
        const auto found = json.find(name);
        if (found == json.end()) return std::nullopt;
        if (!found->is_number_integer()) throw Misfit{path + '.' + name, text::must_be_integer, ""};
        return found->get<std::int64_t>();
    }

    const Type* bounded(Type type, const Json& json, const char* least, const char* most, const std::string& path)
    {
        type.minimum = bound(json, least, path);
        type.maximum = bound(json, most, path);
        return &keep(type);
    }

    const Type* record(const Json& json, const std::string& path, int depth)
    {
        auto& fields = into_.fields_.emplace_back();
        const auto properties = json.value("properties", Json::object());
        if (!properties.is_object()) throw Misfit{path, text::schema_fields, ""};
        const auto required = texts(json, "required", path.empty() ? "" : path + '.');
        for (const auto& [name, value] : properties.items()) {
            const bool is_required = std::find(required.begin(), required.end(), name) != required.end();
            auto inner = path;
            if (!inner.empty()) inner += '.';
            inner += name;
            const auto* type = type_of(value, inner, depth + 1);
            fields.push_back({keep(name), type, is_required, keep(text_in(value, "description"))});
        }
        Type type;
        type.name = keep(text_in(json, "title"));
        type.fields = fields;
        return &keep(type);
    }

    const Type* type_of(const Json& json, const std::string& path, int depth)
    {
        if (!json.is_object() || depth > deepest) throw Misfit{path, text::schema_type, ""};
        const auto type = text_in(json, "type");
        if (type == "boolean") return &keep(Type{.shape = Shape::boolean});
        if (type == "integer") return bounded({.shape = Shape::integer}, json, "minimum", "maximum", path);
        if (type == "string") return string_type(json, path);
        if (type == "object" && json.contains("additionalProperties"))
            return bounded({.shape = Shape::parameters}, json, "minProperties", "maxProperties", path);
        if (type == "object") return record(json, path, depth);
        if (type != "array" || !json.contains("items")) throw Misfit{path, text::schema_type, type};
        const auto* item = type_of(json["items"], path + ".items", depth + 1);
        return bounded({.shape = Shape::array, .item = item}, json, "minItems", "maxItems", path);
    }

    const Type* string_type(const Json& json, const std::string& path)
    {
        if (json.contains("enum")) {
            Type type{.shape = Shape::choice, .name = keep(text_in(json, "title"))};
            type.choices = texts(json, "enum", path + '.');
            return &keep(type);
        }
        const auto format = text_in(json, "format");
        if (format == "uuid") return &keep(Type{.shape = Shape::uuid, .name = keep(text_in(json, "x-id"))});
        if (format == "date-time") return &keep(Type{.shape = Shape::time});
        if (format == "date") return &keep(Type{.shape = Shape::date});
        auto shape = has_text(json, "contentEncoding", "base64") ? Shape::binary : Shape::text;
        if (json.value("x-personal", Json(false)) == Json(true)) shape = is_event_ ? Shape::sealed : Shape::personal;
        return bounded({.shape = shape}, json, "minLength", "maxLength", path);
    }

    PluggedMessages& into_;
    bool is_event_ = false;
};

PluggedMessages::PluggedMessages(std::string service, const std::string& folder, std::vector<SchemaProblem>& problems)
    : service_(std::move(service))
{
    std::error_code none;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder, none))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        try {
            std::ifstream in(file, std::ios::binary);
            const auto json = Json::parse(in);
            if (!json.is_object()) throw Misfit{"", text::must_be_object, ""};
            if (file.filename() == "refusals.json") {
                for (const auto& [code, words] : json.items())
                    refusals_[code] = {texts_.emplace_back(text_in(words, "zh-CN")),
                                       texts_.emplace_back(text_in(words, "en"))};
            } else {
                SchemaReader(*this).read(json, file.stem());
            }
        } catch (const Misfit& misfit) {
            problems.push_back({file, misfit.path, misfit.why, misfit.detail});
        } catch (const nlohmann::json::exception& error) {
            problems.push_back({file, "", text::schema_no_json, error.what()});
        }
    }
    for (auto& message : messages_)
        message.is_newest = std::none_of(messages_.begin(), messages_.end(), [&](const Message& other) {
            return other.name == message.name && other.version > message.version;
        });
}

const Text* PluggedMessages::find_refusal(std::string_view code) const
{
    const auto found = refusals_.find(code);
    return found == refusals_.end() ? nullptr : &found->second;
}

KnownMessages::KnownMessages(const Session& session)
{
    for (const auto& message : schemas::messages()) all_.push_back(&message);
    std::vector<SchemaProblem> problems;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(plug_folder(session.folder), none)) {
        const auto service = entry.path().filename().string();
        const auto [at, is_new] = plugged_.try_emplace(service, service, (entry.path() / "schemas").native(), problems);
        for (const auto& message : at->second.messages()) all_.push_back(&message);
    }
    for (const auto& problem : problems)
        std::cerr << problem.file << ": " << problem.path << (problem.path.empty() ? "" : ": ")
                  << session.say(problem.why, {problem.detail}) << '\n';
}

const schemas::Message* KnownMessages::find_request(std::string_view type) const
{
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Message* message) {
        return message->kind != Kind::event && message->type == type;
    });
    return found == all_.end() ? nullptr : *found;
}

const Text* KnownMessages::find_refusal(std::string_view service, std::string_view code) const
{
    const auto found = plugged_.find(service);
    return found == plugged_.end() ? schemas::find_refusal(service, code) : found->second.find_refusal(code);
}

}  // namespace gonghui::ctl
