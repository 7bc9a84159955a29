"""The C++ of a service: plain structs in messages.hpp, their codecs apart in codecs.{hpp,cpp}, ids for all in ids.hpp.
Layout is left to clang-format; only content is made here."""

import json

from . import model
from .naming import cpp_name, id_type, pascal_case, snake_case
from .outputs import NOTICE

CPP_TYPES = {
    model.Boolean: "bool",
    model.Integer: "std::int64_t",
    model.Text: "std::string",
    model.Personal: "Personal",
    model.Sealed: "Sealed",
    model.Time: "UtcTime",
    model.Date: "std::chrono::year_month_day",
    model.Binary: "Bytes",
    model.Parameters: "std::map<std::string, std::string>",
}

# A required field of class type has no initialiser: whoever builds a message and forgets it gets a warning.
NEED_INITIALISER = (model.Boolean, model.Integer, model.Date, model.Choice)


def notice(source):
    return f"// {NOTICE.format(source=source)}\n"


def literal(text):
    return json.dumps(text, ensure_ascii=False)


def cpp_type(kind):
    if isinstance(kind, model.Uuid):
        return id_type(kind.id_name) if kind.id_name else "Uuid"
    if isinstance(kind, model.Array):
        return f"std::vector<{cpp_type(kind.item)}>"
    if isinstance(kind, (model.Choice, model.Record)):
        return kind.name
    return CPP_TYPES[type(kind)]


def comment(text, indent=""):
    return f"{indent}// {' '.join(text.split())}\n" if text else ""


# --- ids.hpp ---


def ids_header(id_names):
    lines = [f"using {id_type(name)} = Id<struct {pascal_case(name)}Tag>;\n" for name in sorted(id_names)]
    return (
        notice("*/*.json (x-id)")
        + "#pragma once\n\n"
        + '#include "common/ids/id.hpp"\n\n'
        + "namespace gonghui {\n\n"
        + "".join(lines)
        + "\n}  // namespace gonghui\n"
    )


# --- messages.hpp ---


def member(field):
    kind = cpp_type(field.type)
    name = cpp_name(field.name)
    if not field.required:
        declaration = f"std::optional<{kind}> {name}{{}};"
    elif isinstance(field.type, NEED_INITIALISER):
        declaration = f"{kind} {name}{{}};"
    else:
        declaration = f"{kind} {name};"
    words = " ".join(field.description.split())
    if not words:
        return f"    {declaration}\n"
    beside = f"    {declaration}  // {words}\n"
    return beside if len(beside) <= 100 else f"    // {words}\n    {declaration}\n"


def equality(name):
    return f"    friend bool operator==(const {name}&, const {name}&) = default;\n"


def struct(record, head="", tail=""):
    members = "".join(member(field) for field in record.fields)
    parts = [part for part in (head, members, tail + equality(record.name)) if part]
    return f"{comment(record.description)}struct {record.name} {{\n" + "\n".join(parts) + "};\n"


def choice_enum(choice):
    name = choice.name
    values = [cpp_name(value) for value in choice.values]
    cases = "".join(
        f"        case {name}::{cpp_name(value)}:\n            return {literal(value)};\n" for value in choice.values
    )
    known = "".join(f"    if (text == {literal(value)}) return {name}::{cpp_name(value)};\n" for value in choice.values)
    return (
        f"enum class {name} : std::uint8_t {{ {', '.join(values)} }};\n\n"
        f"constexpr std::string_view to_string({name} value)\n{{\n    switch (value) {{\n{cases}    }}\n"
        "    return {};\n}\n\n"
        f"constexpr std::optional<{name}> parse_{snake_case(name)}(std::string_view text)\n{{\n{known}"
        "    return std::nullopt;\n}\n"
    )


def uuid_of(field):
    name = cpp_name(field.name)
    if field.type.id_name is None:
        return name
    if field.required:
        return f"{name}.uuid"
    return f"{name} ? std::optional({name}->uuid) : std::nullopt"


def request_struct(message):
    reach = ", ".join(f"Reach::{one}" for one in message.reach)
    key = uuid_of(message.body.find(message.key)) if message.key else "std::nullopt"
    head = (
        f"    using Reply = {message.reply.name};\n"
        f"    static constexpr std::string_view type = {literal(message.request_type)};\n"
        f"    static constexpr Rights rights{{{{{reach}}}}};\n"
    )
    tail = f"    [[nodiscard]] std::optional<Uuid> key() const {{ return {key}; }}\n"
    return struct(message.body, head, tail)


