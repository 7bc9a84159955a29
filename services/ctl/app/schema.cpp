#include "services/ctl/app/schema.hpp"

#include "common/text/nearest.hpp"
#include "services/ctl/app/known_messages.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <iostream>
#include <vector>

namespace gonghui::ctl {

namespace {

using schemas::Kind;
using schemas::Message;
using schemas::Shape;
using schemas::Type;

std::string_view word_of(Kind kind)
{
    switch (kind) {
        case Kind::command:
            return "command";
        case Kind::query:
            return "query";
        case Kind::event:
            return "event";
    }
    return {};
}

std::string_view word_of(Shape shape)
{
    switch (shape) {
        case Shape::boolean:
            return "boolean";
        case Shape::integer:
            return "integer";
        case Shape::text:
            return "text";
        case Shape::personal:
            return "text, personal";
        case Shape::sealed:
            return "sealed";
        case Shape::uuid:
            return "uuid";
        case Shape::time:
            return "time";
        case Shape::date:
            return "date";
        case Shape::binary:
            return "base64";
        case Shape::parameters:
            return "texts by name";
        case Shape::choice:
            return "one of";
        case Shape::array:
            return "list of";
        case Shape::record:
            return "object";
    }
    return {};
}

std::string bounds_of(const Type& type)
{
    if (!type.minimum && !type.maximum) return {};
    return " (" + (type.minimum ? std::to_string(*type.minimum) : "") + ".." +
           (type.maximum ? std::to_string(*type.maximum) : "") + ')';
}

std::string type_text(const Type& type)
{
    std::string out(word_of(type.shape));
    if (type.shape == Shape::array) return out + ' ' + type_text(*type.item) + bounds_of(type);
    if (type.shape == Shape::uuid && !type.name.empty()) out += " of " + std::string(type.name);
    for (std::size_t i = 0; i < type.choices.size(); ++i) out += (i == 0 ? " " : "|") + std::string(type.choices[i]);
    return out + bounds_of(type);
}

void add_fields(Table& table, const Type& record, const std::string& indent)
{
    for (const auto& field : record.fields) {
        table.row({indent + std::string(field.name), type_text(*field.type), field.is_required ? "*" : "",
                   std::string(field.description)});
        const auto& inner = field.type->shape == Shape::array ? *field.type->item : *field.type;
        if (inner.shape == Shape::record) add_fields(table, inner, indent + "  ");
    }
}

std::string fields_table(const Session& session, const Type& record)
{
    Table table({{session.say(text::title_field)},
                 {session.say(text::title_type)},
                 {session.say(text::title_required)},
                 {session.say(text::title_description)}});
    add_fields(table, record, "");
    return table.empty() ? session.say(text::no_fields) + '\n' : table.render();
}

void describe(const Session& session, const KnownMessages& messages, const Message& message)
{
    const auto name = message.kind == Kind::event ? message.dataschema : message.type;
    std::cout << name << " (" << word_of(message.kind) << ")\n"
              << message.description << "\n\n"
              << fields_table(session, *message.data);
    if (message.kind == Kind::event) return;
    if (!message.key.empty()) std::cout << '\n' << session.say(text::routed_by, {message.key}) << '\n';
    std::cout << '\n' << session.say(text::reply_is) << '\n' << fields_table(session, *message.reply);
    if (message.refusals.empty()) return;
    Table refusals({{session.say(text::refused_with)}, {""}});
    for (const auto code : message.refusals) {
        const auto* wording = messages.find_refusal(message.service, code);
        refusals.row({std::string(code), wording == nullptr ? "" : std::string(wording->in(session.language))});
    }
    std::cout << '\n' << refusals.render();
}

// An event has its service's name before it or not.
bool is_meant(const Message& message, std::string_view type)
{
    return message.is_newest && (message.type == type || message.dataschema == type ||
                                 std::string(message.service) + '.' + std::string(message.type) == type);
}

void list_all(const Session& session, const KnownMessages& messages)
{
    Table table(
        {{session.say(text::title_type)}, {session.say(text::title_kind)}, {session.say(text::title_description)}});
    for (const auto* message : messages.all())
        table.row({std::string(message->kind == Kind::event ? message->dataschema : message->type),
                   std::string(word_of(message->kind)), std::string(message->description)});
    std::cout << table.render();
}

}  // namespace

int schema(const Session& session, const SchemaOptions& options)
{
    const KnownMessages messages(session);
    if (options.type.empty()) return list_all(session, messages), 0;
    bool is_found = false;
    std::vector<std::string_view> known;
    for (const auto* message : messages.all()) {
        known.push_back(message->type);
        if (!is_meant(*message, options.type)) continue;
        if (is_found) std::cout << '\n';
        describe(session, messages, *message);
        is_found = true;
    }
    if (is_found) return 0;
    if (const auto meant = nearest(options.type, known))
        throw session.failure(process::Exit::usage, text::unknown_type_meant, {options.type, *meant});
    throw session.failure(process::Exit::usage, text::unknown_type, {options.type});
}

}  // namespace gonghui::ctl
