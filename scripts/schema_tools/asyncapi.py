"""The AsyncAPI 3 document of a district: what every service publishes, what it answers, and with what."""

import json

from . import model

VERSION = "3.0.0"

UUID_TEXT = {"type": "string", "format": "uuid"}

# The envelope: what stands in the MessagePack map beside `data`.
EVENT_HEADERS = {
    "type": "object",
    "description": "CloudEvents 1.0 attributes and the place in the log. `data` is the payload.",
    "properties": {
        "id": UUID_TEXT,
        "source": {"type": "string", "description": "<district>/<service>/<partition>"},
        "type": {"type": "string"},
        "subject": {"type": "string", "description": "What the event is about; by default its lane."},
        "time": {"type": "string", "format": "date-time"},
        "dataschema": {"type": "string", "description": "<service>/<type>.v<version>"},
        "traceparent": {"type": "string", "description": "W3C trace context"},
        "epoch": {"type": "integer", "minimum": 1},
        "seq": {"type": "integer", "minimum": 1, "description": "Contiguous per source: a gap is visible."},
        "cause": {**UUID_TEXT, "description": "The command, event or timer that led here."},
    },
    "required": ["id", "source", "type", "time", "dataschema", "epoch", "seq", "cause"],
}
AT = {
    "type": "object",
    "properties": {
        "source": {"type": "string"},
        "epoch": {"type": "integer", "minimum": 1},
        "seq": {"type": "integer", "minimum": 0},
    },
    "required": ["source", "epoch", "seq"],
}
REQUEST_HEADERS = {
    "type": "object",
    "description": "`data` is the payload.",
    "properties": {
        "id": {**UUID_TEXT, "description": "UUIDv7; with the caller, the idempotency key."},
        "type": {"type": "string"},
        "key": {**UUID_TEXT, "description": "Routes to a partition."},
        "actor": {"type": "object", "description": "Asserted by the edge and the operator's command alone."},
        "deadline": {"type": "string", "format": "date-time"},
        "after": AT,
        "traceparent": {"type": "string", "description": "W3C trace context"},
    },
    "required": ["id", "type"],
}
REPLY_HEADERS = {
    "type": "object",
    "description": "`data` is the payload of an accepted request; the other outcomes carry a code.",
    "properties": {
        "id": UUID_TEXT,
        "outcome": {"type": "string", "enum": ["accepted", "refused", "invalid", "retry", "fault"]},
        "code": {"type": "string"},
        "at": AT,
    },
    "required": ["id", "outcome"],
}


def schema_of_type(kind, description=""):
    words = {"description": description} if description else {}
    return {**_schema(kind), **words}


def _bounds(low_name, low, high_name, high):
    return {name: value for name, value in ((low_name, low), (high_name, high)) if value is not None}


def _schema(kind):
    if isinstance(kind, model.Boolean):
        return {"type": "boolean"}
    if isinstance(kind, model.Integer):
        return {"type": "integer", **_bounds("minimum", kind.minimum, "maximum", kind.maximum)}
    if isinstance(kind, (model.Text, model.Personal)):
        personal = {"x-personal": True} if isinstance(kind, model.Personal) else {}
        return {"type": "string", **personal, **_bounds("minLength", kind.min_length, "maxLength", kind.max_length)}
    if isinstance(kind, model.Sealed):
        return {"type": "string", "contentEncoding": "base64", "x-personal": True, "x-sealed": True}
    if isinstance(kind, model.Uuid):
        return {**UUID_TEXT, **({"x-id": kind.id_name} if kind.id_name else {})}
    if isinstance(kind, model.Time):
        return {"type": "string", "format": "date-time"}
    if isinstance(kind, model.Date):
        return {"type": "string", "format": "date"}
    if isinstance(kind, model.Binary):
        # The bounds of the bytes, not of their base64: JSON Schema has no word for them.
        return {"type": "string", "contentEncoding": "base64",
                **_bounds("x-minBytes", kind.min_length, "x-maxBytes", kind.max_length)}
    if isinstance(kind, model.Parameters):
        return {"type": "object", "additionalProperties": {"type": "string"},
                **_bounds("minProperties", kind.min_count, "maxProperties", kind.max_count)}
    if isinstance(kind, model.Choice):
        return {"title": kind.name, "type": "string", "enum": list(kind.values)}
    if isinstance(kind, model.Array):
        return {"type": "array", "items": _schema(kind.item),
                **_bounds("minItems", kind.min_count, "maxItems", kind.max_count)}
    properties = {field.name: schema_of_type(field.type, field.description) for field in kind.fields}
    required = [field.name for field in kind.fields if field.required]
    words = {"description": kind.description} if kind.description else {}
    return {"title": kind.name, **words, "type": "object", "properties": properties,
            **({"required": required} if required else {})}


def _reference(*parts):
    escaped = (part.replace("~", "~0").replace("/", "~1") for part in parts)
    return {"$ref": "#/" + "/".join(escaped)}


