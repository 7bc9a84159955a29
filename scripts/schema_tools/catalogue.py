"""Tables that describe every message to a program that was not built for it: the operator's command turns JSON into
MessagePack and back by them, offers completion, and words refusals."""

from . import model
from .cpp import literal, notice
from .naming import snake_case

HEADER = """#pragma once
// Every message of every service as data: what the operator's command needs to turn JSON into MessagePack and back, to
// complete names and to word refusals. Everything here lives as long as the program; free of state and thread-safe.

#include "common/actor/actor.hpp"
#include "common/text/language.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gonghui::schemas {

// How a value stands in MessagePack, and how it is written in JSON.
enum class Shape : std::uint8_t {
    boolean,     // bool; true, false
    integer,     // int; a number
    text,        // str; a string
    personal,    // str; a string that is never shown unasked
    sealed,      // bin; base64 of ciphertext
    uuid,        // bin of 16; "0190b6a0-1234-7abc-8def-0123456789ab"
    time,        // int, microseconds since 1970 UTC; "2026-03-01T12:00:00.000000Z"
    date,        // str; "2026-03-01"
    binary,      // bin; base64
    parameters,  // map of str to str; an object of strings
    choice,      // str, one of `choices`
    array,       // array of `item`
    record,      // map of `fields`, in their order
};

struct Field;

struct Type {
    Shape shape = Shape::record;
    std::string_view name{};                       // of a record or choice: its title; of a uuid: what it names, or ""
    std::span<const std::string_view> choices{};   // of a choice
    const Type* item = nullptr;                    // of an array
    std::span<const Field> fields{};               // of a record
    std::optional<std::int64_t> minimum{};         // of the value, the length or the count
    std::optional<std::int64_t> maximum{};
};

struct Field {
    std::string_view name;
    const Type* type = nullptr;
    bool is_required = false;
    std::string_view description;
};

enum class Kind : std::uint8_t { command, query, event };

struct Message {
    Kind kind = Kind::command;
    std::string_view service;
    std::string_view name;                         // "enroll"
    std::string_view type;                         // "training.enroll" of a request, "seat_taken" of an event
    std::string_view dataschema;                   // "training/enroll.v1"
    std::int64_t version = 1;
    bool is_newest = true;
    bool is_private = false;                       // an event that only its own service can read
    std::string_view description;
    const Type* data = nullptr;
    const Type* reply = nullptr;                   // null for an event
    std::string_view key{};                        // the field that routes a request to its partition, or ""
    std::string_view subject{};                    // the field that an event is about, or ""
    Rights rights{};                               // of a request
    std::span<const std::string_view> refusals{};  // codes that a request may be refused with
};

// Ordered by service, kind, name and version.
std::span<const Message> messages();

const Message* find_request(std::string_view type);      // "training.enroll"; null when there is none
const Message* find_event(std::string_view dataschema);  // "training/seat_taken.v1"; null when there is none

// The wording of a service's refusal; null when it has no such code.
const Text* find_refusal(std::string_view service, std::string_view code);

}  // namespace gonghui::schemas
"""

FUNCTIONS = """
std::span<const Message> messages()
{
    return all_messages;
}

const Message* find_request(std::string_view type)
{
    for (const auto& message : all_messages)
        if (message.kind != Kind::event && message.type == type) return &message;
    return nullptr;
}

const Message* find_event(std::string_view dataschema)
{
    for (const auto& message : all_messages)
        if (message.kind == Kind::event && message.dataschema == dataschema) return &message;
    return nullptr;
}

const Text* find_refusal(std::string_view service, std::string_view code)
{
    for (const auto& [name, texts] : refusals_by_service) {
        if (name != service) continue;
        for (const auto& refusal : texts)
            if (refusal.code == code) return &refusal.text;
    }
    return nullptr;
}
"""


def header():
    return notice("*/*.json") + HEADER


class Types:
    """Each type once, under a name that says what it is, after those that it is made of."""

    def __init__(self):
        self.names = {}  # (service, type with its words) -> C++ name
        self.lines = []

    def name_of(self, service, kind):
        key = (service if isinstance(kind, (model.Record, model.Choice, model.Array)) else None, _with_words(kind))
        if key not in self.names:
            self.names[key] = None  # taken while its parts are made
            self.names[key] = self._define(service, kind)
        return self.names[key]

    def _define(self, service, kind):
        if isinstance(kind, model.Record):
            return self._record(service, kind)
        if isinstance(kind, model.Choice):
            return self._choice(service, kind)
        if isinstance(kind, model.Array):
            item = self.name_of(service, kind.item)
            stem = f"array_{item}" if item.startswith(service) else f"{service}_array_{item}"
            name = self._fresh(stem + _limits(kind.min_count, kind.max_count))
            self._type(name, "array", f".item = &{item}", *_bounds(kind.min_count, kind.max_count))
            return name
        return self._scalar(kind)

    def _record(self, service, kind):
        fields = [(field, self.name_of(service, field.type)) for field in kind.fields]
        name = self._fresh(f"{service}_{snake_case(kind.name)}")
        parts = [f".name = {literal(kind.name)}"]
        if fields:
            rows = ", ".join(
                f"Field{{{literal(field.name)}, &{type_name}, {'true' if field.required else 'false'}, "
                f"{literal(' '.join(field.description.split()))}}}"
                for field, type_name in fields
            )
            self.lines.append(f"constexpr std::array {name}_fields{{{rows}}};\n")
            parts.append(f".fields = {name}_fields")
        self._type(name, "record", *parts)
        return name

    def _choice(self, service, kind):
        name = self._fresh(f"{service}_{snake_case(kind.name)}")
        values = ", ".join(map(literal, kind.values))
        self.lines.append(f"constexpr std::array<std::string_view, {len(kind.values)}> {name}_values{{{values}}};\n")
        self._type(name, "choice", f".name = {literal(kind.name)}", f".choices = {name}_values")
        return name

    def _scalar(self, kind):
        shape = type(kind).__name__.lower()
        if isinstance(kind, model.Uuid):
            name = self._fresh(f"uuid_of_{kind.id_name}" if kind.id_name else "any_uuid")
            self._type(name, shape, *([f".name = {literal(kind.id_name)}"] if kind.id_name else []))
            return name
        bounds = _any_bounds(kind)
        name = self._fresh(f"any_{shape}" if bounds == (None, None) else shape + _limits(*bounds))
        self._type(name, shape, *_bounds(*bounds))
        return name

    def _fresh(self, stem):
        taken = set(self.names.values())
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem}_{number}", number + 1
        return name

    def _type(self, name, shape, *parts):
        self.lines.append(f"constexpr Type {name}{{{', '.join((f'.shape = Shape::{shape}', *parts))}}};\n")