def event_struct(message):
    head = (
        f"    static constexpr std::string_view dataschema = {literal(message.schema_id)};\n"
        f"    static constexpr std::string_view event_type = {literal(message.name)};\n"
        f"    static constexpr bool is_private = {'true' if message.is_private else 'false'};\n"
    )
    subject = "{}"
    if message.subject:
        field = message.body.find(message.subject)
        name = cpp_name(field.name)
        subject = f"to_string({uuid_of(field)})" if isinstance(field.type, model.Uuid) else name
    tail = f"    [[nodiscard]] std::string subject() const {{ return {subject}; }}\n"
    return struct(message.body, head, tail)


def all_types(service):
    """Every choice and record of the service once, each after those that it is made of."""
    seen = {}
    for message in service.messages:
        for root in (message.reply, message.body):
            for one in model.nested_types(root) if root else ():
                seen.setdefault(one.name, one)
    return list(seen.values())


def kinds_in(service):
    found = set()

    def walk(kind):
        found.add(type(kind))
        if isinstance(kind, model.Array):
            walk(kind.item)
        if isinstance(kind, model.Record):
            for field in kind.fields:
                walk(field.type)

    for message in service.messages:
        walk(message.body)
        if message.reply:
            walk(message.reply)
    return found


def message_includes(service, ids):
    kinds = kinds_in(service)
    requests = any(message.kind != "event" for message in service.messages)
    own = {
        "common/actor/actor.hpp": requests,
        "common/bytes/bytes.hpp": model.Binary in kinds,
        "common/ids/uuid.hpp": True,
        "common/sealing/sealed.hpp": bool({model.Sealed, model.Personal} & kinds),
        "common/time/clock.hpp": model.Time in kinds,
        ids: True,
    }
    standard = {
        "chrono": model.Date in kinds,
        "cstdint": bool({model.Integer, model.Choice} & kinds),
        "map": model.Parameters in kinds,
        "optional": True,
        "string": True,
        "string_view": True,
        "variant": any(message.kind == "event" for message in service.messages),
        "vector": model.Array in kinds,
    }
    lines = [f'#include "{path}"\n' for path, wanted in own.items() if wanted]
    lines.append("\n")
    lines += [f"#include <{name}>\n" for name, wanted in standard.items() if wanted]
    return "".join(lines)


def refusal_codes(service):
    if not service.refusals:
        return ""
    lines = "".join(
        f"{comment(wording.en)}inline constexpr std::string_view {cpp_name(code)} = {literal(code)};\n"
        for code, wording in service.refusals.items()
    )
    return f"\nnamespace refusal {{\n\n{lines}\n}}  // namespace refusal\n"


def event_variant(service):
    events = [message.title for message in service.of_kind("event") if message.is_newest]
    if not events:
        return ""
    return (
        "\n// Every event of this service, each in its newest version.\n"
        f"using Event = std::variant<{', '.join(events)}>;\n"
    )


def messages_header(service, ids="schemas/generated/ids.hpp"):
    bodies = {message.title: message for message in service.messages}
    parts = []
    for one in all_types(service):
        if one.name in bodies:
            message = bodies[one.name]
            parts.append(event_struct(message) if message.kind == "event" else request_struct(message))
        elif isinstance(one, model.Choice):
            parts.append(choice_enum(one))
        else:
            parts.append(struct(one))
    return (
        notice(f"{service.name}/*.json")
        + "#pragma once\n\n"
        + message_includes(service, ids)
        + f"\nnamespace gonghui::{service.name} {{\n"
        + refusal_codes(service)
        + "".join("\n" + part for part in parts)
        + event_variant(service)
        + f"\n}}  // namespace gonghui::{service.name}\n"
    )


# --- codecs ---


def parameter_type(kind):
    return kind.name if isinstance(kind, model.Choice) else f"const {kind.name}&"


