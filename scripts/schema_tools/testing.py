"""What the tests of this package share: a small house of schemas in a temporary folder."""

import copy
import json
import tempfile
from pathlib import Path

from .reading import DIALECT

COMMAND = {
    "$schema": DIALECT,
    "$id": "library/lend.v1",
    "title": "Lend",
    "description": "Lends a book to a reader.",
    "x-kind": "command",
    "x-key": "shelf_id",
    "x-actors": {"worker": "self", "officer": "place", "service": "all"},
    "x-refusals": ["not_permitted"],
    "type": "object",
    "properties": {
        "shelf_id": {"type": "string", "format": "uuid", "x-id": "shelf"},
        "days": {"type": "integer", "minimum": 1, "maximum": 30},
        "reader": {"type": "string", "x-personal": True, "maxLength": 64, "description": "Who borrows."},
        "note": {"type": "string", "minLength": 1, "maxLength": 200},
        "mood": {"type": "string", "enum": ["glad", "new"]},
        "extras": {"type": "object", "additionalProperties": {"type": "string"}},
        "pages": {
            "type": "array",
            "minItems": 1,
            "maxItems": 9,
            "items": {
                "title": "Page",
                "type": "object",
                "properties": {
                    "number": {"type": "integer"},
                    "scan": {"type": "string", "contentEncoding": "base64"},
                },
                "required": ["number"],
            },
        },
    },
    "required": ["shelf_id", "days", "reader", "pages"],
    "x-reply": {
        "title": "LendReply",
        "type": "object",
        "properties": {"due": {"type": "string", "format": "date"}, "is_first": {"type": "boolean"}},
        "required": ["due"],
    },
}

EVENT = {
    "$schema": DIALECT,
    "$id": "library/lent.v1",
    "title": "Lent",
    "description": "A book was lent.",
    "x-kind": "event",
    "x-visibility": "public",
    "x-subject": "shelf_id",
    "type": "object",
    "properties": {
        "shelf_id": {"type": "string", "format": "uuid", "x-id": "shelf"},
        "reader": {"type": "string", "x-personal": True, "maxLength": 64},
        "at": {"type": "string", "format": "date-time"},
        "days": {"type": "integer", "minimum": 1, "maximum": 30},
        "state": {"type": "string", "enum": ["fresh", "worn"]},
        "remark": {"type": "string"},
    },
    "required": ["shelf_id", "reader", "at", "days", "state"],
}

REFUSALS = {"not_permitted": {"zh-CN": "无权办理", "en": "You may not do this."}}


def changed(schema, path, value):
    """A copy in which the place at `path` (a list of keys) holds `value`; None takes it away."""
    copied = copy.deepcopy(schema)
    node = copied
    for key in path[:-1]:
        node = node[key]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return copied


class TemporaryHouse:
    """A root with the service "library"; deleted with `close`."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.root = Path(self._folder.name)
        self.put("lend.v1", COMMAND)
        self.put("lent.v1", EVENT)
        self.put("refusals", REFUSALS)

    def close(self):
        self._folder.cleanup()

    def path(self, name):
        return self.root / "schemas" / "library" / f"{name}.json"

    def put(self, name, content):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
