"""Golden bytes: for every message and reply a fixed example as JSON and as MessagePack, and the C++ test that holds the
generated codecs against them. "full" has every field, "least" only the required ones."""

import base64
import datetime
import hashlib
import json
import uuid
from dataclasses import dataclass

from . import messagepack, model
from .cpp import literal, notice
from .naming import pascal_case

EPOCH = datetime.datetime(1970, 1, 1)
# One of every length that MessagePack knows.
INTEGERS = (0, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**62, -1, -32, -33, -128, -129, -40000, -(2**40))


@dataclass(frozen=True)
class Example:
    schema: str  # training/enroll.v1
    part: str  # data or reply
    form: str  # full or least
    cpp_name: str
    value: dict  # as JSON
    hex: str


def _number(seed):
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")


def _size(minimum, maximum, wanted):
    size = max(wanted, minimum or 0)
    return size if maximum is None else min(size, maximum)


def _integer(kind, seed):
    fitting = [
        one
        for one in INTEGERS
        if (kind.minimum is None or one >= kind.minimum) and (kind.maximum is None or one <= kind.maximum)
    ]
    if fitting:
        return fitting[_number(seed) % len(fitting)]
    return kind.minimum if kind.minimum is not None else kind.maximum


def _text(kind, seed):
    wanted = ("工惠 " + seed.rsplit("/", 1)[-1])[: 4 + _number(seed) % 40]
    size = _size(kind.min_length, kind.max_length, len(wanted))
    return wanted[:size].ljust(size, "x")


def _raw(size, seed):
    block = hashlib.sha256(seed.encode()).digest()
    return (block * (size // len(block) + 1))[:size]


def _both(kind, seed, with_optional):
    """The example as JSON and as what MessagePack carries."""
    if isinstance(kind, model.Boolean):
        value = _number(seed) % 2 == 0
        return value, value
    if isinstance(kind, model.Integer):
        value = _integer(kind, seed)
        return value, value
    if isinstance(kind, (model.Text, model.Personal)):
        value = _text(kind, seed)
        return value, value
    if isinstance(kind, model.Choice):
        value = kind.values[_number(seed) % len(kind.values)]
        return value, value
    if isinstance(kind, model.Uuid):
        raw = _raw(16, seed)
        return str(uuid.UUID(bytes=raw)), raw
    if isinstance(kind, model.Time):
        time = datetime.datetime(2026, 3, 1) + datetime.timedelta(microseconds=_number(seed) % 10**13)
        return time.isoformat(timespec="microseconds") + "Z", (time - EPOCH) // datetime.timedelta(microseconds=1)
    if isinstance(kind, model.Date):
        value = (datetime.date(1960, 1, 1) + datetime.timedelta(days=_number(seed) % 20000)).isoformat()
        return value, value
    if isinstance(kind, (model.Binary, model.Sealed)):
        size = 80 if isinstance(kind, model.Sealed) else _size(kind.min_length, kind.max_length, 12)
        raw = _raw(size, seed)
        return base64.b64encode(raw).decode(), raw
    if isinstance(kind, model.Parameters):
        value = {f"key_{i}": f"值 {i}" for i in range(_size(kind.min_count, kind.max_count, 2))}
        return value, value
    if isinstance(kind, model.Array):
        count = _size(kind.min_count, kind.max_count, 2)
        items = [_both(kind.item, f"{seed}/{i}", with_optional) for i in range(count)]
        return [one for one, _ in items], [one for _, one in items]
    as_json, packed = {}, {}
    for field in kind.fields:
        if field.required or with_optional:
            as_json[field.name], packed[field.name] = _both(field.type, f"{seed}/{field.name}", with_optional)
    return as_json, packed


def _has_optional(kind):
    if isinstance(kind, model.Array):
        return _has_optional(kind.item)
    if isinstance(kind, model.Record):
        return any(not field.required or _has_optional(field.type) for field in kind.fields)
    return False


def examples(service):
    for message in service.messages:
        for part, record in (("data", message.body), ("reply", message.reply)):
            if record is None:
                continue
            for form in ("full", "least") if _has_optional(record) else ("full",):
                value, packed = _both(record, f"{message.schema_id}/{part}", form == "full")
                yield Example(message.schema_id, part, form, record.name, value, messagepack.encode(packed).hex())


def document(services):
    entries = [
        {"schema": one.schema, "part": one.part, "form": one.form, "json": one.value, "messagepack": one.hex}
        for service in services
        for one in examples(service)
    ]
    return json.dumps({"examples": entries}, ensure_ascii=False, indent=2) + "\n"


def cpp_test(service):
    calls = "".join(
        f"    expect_golden<{one.cpp_name}>({literal(f'{one.schema} {one.part} {one.form}')}, {literal(one.hex)});\n"
        for one in examples(service)
    )
    return (
        notice(f"{service.name}/*.json")
        + f'#include "schemas/golden.hpp"\n#include "schemas/generated/{service.name}/codecs.hpp"\n\n'
        + f"namespace gonghui::{service.name} {{\nnamespace {{\n\n"
        + "using schemas::expect_golden;\n\n"
        + f"TEST({pascal_case(service.name)}Golden, DecodesAndEncodesToTheSameBytes)\n{{\n{calls}}}\n\n"
        + f"}}  // namespace\n}}  // namespace gonghui::{service.name}\n"
    )
