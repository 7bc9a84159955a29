#!/usr/bin/python3
"""schemas/ is sound, and messages.py says the same."""

import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "common/sdk/python"), str(ROOT / "scripts")]

import messages  # noqa: E402
import words  # noqa: E402
from gonghui.messages import fields_of  # noqa: E402
from schema_tools import cpp, python  # noqa: E402
from schema_tools.reading import read_service  # noqa: E402


def shape(kind):
    """What the SDK's checker makes of a field."""
    if hasattr(kind, "cls"):
        return kind.cls.__name__, shape_of(kind.cls)
    if hasattr(kind, "item"):
        return "list", kind.bounds and (kind.bounds.least or 0, kind.bounds.most), shape(kind.item)
    return type(kind).__name__, kind.bounds, getattr(kind, "values", None)


def shape_of(cls):
    return [(field.wire_name, field.required, shape(field.kind)) for field in fields_of(cls)]


class Schemas(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        # The tools of the house take the folder's name for the service's.
        schemas = pathlib.Path(folder.name) / "stations"
        schemas.symlink_to(HERE / "schemas")
        problems = []
        cls.service = read_service(schemas, problems)
        assert not problems, problems

    def test_messages_are_as_they_say(self):
        written = {}
        exec(python.module(self.service, cpp.all_types(self.service)), written)
        classes = {name: one for name, one in written.items() if hasattr(one, "__dataclass_fields__")
                   and one.__module__ != "gonghui.messages"}
        self.assertGreater(len(classes), 20)
        for name, one in classes.items():
            with self.subTest(message=name):
                mine = getattr(messages, name, None)
                if mine is None:  # an empty reply, which a command without a `reply` has
                    self.assertEqual([], fields_of(one))
                    continue
                self.assertEqual(shape_of(one), shape_of(mine))
                for what in ("dataschema", "request_type", "is_command"):
                    self.assertEqual(getattr(one, what, None), getattr(mine, what, None))

    def test_every_code_has_words(self):
        for codes, table in ((messages.OFFERS, words.OFFERS), (messages.FAULTS, words.FAULTS)):
            self.assertEqual(set(codes), set(table))
            for chinese, english in table.values():
                self.assertFalse(chinese.isascii())
                self.assertTrue(english.isascii())


if __name__ == "__main__":
    unittest.main()
