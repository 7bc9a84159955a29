"""What every message has looked like, and whether it may look as it does now.

schemas/history/<service>/<message>.v<n>.json keeps each shape that this version of the message has ever had. Bytes of
all of them lie in logs and are sent by older programs, so the present schema is held against every one:

- Optional fields may come and go, anywhere. A name that comes back has the type that it had.
- A request may accept more than it did: wider bounds, more values of an enum, an optional field that was required.
- Events and replies are read by programs that check what they knew: there nothing else changes.
- What does not reach the wire is free: titles, descriptions, x-id, x-actors, x-refusals, the order of fields.
"""

import json
from dataclasses import dataclass
from enum import Enum, auto

from . import model
from .reading import Problem, load_json

UNSET = (None, None)


class Direction(Enum):
    RECEIVED = auto()  # by the service that owns the schema: the data of commands and queries
    READ_BY_OTHERS = auto()  # events, replies


# --- a schema's shape: what of it reaches the wire, as JSON ---


def shape_of_type(kind):
    name = type(kind).__name__.lower()
    if isinstance(kind, model.Record):
        fields = {one.name: {"required": one.required, **shape_of_type(one.type)} for one in kind.fields}
        return {"type": name, "fields": fields}
    if isinstance(kind, model.Choice):
        return {"type": name, "values": sorted(kind.values)}
    shape = {"type": name}
    if isinstance(kind, model.Array):
        shape["item"] = shape_of_type(kind.item)
    lowest, highest = _bounds(kind)
    if lowest is not None:
        shape["minimum"] = lowest
    if highest is not None:
        shape["maximum"] = highest
    return shape


def _bounds(kind):
    for low, high in (("minimum", "maximum"), ("min_length", "max_length"), ("min_count", "max_count")):
        if hasattr(kind, low):
            return getattr(kind, low), getattr(kind, high)
    return UNSET


def shape_of_message(message):
    shape = {"kind": message.kind, "data": shape_of_type(message.body)}
    if message.kind == "event":
        shape["visibility"] = "private" if message.is_private else "public"
        shape["subject"] = message.subject
    else:
        shape["key"] = message.key
        shape["reply"] = shape_of_type(message.reply)
    return shape


# --- may one shape follow another? ---


@dataclass(frozen=True)
class Break:
    path: str
    what: str


def breaks(before, now):
    """What in `now` contradicts `before`, both shapes of one message version."""
    for name in ("kind", "visibility", "subject", "key"):
        if before.get(name) != now.get(name):
            what = f"was {json.dumps(before.get(name))} and is now {json.dumps(now.get(name))}"
            yield Break(f"$.x-{name}", what)
    if before["kind"] != now["kind"]:
        return
    direction = Direction.READ_BY_OTHERS if now["kind"] == "event" else Direction.RECEIVED
    yield from _type_breaks(before["data"], now["data"], "$", direction)
    if "reply" in now:
        yield from _type_breaks(before["reply"], now["reply"], "$.x-reply", Direction.READ_BY_OTHERS)


def _type_breaks(before, now, path, direction):
    if before["type"] != now["type"]:
        yield Break(path, f"was {before['type']} and is now {now['type']}")
    elif now["type"] == "record":
        yield from _record_breaks(before["fields"], now["fields"], path, direction)
    elif now["type"] == "choice":
        yield from _choice_breaks(set(before["values"]), set(now["values"]), path, direction)
    else:
        yield from _bound_breaks(before, now, path, direction)
        if now["type"] == "array":
            yield from _type_breaks(before["item"], now["item"], f"{path}.items", direction)


def _record_breaks(before, now, path, direction):
    for name in before.keys() | now.keys():
        where = f"{path}.properties.{name}"
        if name not in before:
            if now[name]["required"]:
                yield Break(where, "is a new required field; older messages do not have it")
        elif name not in now:
            if before[name]["required"]:
                yield Break(where, "was required and is gone; older readers need it")
        else:
            if now[name]["required"] and not before[name]["required"]:
                yield Break(where, "was optional and is now required; older messages may lack it")
            if before[name]["required"] and not now[name]["required"] and direction is Direction.READ_BY_OTHERS:
                yield Break(where, "was required and is now optional; older readers need it")
            yield from _type_breaks(before[name], now[name], where, direction)


def _choice_breaks(before, now, path, direction):
    if before - now:
        yield Break(f"{path}.enum", f"lost {', '.join(sorted(before - now))}; older messages may say so")
    if now - before and direction is Direction.READ_BY_OTHERS:
        yield Break(f"{path}.enum", f"gained {', '.join(sorted(now - before))}; older readers do not know it")


def _bound_breaks(before, now, path, direction):
    for name, sign in (("minimum", 1), ("maximum", -1)):
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        tighter = new is not None and (old is None or sign * new > sign * old)
        if tighter:
            yield Break(path, f"its {name} became tighter ({old} to {new}); older messages may not fit")
        elif direction is Direction.READ_BY_OTHERS:
            yield Break(path, f"its {name} became looser ({old} to {new}); older readers refuse the rest")


# --- the folder ---


def file_of(root, message):
    return root / "schemas" / "history" / f"{message.schema_id}.json"


def shapes_on_record(root, message, problems):
    file = file_of(root, message)
    if not file.exists():
        return []
    document = load_json(file, str(file.relative_to(root)), problems) or {}
    return document.get("shapes", [])


def check_service(root, service, problems):
    """Holds every message against its own past, and the folder against messages that vanished."""
    for message in service.messages:
        now = shape_of_message(message)
        successor = f"schemas/{message.service}/{message.name}.v{message.version + 1}.json"
        told = set()
        for before in shapes_on_record(root, message, problems):
            told |= set(breaks(before, now))
        for one in sorted(told, key=lambda one: (one.path, one.what)):
            advice = (
                f"keep v{message.version} as it was and create {successor} with the change (or, if no released "
                f"program ever wrote one, delete {file_of(root, message).relative_to(root)})"
            )
            problems.append(Problem(f"schemas/{message.schema_id}.json", one.path, f"{one.what}; {advice}"))
    present = {f"{message.name}.v{message.version}.json" for message in service.messages}
    for file in sorted((root / "schemas" / "history" / service.name).glob("*.json")):
        if file.name not in present:
            problems.append(
                Problem(
                    f"schemas/{service.name}/{file.name}",
                    "$",
                    "is gone, but logs may hold such messages for ever: bring it back (or, when no released program "
                    f"ever wrote one, delete schemas/history/{service.name}/{file.name} too)",
                )
            )


def unrecorded(root, service, problems):
    """(message, shapes with the present one at the end) for each message whose present shape is not on record."""
    for message in service.messages:
        shapes = shapes_on_record(root, message, problems)
        now = shape_of_message(message)
        if now not in shapes:
            yield message, shapes + [now]


def document(shapes):
    return json.dumps({"shapes": shapes}, ensure_ascii=False, indent=1) + "\n"
