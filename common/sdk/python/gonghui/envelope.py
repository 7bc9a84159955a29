"""Requests and events as they have come, read with suspicion; and the answers that go back (PROTOCOL.md, 5 to 7)."""

import traceback
import uuid

import msgpack

from gonghui.follower import Page
from gonghui.messages import Unfit, encode
from gonghui.service import Accepted, Actor, Refused
from gonghui.wire import LIMITS, Position, passed_on, unpack

MOST_ATTRIBUTES = 32
ROLES = ("worker", "officer", "township", "district", "city", "service")
SHAPES = {"request": (int, str, bytes), "event": (str, bytes), "reply": (bytes,), "released": (str,), "refused": (str, str)}
EVENT_SHAPE = {"id": bytes, "source": str, "type": str, "time": int, "dataschema": str, "epoch": int, "seq": int,
               "data": (dict, bytes)}


class Malformed(ValueError):
    """What has come is not what the protocol says."""


def require_shape(word, rest):
    """Of a message of the hub's: what follows its word."""
    shape = SHAPES.get(word, ())
    if len(rest) < len(shape) or not all(isinstance(one, kind) for one, kind in zip(rest, shape)):
        raise Malformed("it is of another shape than the protocol's")


class ReceivedRequest:
    id, type, key, partition, deadline, after, actor, raw_data = uuid.UUID(int=0), "", None, None, None, None, None, None
    traceparent = None


def read_request(encoded, caller):
    """A request and what is wrong with it: (path, code)."""
    request, errors = ReceivedRequest(), []
    request.actor = Actor("service", None, None, caller)
    try:
        data = msgpack.unpackb(encoded, raw=False, object_pairs_hook=plain_map, **LIMITS)
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException):
        return request, [("", "undecodable")]
    if data is None:
        return request, [("", "unfit_names")]
    if not isinstance(data, dict):
        return request, [("", "no_map")]
    if len(data) > MOST_ATTRIBUTES:
        return request, [("", "unfit_names")]

    def take(values, name, kind, path=None, required=False):
        value = values.get(name)
        if value is None:
            if required:
                errors.append((path or name, "missing"))
            return None
        if kind is uuid.UUID and isinstance(value, bytes) and len(value) == 16:
            return uuid.UUID(bytes=value)
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        errors.append((path or name, "wrong_type"))
        return None

    request.id = take(data, "id", uuid.UUID, required=True) or request.id
    request.type = take(data, "type", str, required=True) or ""
    request.key, request.partition = take(data, "key", uuid.UUID), take(data, "partition", int)
    request.deadline = take(data, "deadline", int)
    request.after = take(data, "after", dict)
    request.traceparent = passed_on(data.get("traceparent"))
    for name, kind in (("source", str), ("epoch", int), ("seq", int)) if request.after else ():
        take(request.after, name, kind, f"after.{name}", required=True)
    actor = take(data, "actor", dict)
    if actor is not None:
        role = take(actor, "role", str, "actor.role", required=True)
        if role is not None and role not in ROLES:
            errors.append(("actor", "unknown_value"))
        request.actor = Actor(role, take(actor, "person", uuid.UUID, "actor.person"),
                              take(actor, "place", uuid.UUID, "actor.place"), caller)
    if not isinstance(data.get("data"), dict):
        errors.append(("data", "no_map" if data.get("data") is not None else "missing"))
    request.raw_data = data.get("data")
    return request, errors


def read_event(encoded):
    try:
        event = unpack(encoded)
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException):
        raise Malformed("an event that is no MessagePack") from None
    if not isinstance(event, dict):
        raise Malformed("an event is a map")
    for name, kind in EVENT_SHAPE.items():
        if not isinstance(event.get(name), kind):
            raise Malformed(f"event attribute {name} is missing or of the wrong kind")
    if len(event["id"]) != 16 or event["epoch"] < 1 or event["seq"] < 0 or not isinstance(event.get("subject", ""), str):
        raise Malformed("an attribute of an event is beyond its bounds")
    return event


def read_page(after_seq, data):
    try:
        head = Position(data["head"]["epoch"], data["head"]["seq"], data["head"]["chain"])
        begins_at = data["from"]["chain"] if "from" in data else None
        is_sound = (isinstance(data["records"], list) and all(isinstance(one, bytes) for one in data["records"])
                    and isinstance(head.epoch, int) and isinstance(head.seq, int) and is_chain(head.chain)
                    and (begins_at is None or is_chain(begins_at)))
    except (KeyError, TypeError):
        is_sound = False
    if not is_sound:
        raise Malformed("a page lacks what the protocol says")
    return Page(after_seq, begins_at, data["records"], head)


def read_place(data):
    kinds = {"fits": bool, "epoch": int, "kept": int}
    if not isinstance(data, dict) or not all(isinstance(data.get(name), kind) for name, kind in kinds.items()):
        raise Malformed("a place lacks what the protocol says")
    return data


def is_chain(value):
    return isinstance(value, bytes) and len(value) == 32


def plain_map(pairs):
    """Each attribute has a name, once; else the hub and this program might read two different requests."""
    names = [name for name, _ in pairs]
    is_plain = all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
    return dict(pairs) if is_plain else None


def number(data, name, otherwise):
    """One that SQLite can hold, too."""
    value = data.get(name)
    is_whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    return value if is_whole else otherwise


def text(data, name):
    value = data.get(name)
    return value if isinstance(value, str) else ""


def accepted(data):
    return {"outcome": "accepted", "data": data}


def invalid(code, errors=()):
    return {"outcome": "invalid", "code": code, "errors": [{"path": path, "code": why} for path, why in errors]}


def retry(code, milliseconds):
    return {"outcome": "retry", "code": code, "retry_after_ms": milliseconds}


def answer_of(outcome, message):
    """What a handler returned, as an answer."""
    if isinstance(outcome, Refused):
        return {"outcome": "refused", "code": outcome.code, "facts": outcome.facts}
    if message and message.is_command and not isinstance(outcome, Accepted):
        raise TypeError(f"a handler of {message.request_type} returned {type(outcome).__name__}, not Accepted or Refused")
    reply = outcome.reply if isinstance(outcome, Accepted) else outcome
    if message is None:
        return accepted({})
    if reply is None:
        return {"outcome": "accepted"}
    if message.Reply is None or not isinstance(reply, message.Reply):
        raise TypeError(f"{message.request_type} was answered with a {type(reply).__name__}, which is not its reply")
    return accepted(encode(reply))


def told(error):
    """For an operator: where it happened, and no value, which may be personal."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    said = f": {error}" if isinstance(error, (Unfit, TypeError, RuntimeError)) else ""
    return f"{type(error).__name__}{said} ({frame.filename.rpartition('/')[2]}:{frame.lineno})"
