"""Messages as dataclasses whose annotations are their schema. What does not fit is refused with the path of each field:

    @event("popular/voted.v1", subject="class_id")
    class Voted:
        class_id: UUID
        stars: Annotated[int, Bounds(1, 5)]
        why: Annotated[str, Bounds(1, 200)] | None = None

The modules of gonghui.schemas hold those of the house. A field whose name Python has taken ends in an underscore.
"""

import dataclasses
import datetime
import functools
import keyword
import re
import types
import typing
import uuid

from gonghui.wire import EPOCH, microseconds, moment

WHOLE_INT = (-(2**63), 2**63 - 1)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST_TIME = microseconds(datetime.datetime.min.replace(tzinfo=EPOCH.tzinfo))
LAST_TIME = microseconds(datetime.datetime.max.replace(tzinfo=EPOCH.tzinfo))
MOST_ERRORS = 100


class Unfit(ValueError):
    """`errors`: of every field that is missing or does not fit, its path and the code of why; never its value, which may
    be personal."""

    def __init__(self, name, errors):
        super().__init__(f"{name}: " + ", ".join(f"{path or 'it'}: {code}" for path, code in errors))
        self.errors = errors


@dataclasses.dataclass(frozen=True)
class Bounds:
    """Of a number, of the length of a text (code points) or of bytes, of the count of a list or map; both inclusive."""

    least: int | None
    most: int | None

    def code(self, size, too_small="too_short", too_large="too_long"):
        if self.least is not None and size < self.least:
            return too_small
        return too_large if self.most is not None and size > self.most else None


@typing.dataclass_transform(kw_only_default=True, frozen_default=True)
def record(cls):
    """What messages are made of, and what replies are."""
    cls.__post_init__ = _require_fit
    return dataclasses.dataclass(frozen=True, kw_only=True)(cls)


@typing.dataclass_transform(kw_only_default=True, frozen_default=True)
def event(dataschema, subject=None, is_private=False):
    def make(cls):
        cls = record(cls)
        cls.dataschema, cls.is_private = dataschema, is_private
        cls.subject = lambda self: str(getattr(self, subject)) if subject else ""
        return cls
    return make


@typing.dataclass_transform(kw_only_default=True, frozen_default=True)
def command(request_type, reply=None, key=None):
    return _request("command", request_type, reply, key)


@typing.dataclass_transform(kw_only_default=True, frozen_default=True)
def query(request_type, reply=None, key=None):
    return _request("query", request_type, reply, key)


def _request(form, request_type, reply, key):
    def make(cls):
        cls = record(cls)
        cls.is_command, cls.request_type, cls.Reply = form == "command", request_type, reply
        cls.key = lambda self: getattr(self, key) if key else None
        return cls
    return make


def encode(message):
    """As what MessagePack carries; `wire.pack` makes bytes of it."""
    return {field.wire_name: field.kind.encode(value) for field in fields_of(type(message))
            if (value := getattr(message, field.name)) is not None}


def decode(cls, data):
    """`data`: what MessagePack carried. Raises Unfit. Fields that are not known are passed over: a newer sender."""
    errors = []
    message = _Record(cls).decode(data, "", errors)
    if errors:
        raise Unfit(cls.__name__, errors[:MOST_ERRORS])
    return message


def _require_fit(self):
    errors = []
    for field in fields_of(type(self)):
        value = getattr(self, field.name)
        if value is not None:
            field.kind.check(value, field.wire_name, errors)
        elif field.required:
            errors.append((field.wire_name, "missing"))
    if errors:
        raise Unfit(type(self).__name__, errors[:MOST_ERRORS])


@dataclasses.dataclass(frozen=True)
class Field:
    name: str
    wire_name: str
    kind: object
    required: bool


@functools.cache
def fields_of(cls):
    hints = typing.get_type_hints(cls, include_extras=True)
    return [_field(one.name, hints[one.name]) for one in dataclasses.fields(cls)]


def _field(name, hint):
    is_taken = name.endswith("_") and keyword.iskeyword(name[:-1])
    required = typing.get_origin(hint) not in (types.UnionType, typing.Union)
    if not required:
        (hint,) = [one for one in typing.get_args(hint) if one is not types.NoneType]
    return Field(name, name[:-1] if is_taken else name, _kind(hint), required)


def _kind(hint, bounds=None):
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _kind(arguments[0], next(one for one in arguments[1:] if isinstance(one, Bounds)))
    if origin is typing.Literal:
        return _Choice(arguments)
    if origin is list:
        return _List(_kind(arguments[0]), bounds)
    if origin is dict and arguments == (str, str):
        return _Parameters(bounds)
    if dataclasses.is_dataclass(hint):
        return _Record(hint)
    if hint in _PLAIN:
        return _PLAIN[hint](bounds)
    raise TypeError(f"{hint} has no form on the wire; take one of {', '.join(one.__name__ for one in _PLAIN)}, a Literal, "
                    "a list, dict[str, str] or a record")


