"""The JavaScript types of a service, for the SDK: descriptions of fields as data, which messages.js reads, and beside
them what an editor knows of them (.d.ts)."""

import json

from . import model
from .outputs import NOTICE
from .python import bounds_of, commented, words

READERS = {
    model.Boolean: "boolean",
    model.Integer: "integer",
    model.Text: "text",
    model.Personal: "text",
    model.Sealed: "bytes",
    model.Uuid: "uuid",
    model.Time: "time",
    model.Date: "date",
    model.Binary: "bytes",
    model.Parameters: "parameters",
}
TYPES = {
    "boolean": "boolean",
    "integer": "Integer",
    "text": "string",
    "bytes": "Uint8Array",
    "uuid": "string",
    "time": "string",
    "date": "string",
    "parameters": "Record<string, string>",
}


def bounded(kind):
    least, most = bounds_of(kind)
    if least is None and most is None:
        return ""
    return f"{json.dumps(least)}, {json.dumps(most)}"


def reader(kind):
    if isinstance(kind, model.Choice):
        return f"choice({', '.join(map(json.dumps, kind.values))})"
    if isinstance(kind, model.Record):
        return kind.name
    if isinstance(kind, model.Array):
        limits = bounded(kind)
        return f"list({reader(kind.item)}{', ' + limits if limits else ''})"
    return f"{READERS[type(kind)]}({bounded(kind)})"


def definition(one, bodies):
    fields = "".join(
        f"  {field.name}: {reader(field.type) if field.required else f'optional({reader(field.type)})'},\n"
        for field in one.fields
    )
    body = f"{{\n{fields}}}" if fields else "{}"
    message = bodies.get(one.name)
    if message is None:
        return f"export const {one.name} = record({json.dumps(one.name)}, {body});\n"
    options = []
    if message.kind == "event":
        name = message.schema_id
        options += [f"subject: {json.dumps(message.subject)}"] if message.subject else []
        options += ["isPrivate: true"] if message.is_private else []
    else:
        name = message.request_type
        options += [f"reply: {message.reply.name}"] + ([f"key: {json.dumps(message.key)}"] if message.key else [])
    tail = f", {{ {', '.join(options)} }}" if options else ""
    return f"export const {one.name} = {message.kind}({json.dumps(name)}, {body}{tail});\n"


def module(service, types):
    bodies = {message.title: message for message in service.messages}
    text = "\n".join(definition(one, bodies) for one in types if isinstance(one, model.Record))
    names = ["boolean", "bytes", "choice", "command", "date", "event", "integer", "list", "optional", "parameters",
             "query", "record", "text", "time", "uuid"]
    used = [name for name in names if f" {name}(" in text or f"({name}(" in text]
    notice = NOTICE.format(source=f"{service.name}/*.json")
    return f"// {notice}\nimport {{ {', '.join(used)} }} from '../messages.js';\n\n{text}"


def typed(kind):
    if isinstance(kind, model.Array):
        item = typed(kind.item)
        return f"({item})[]" if " " in item and not item.startswith("Record<") else f"{item}[]"
    if isinstance(kind, (model.Choice, model.Record)):
        return kind.name if isinstance(kind, model.Choice) else f"{kind.name}Fields"
    return TYPES[READERS[type(kind)]]


def declaration(one, bodies):
    if isinstance(one, model.Choice):
        return f"export type {one.name} = {' | '.join(map(json.dumps, one.values))};\n"
    members = "".join(
        commented(f"  {field.name}{'' if field.required else '?'}: {typed(field.type)};", words(field.description))
        .replace("  # ", "  // ").replace("    # ", "    // ")
        for field in one.fields
    )
    message = bodies.get(one.name)
    fields = f"{one.name}Fields"
    kind = "RecordType" if message is None else "EventType" if message.kind == "event" else "RequestType"
    arguments = f"{fields}, {message.reply.name}Fields" if kind == "RequestType" else fields
    description = f"/** {words(one.description)} */\n" if one.description else ""
    return (f"{description}export interface {fields} {{\n{members}}}\n"
            f"export const {one.name}: {kind}<{arguments}>;\n")


def declarations(service, types):
    bodies = {message.title: message for message in service.messages}
    text = "\n".join(declaration(one, bodies) for one in types)
    used = [name for name in ("EventType", "Integer", "RecordType", "RequestType")
            if f" {name}<" in text or f" {name};" in text or f" {name}[" in text]
    notice = NOTICE.format(source=f"{service.name}/*.json")
    return f"// {notice}\nimport type {{ {', '.join(used)} }} from '../messages.js';\n\n{text}"