def codecs_header(service):
    lines = "".join(
        f"void encode(codec::Writer& out, {parameter_type(one)} value);\n"
        f"void decode(codec::Value value, {one.name}& out, codec::Errors& errors);\n"
        for one in all_types(service)
    )
    return (
        notice(f"{service.name}/*.json")
        + "// `decode` adds every field that is missing or unfit to `errors`; `out` is whole only when there is none.\n"
        + "#pragma once\n\n"
        + '#include "common/codec/fields.hpp"\n#include "common/codec/value.hpp"\n'
        + '#include "common/codec/writer.hpp"\n'
        + f'#include "schemas/generated/{service.name}/messages.hpp"\n\n'
        + f"namespace gonghui::{service.name} {{\n\n{lines}\n}}  // namespace gonghui::{service.name}\n"
    )


def every_message_header(service):
    calls = "".join(
        f"    visit.template operator()<{record.name}>();\n"
        for message in service.messages
        for record in (message.body, message.reply)
        if record is not None
    )
    return (
        notice(f"{service.name}/*.json")
        + "// For who treats all messages alike: `visit` is called once with each as its template argument.\n"
        + "#pragma once\n\n"
        + f'#include "schemas/generated/{service.name}/codecs.hpp"\n\n'
        + f"namespace gonghui::{service.name} {{\n\n"
        + f"template <class Visit>\nvoid every_message(Visit visit)\n{{\n{calls}}}\n\n"
        + f"}}  // namespace gonghui::{service.name}\n"
    )


def bound(name, minimum, maximum):
    if minimum is None and maximum is None:
        return []
    parts = [f".{end} = {value}" for end, value in (("minimum", minimum), ("maximum", maximum)) if value is not None]
    return [f"codec::{name}{{{', '.join(parts)}}}"]


def bounds(kind):
    """What `codec::field` checks before it decodes."""
    if isinstance(kind, model.Integer):
        return bound("Range", kind.minimum, kind.maximum)
    if isinstance(kind, (model.Text, model.Personal, model.Binary)):
        return bound("Length", kind.min_length, kind.max_length)
    if isinstance(kind, model.Parameters):
        return bound("Count", kind.min_count, kind.max_count)
    if isinstance(kind, model.Array):
        each = [f"codec::Each{{{inner}}}" for inner in bounds(kind.item)]
        return bound("Count", kind.min_count, kind.max_count) + each
    return []


def choice_codec(choice):
    name = choice.name
    return (
        f"void encode(codec::Writer& out, {name} value)\n{{\n    out.text(to_string(value));\n}}\n\n"
        f"void decode(codec::Value value, {name}& out, codec::Errors& errors)\n{{\n"
        '    const auto text = value.text();\n    if (!text) return errors.add("wrong_type");\n'
        f"    if (const auto known = parse_{snake_case(name)}(*text))\n        out = *known;\n"
        '    else\n        errors.add("unknown_value");\n}\n'
    )


def map_size(record):
    required = sum(field.required for field in record.fields)
    optional = [f"value.{cpp_name(field.name)}" for field in record.fields if not field.required]
    parts = [str(required)] if required or not optional else []
    if optional:
        parts.append(f"codec::count_given({', '.join(optional)})")
    return " + ".join(parts)


def record_codec(record):
    name = record.name
    entries = "".join(
        f"    codec::entry(out, {literal(field.name)}, value.{cpp_name(field.name)});\n" for field in record.fields
    )
    reads = "".join(
        "    codec::field("
        + ", ".join(["value", literal(field.name), f"out.{cpp_name(field.name)}", "errors", *bounds(field.type)])
        + ");\n"
        for field in record.fields
    )
    value, out = ("value", "out") if record.fields else ("", "")
    return (
        f"void encode(codec::Writer& out, const {name}&{' ' + value if value else ''})\n{{\n"
        f"    out.map({map_size(record)});\n{entries}}}\n\n"
        f"void decode(codec::Value value, {name}&{' ' + out if out else ''}, codec::Errors& errors)\n{{\n"
        f'    if (value.kind() != codec::Kind::map) return errors.add("no_map");\n{reads}}}\n'
    )


def codecs_source(service):
    parts = [choice_codec(one) if isinstance(one, model.Choice) else record_codec(one) for one in all_types(service)]
    return (
        notice(f"{service.name}/*.json")
        + f'#include "schemas/generated/{service.name}/codecs.hpp"\n\n'
        + f"namespace gonghui::{service.name} {{\n"
        + "".join("\n" + part for part in parts)
        + f"\n}}  // namespace gonghui::{service.name}\n"
    )