class _Plain:
    """One value: `check` looks at what a program gives, `decode` at what has come."""

    def __init__(self, bounds=None):
        self.bounds = bounds

    def encode(self, value):
        return value

    def decode(self, value, path, errors):
        return value if self.check(value, path, errors) else None

    def check(self, value, path, errors):
        code = self.fault(value)
        if code:
            errors.append((path, code))
        return code is None


class _Boolean(_Plain):
    def fault(self, value):
        return None if isinstance(value, bool) else "wrong_type"


class _Integer(_Plain):
    def fault(self, value):
        if not isinstance(value, int) or isinstance(value, bool):
            return "wrong_type"
        whole = Bounds(*WHOLE_INT).code(value, "out_of_range", "out_of_range")
        return whole or (self.bounds and self.bounds.code(value, "out_of_range", "out_of_range")) or None


class _Sized(_Plain):
    type = None

    def fault(self, value):
        if not isinstance(value, self.type):
            return "wrong_type"
        return self.bounds.code(len(value)) if self.bounds else None


class _Text(_Sized):
    type = str


class _Bytes(_Sized):
    type = bytes


class _Uuid(_Plain):
    def fault(self, value):
        return None if isinstance(value, uuid.UUID) else "wrong_type"

    def encode(self, value):
        return value.bytes

    def decode(self, value, path, errors):
        if isinstance(value, bytes) and len(value) == 16:
            return uuid.UUID(bytes=value)
        errors.append((path, "wrong_type"))
        return None


class _Time(_Plain):
    def fault(self, value):
        return None if isinstance(value, datetime.datetime) and value.tzinfo else "wrong_type"

    def encode(self, value):
        return microseconds(value)

    def decode(self, value, path, errors):
        if not isinstance(value, int) or isinstance(value, bool):
            errors.append((path, "wrong_type"))
        elif not FIRST_TIME <= value <= LAST_TIME:
            errors.append((path, "out_of_range"))
        else:
            return moment(value)
        return None


class _Date(_Plain):
    def fault(self, value):
        is_date = isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
        return None if is_date else "wrong_type"

    def encode(self, value):
        return value.isoformat()

    def decode(self, value, path, errors):
        if not isinstance(value, str):
            errors.append((path, "wrong_type"))
            return None
        try:
            if DATE.fullmatch(value):
                return datetime.date.fromisoformat(value)
        except ValueError:
            pass
        errors.append((path, "out_of_range"))
        return None


class _Choice(_Plain):
    def __init__(self, values):
        super().__init__()
        self.values = values

    def fault(self, value):
        if not isinstance(value, str):
            return "wrong_type"
        return None if value in self.values else "unknown_value"


class _Parameters(_Sized):
    type = dict

    def check(self, value, path, errors):
        if not super().check(value, path, errors):
            return False
        before = len(errors)
        for key, one in value.items():
            if not isinstance(key, str) or not isinstance(one, str):
                errors.append((f"{path}.{key}" if isinstance(key, str) else path, "wrong_type"))
        return len(errors) == before

    def encode(self, value):
        return dict(sorted(value.items()))


class _List(_Sized):
    type = list

    def __init__(self, item, bounds):
        super().__init__(bounds)
        self.item = item

    def check(self, value, path, errors):
        if not super().check(value, path, errors):
            return False
        return all([self.item.check(one, f"{path}.{i}", errors) for i, one in enumerate(value)])

    def encode(self, value):
        return [self.item.encode(one) for one in value]

    def decode(self, value, path, errors):
        if not super().check(value, path, errors):
            return None
        return [self.item.decode(one, f"{path}.{i}", errors) for i, one in enumerate(value)]


class _Record(_Plain):
    def __init__(self, cls):
        super().__init__()
        self.cls = cls

    def fault(self, value):
        return None if isinstance(value, self.cls) else "wrong_type"

    def encode(self, value):
        return encode(value)

    def decode(self, value, path, errors):
        if not isinstance(value, dict):
            errors.append((path, "no_map"))
            return None
        before, found = len(errors), {}
        for field in fields_of(self.cls):
            where = f"{path}.{field.wire_name}" if path else field.wire_name
            given = value.get(field.wire_name)
            if given is not None:
                found[field.name] = field.kind.decode(given, where, errors)
            elif field.required:
                errors.append((where, "missing"))
        return self.cls(**found) if len(errors) == before else None


_PLAIN = {bool: _Boolean, int: _Integer, str: _Text, bytes: _Bytes, uuid.UUID: _Uuid, datetime.datetime: _Time,
          datetime.date: _Date}
