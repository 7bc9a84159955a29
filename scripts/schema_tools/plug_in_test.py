import contextlib
import io
import json
import pathlib
import tempfile
import unittest

from . import plug_in
from .testing import COMMAND, EVENT


class PlugInTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.schemas = pathlib.Path(folder.name) / "messages"  # not the service's name
        self.schemas.mkdir()
        self.into = pathlib.Path(folder.name) / "out"

    def write(self, name, schema):
        (self.schemas / name).write_text(json.dumps(schema), encoding="utf-8")

    def run_it(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            plug_in.run([str(self.schemas), str(self.into)])
        return out.getvalue().strip()

    def sound(self):
        self.write("lend.v1.json", COMMAND)
        self.write("lent.v1.json", EVENT)
        self.write("refusals.json", {"not_permitted": {"zh-CN": "无权", "en": "No."}})

    def test_the_service_is_named_by_its_schemas(self):
        self.sound()
        self.assertEqual("library", self.run_it())
        made = self.into / "schemas/generated/library"
        self.assertEqual({"codecs.cpp", "codecs.hpp", "golden.json", "golden_test.cpp", "ids.hpp", "messages.hpp"},
                         {file.name for file in made.iterdir()})
        self.assertIn('#include "schemas/generated/library/ids.hpp"', (made / "messages.hpp").read_text())
        self.assertIn("using ShelfId", (made / "ids.hpp").read_text())

    def test_what_has_not_changed_is_left_alone(self):
        self.sound()
        self.run_it()
        header = self.into / "schemas/generated/library/messages.hpp"
        before = header.stat().st_mtime_ns
        self.run_it()
        self.assertEqual(before, header.stat().st_mtime_ns)

    def test_schemas_of_two_services_are_told_apart(self):
        self.sound()
        self.write("sung.v1.json", EVENT | {"$id": "choir/sung.v1", "title": "Sung"})
        with self.assertRaisesRegex(SystemExit, 'must be "library/sung.v1"'):
            self.run_it()
        self.assertFalse(self.into.exists())

    def test_a_folder_without_any_is_said_to_be_one(self):
        self.write("notes.json", {})
        with self.assertRaisesRegex(SystemExit, "no schema here"):
            self.run_it()


if __name__ == "__main__":
    unittest.main()
