#!/usr/bin/python3
"""The messages against golden bytes that another encoder made, and what does not fit against the path that names it."""

import base64
import dataclasses
import datetime
import importlib
import json
import pathlib
import sys
import tempfile
import unittest
import uuid
from typing import Annotated

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from gonghui.messages import Bounds, Unfit, decode, encode, event, record  # noqa: E402
from gonghui.wire import derived_secret, pack, unpack  # noqa: E402

GOLDEN = HERE.parents[2] / "schemas" / "generated" / "golden.json"


def messages():
    """schema -> the class of it, of every service of the house."""
    found = {}
    for path in (HERE / "gonghui" / "schemas").glob("[a-z]*.py"):
        for one in vars(importlib.import_module(f"gonghui.schemas.{path.stem}")).values():
            if hasattr(one, "dataschema"):
                found[one.dataschema] = one
            elif hasattr(one, "request_type"):
                service, name, *version = one.request_type.split(".")
                found[f"{service}/{name}.{version[0] if version else 'v1'}"] = one
    return found


def as_json(value):
    if dataclasses.is_dataclass(value):
        given = ((field.name.rstrip("_"), getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: as_json(one) for name, one in given if one is not None}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else (
        base64.b64encode(value).decode() if isinstance(value, bytes) else value)


class Golden(unittest.TestCase):
    def test_every_message_decodes_and_encodes_to_the_same_bytes(self):
        known, seen = messages(), set()
        for one in json.loads(GOLDEN.read_text())["examples"]:
            with self.subTest(one["schema"], part=one["part"], form=one["form"]):
                cls = known[one["schema"]] if one["part"] == "data" else known[one["schema"]].Reply
                golden = bytes.fromhex(one["messagepack"])
                message = decode(cls, unpack(golden))
                self.assertEqual(one["json"], as_json(message))
                self.assertEqual(golden, pack(encode(message)))
                seen.add(one["schema"])
        self.assertEqual(set(known), seen)
        self.assertGreater(len(seen), 120)


@record
class Session:
    room: Annotated[str, Bounds(1, 5)]
    seats: Annotated[int, Bounds(1, 30)] | None = None


@event("school/planned.v1", subject="id")
class Planned:
    id: uuid.UUID
    sessions: Annotated[list[Session], Bounds(1, 3)]
    by: dict[str, str] | None = None


class WhatDoesNotFit(unittest.TestCase):
    def fields(self, **changed):
        return {"id": bytes(16), "sessions": [{"room": "301", "seats": 3}]} | changed

    def refused(self, **changed):
        with self.assertRaises(Unfit) as caught:
            decode(Planned, self.fields(**changed))
        return caught.exception.errors

    def test_is_named_by_its_path_when_it_comes(self):
        self.assertEqual([("id", "wrong_type")], self.refused(id=b"short"))
        self.assertEqual([("id", "missing")], self.refused(id=None))
        self.assertEqual([("sessions", "too_short")], self.refused(sessions=[]))
        self.assertEqual([("sessions.0.room", "missing"), ("sessions.1", "no_map")], self.refused(sessions=[{}, 7]))
        self.assertEqual([("sessions.0.room", "too_long"), ("sessions.0.seats", "out_of_range")],
                         self.refused(sessions=[{"room": "六个字的房间", "seats": 31}]))
        self.assertEqual([("sessions.0.seats", "wrong_type")], self.refused(sessions=[{"room": "1", "seats": True}]))
        self.assertEqual([("by.a", "wrong_type")], self.refused(by={"a": 1}))

    def test_is_named_by_its_path_when_a_program_makes_it(self):
        with self.assertRaises(Unfit) as caught:
            Planned(id="no uuid", sessions=[7])
        self.assertEqual([("id", "wrong_type"), ("sessions.0", "wrong_type")], caught.exception.errors)
        self.assertNotIn("no uuid", str(caught.exception))

    def test_is_passed_over_when_a_newer_sender_knows_more(self):
        self.assertEqual("301", decode(Planned, self.fields(later=1)).sessions[0].room)


class ASecret(unittest.TestCase):
    def test_is_the_same_in_either_language(self):
        with tempfile.NamedTemporaryFile("w", suffix=".service") as file:
            file.write("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
            file.flush()
            self.assertEqual("e60a48227e9c3eecb680265c2fb245571e873a1a02611194756b541b3000dfc7",
                             derived_secret(file.name, "codes").hex())
            self.assertNotEqual(derived_secret(file.name, "codes"), derived_secret(file.name, "marks"))


if __name__ == "__main__":
    unittest.main()