class Document:
    def __init__(self):
        self.channels = {}
        self.operations = {}
        self.messages = {}
        self.schemas = {"EventHeaders": EVENT_HEADERS, "RequestHeaders": REQUEST_HEADERS, "ReplyHeaders": REPLY_HEADERS}

    def add_message(self, channel, name, record, headers, **more):
        self.schemas[name] = schema_of_type(record)
        self.messages[name] = {
            "name": name,
            "title": record.name,
            **more,
            "contentType": "application/msgpack",
            "headers": _reference("components", "schemas", headers),
            "payload": _reference("components", "schemas", name),
        }
        self.channels[channel]["messages"][name] = _reference("components", "messages", name)
        return _reference("channels", channel, "messages", name)

    def add_service(self, service):
        events, requests, replies = (f"{service.name}.{part}" for part in ("events", "requests", "replies"))
        self.channels[events] = {
            "address": "{district}." + service.name + ".{type}",
            "description": "The topic frame; followers subscribe to the prefix that ends with the second dot.",
            "parameters": {
                "district": {"description": "Six digits of GB/T 2260, as in 331083."},
                "type": {"description": "The event's type."},
            },
            "messages": {},
        }
        for channel, words in ((requests, "Requests that the hub routes here."), (replies, "Their answers.")):
            self.channels[channel] = {"address": None, "description": words, "messages": {}}
        published = []
        for message in service.messages:
            name = f"{service.name}.{message.name}.v{message.version}"
            if message.kind == "event":
                published.append(self._event(events, name, message))
            else:
                self._request(requests, replies, name, message)
        if published:
            self.operations[f"{service.name}.publish"] = {
                "action": "send",
                "channel": _reference("channels", events),
                "summary": f"What {service.name} tells the others.",
                "messages": published,
            }
        for channel in (events, requests, replies):
            if not self.channels[channel]["messages"]:
                del self.channels[channel]

    def _event(self, channel, name, message):
        visibility = "private" if message.is_private else "public"
        more = {"summary": message.description, "x-visibility": visibility}
        if message.subject:
            more["x-subject"] = message.subject
        return self.add_message(channel, name, message.body, "EventHeaders", **more)

    def _request(self, requests, replies, name, message):
        more = {
            "summary": message.description,
            "x-type": message.request_type,
            "x-actors": dict(zip(model.ROLES, message.reach)),
            "x-refusals": list(message.refusals),
        }
        if message.key:
            more["x-key"] = message.key
        request = self.add_message(requests, name, message.body, "RequestHeaders", **more)
        reply = self.add_message(replies, f"{name}.reply", message.reply, "ReplyHeaders")
        self.operations[f"{message.service}.{message.name}.v{message.version}"] = {
            "action": "receive",
            "channel": _reference("channels", requests),
            "summary": message.description,
            "tags": [{"name": message.kind}],
            "messages": [request],
            "reply": {"channel": _reference("channels", replies), "messages": [reply]},
        }


def document(services):
    parts = Document()
    for service in services:
        parts.add_service(service)
    whole = {
        "asyncapi": VERSION,
        "info": {
            "title": "Gonghui district bus",
            "version": "1",
            "description": "Events and requests of one district. Every message is one MessagePack map; the payloads "
            "here are its `data`, written as JSON: a uuid is a bin of 16 bytes, a date-time an int of microseconds "
            "since 1970 UTC, base64 a bin.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/msgpack",
        "channels": parts.channels,
        "operations": parts.operations,
        "components": {"messages": parts.messages, "schemas": parts.schemas},
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def faults(text):
    """What is wrong with the structure of a document: references that lead nowhere, operations with messages that their
    channel does not carry, parts without what AsyncAPI 3 requires of them."""
    whole = json.loads(text)

    def target(reference):
        node = whole
        for part in reference["$ref"].removeprefix("#/").split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or part not in node:
                return None
            node = node[part]
        return node

    def references(node, path):
        if isinstance(node, dict):
            if "$ref" in node:
                if target(node) is None:
                    yield f"{path}: {node['$ref']} leads nowhere"
            else:
                for name, child in node.items():
                    yield from references(child, f"{path}/{name}")
        elif isinstance(node, list):
            for number, child in enumerate(node):
                yield from references(child, f"{path}/{number}")

    yield from references(whole, "")
    if whole.get("asyncapi") != VERSION or not {"title", "version"} <= whole.get("info", {}).keys():
        yield "/: must name its AsyncAPI version, title and version"
    for name, channel in whole["channels"].items():
        address = channel.get("address") or ""
        for parameter in channel.get("parameters", {}):
            if "{" + parameter + "}" not in address:
                yield f"/channels/{name}: the parameter {parameter} is not in the address {address}"
    for name, operation in whole["operations"].items():
        if operation.get("action") not in ("send", "receive"):
            yield f"/operations/{name}: action must be send or receive"
        for part in (operation, operation.get("reply", operation)):
            inside = part["channel"]["$ref"] + "/messages/"
            for message in part["messages"]:
                if not message["$ref"].startswith(inside):
                    yield f"/operations/{name}: {message['$ref']} is not a message of {part['channel']['$ref']}"