def _with_words(kind):
    """Records that differ in a description alone are one C++ type, but two entries here."""
    if isinstance(kind, model.Record):
        return (kind, tuple((field.description, _with_words(field.type)) for field in kind.fields))
    if isinstance(kind, model.Array):
        return (kind, _with_words(kind.item))
    return kind


def _any_bounds(kind):
    for low, high in (("minimum", "maximum"), ("min_length", "max_length"), ("min_count", "max_count")):
        if hasattr(kind, low):
            return getattr(kind, low), getattr(kind, high)
    return None, None


def _limits(minimum, maximum):
    """As part of a C++ name."""
    parts = [("from", minimum), ("to", maximum)]
    return "".join(f"_{word}_{str(one).replace('-', 'minus_')}" for word, one in parts if one is not None)


def _bounds(minimum, maximum):
    parts = ((".minimum", minimum), (".maximum", maximum))
    return [f"{name} = {value}" for name, value in parts if value is not None]


def _message(message, types):
    is_event = message.kind == "event"
    parts = [
        f".kind = Kind::{message.kind}",
        f".service = {literal(message.service)}",
        f".name = {literal(message.name)}",
        f".type = {literal(message.name if is_event else message.request_type)}",
        f".dataschema = {literal(message.schema_id)}",
        f".version = {message.version}",
        f".is_newest = {'true' if message.is_newest else 'false'}",
        f".is_private = {'true' if message.is_private else 'false'}",
        f".description = {literal(' '.join(message.description.split()))}",
        f".data = &{types.name_of(message.service, message.body)}",
    ]
    if message.reply is not None:
        parts.append(f".reply = &{types.name_of(message.service, message.reply)}")
    if message.key:
        parts.append(f".key = {literal(message.key)}")
    if message.subject:
        parts.append(f".subject = {literal(message.subject)}")
    if not is_event:
        parts.append(f".rights = {{{{{', '.join(f'Reach::{one}' for one in message.reach)}}}}}")
    if message.refusals:
        name = f"{message.service}_{message.name}_v{message.version}_refusals"
        codes = ", ".join(map(literal, message.refusals))
        types.lines.append(f"constexpr std::array<std::string_view, {len(message.refusals)}> {name}{{{codes}}};\n")
        parts.append(f".refusals = {name}")
    return f"Message{{{', '.join(parts)}}}"


def _refusals(services):
    lines = ["struct RefusalText {\n    std::string_view code;\n    Text text;\n};\n"]
    rows = []
    for service in services:
        if not service.refusals:
            continue
        texts = ", ".join(
            f"RefusalText{{{literal(code)}, {{{literal(wording.zh_cn)}, {literal(wording.en)}}}}}"
            for code, wording in service.refusals.items()
        )
        lines.append(f"constexpr std::array {service.name}_refusals{{{texts}}};\n")
        rows.append(f"RefusalsOfService{{{literal(service.name)}, {service.name}_refusals}}")
    lines.append(
        "\nstruct RefusalsOfService {\n    std::string_view service;\n    std::span<const RefusalText> texts;\n};\n"
        f"constexpr std::array<RefusalsOfService, {len(rows)}> refusals_by_service{{{', '.join(rows)}}};\n"
    )
    return "".join(lines)


def source(services):
    types = Types()
    rows = [_message(message, types) for service in services for message in service.messages]
    return (
        notice("*/*.json")
        + '#include "schemas/generated/catalogue.hpp"\n\n#include <array>\n\n'
        + "namespace gonghui::schemas {\nnamespace {\n\n"
        + "".join(types.lines)
        + "\n"
        + _refusals(services)
        + f"\nconstexpr std::array<Message, {len(rows)}> all_messages{{{{{', '.join(rows)}}}}};\n"
        + "\n}  // namespace\n"
        + FUNCTIONS
        + "\n}  // namespace gonghui::schemas\n"
    )
