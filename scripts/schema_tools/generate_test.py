import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import types
import unittest

from . import asyncapi
from .main import ROOT, main
from .testing import COMMAND, EVENT, TemporaryHouse, changed

COMPILER = os.environ.get("CXX") or shutil.which("g++") or shutil.which("clang++")


class GenerateTest(unittest.TestCase):
    def setUp(self):
        self.house = TemporaryHouse()
        self.addCleanup(self.house.close)

    def run_generate(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(list(arguments), self.house.root)
        return code, out.getvalue(), err.getvalue()

    def generated(self, path):
        return (self.house.root / "schemas" / "generated" / path).read_text(encoding="utf-8")

    def test_writes_only_what_changed(self):
        self.assertIn("library/messages.hpp", self.run_generate()[1])
        self.assertEqual(self.run_generate(), (0, "", ""))

    def test_check_names_a_file_that_has_drifted(self):
        self.run_generate("--record")
        path = self.house.root / "schemas" / "generated" / "library" / "codecs.cpp"
        path.write_text("// edited by hand\n", encoding="utf-8")
        code, _, err = self.run_generate("--check")
        self.assertEqual(code, 1)
        self.assertIn("schemas/generated/library/codecs.cpp: differs from what its schemas say", err)
        self.assertEqual(path.read_text(encoding="utf-8"), "// edited by hand\n")

    def test_one_bad_service_does_not_hold_up_another(self):
        other = self.house.root / "schemas" / "museum"
        other.mkdir()
        (other / "open.v1.json").write_text("{", encoding="utf-8")
        code, out, err = self.run_generate()
        self.assertEqual(code, 1)
        self.assertIn("schemas/museum/open.v1.json: line 1", err)
        self.assertIn("schemas/generated/library/messages.hpp", out)
        self.assertFalse((self.house.root / "schemas" / "generated" / "catalogue.cpp").exists())

    def test_leaves_no_temporary_file(self):
        self.run_generate()
        left = [path for path in (self.house.root / "schemas").rglob(".*") if path.is_file()]
        self.assertEqual(left, [])

    def test_personal_text_is_plain_in_a_command_and_sealed_in_an_event(self):
        self.run_generate()
        messages = self.generated("library/messages.hpp")
        self.assertIn("Personal reader;", messages)
        self.assertIn("Sealed reader;", messages)

    def test_a_word_that_cpp_has_taken_gets_an_underscore(self):
        self.run_generate()
        self.assertIn("LendMood::new_", self.generated("library/messages.hpp"))
        self.assertIn('"new"', self.generated("library/messages.hpp"))

    def test_golden_examples_hold_the_bounds(self):
        self.run_generate()
        examples = json.loads(self.generated("golden.json"))["examples"]
        lend = [one for one in examples if (one["schema"], one["part"]) == ("library/lend.v1", "data")]
        full, least = sorted(lend, key=lambda one: one["form"])
        self.assertTrue(1 <= full["json"]["days"] <= 30)
        self.assertTrue(1 <= len(full["json"]["pages"]) <= 9)
        self.assertEqual(set(least["json"]), set(COMMAND["required"]))

    def test_the_types_for_python_are_those_of_the_schemas(self):
        self.house.put("lend.v1", changed(COMMAND, ["properties", "class"], {"type": "integer"}))
        self.run_generate()
        sys.path.insert(0, str(ROOT / "common" / "sdk" / "python"))
        self.addCleanup(sys.path.remove, sys.path[0])
        text = (self.house.root / "common/sdk/python/gonghui/schemas/library.py").read_text(encoding="utf-8")
        module = types.ModuleType("library_for_the_test")
        sys.modules[module.__name__] = module
        self.addCleanup(sys.modules.pop, module.__name__)
        exec(compile(text, "library.py", "exec"), module.__dict__)
        from gonghui.messages import Unfit, decode, encode
        from gonghui.wire import pack, unpack
        for one in json.loads(self.generated("golden.json"))["examples"]:
            kind = {"library/lend.v1": module.Lend, "library/lent.v1": module.Lent}[one["schema"]]
            kind = kind.Reply if one["part"] == "reply" else kind
            bytes_ = bytes.fromhex(one["messagepack"])
            self.assertEqual(pack(encode(decode(kind, unpack(bytes_)))), bytes_)
        with self.assertRaises(Unfit) as caught:
            decode(module.Lend, {"shelf_id": bytes(16), "days": 31, "reader": "x", "pages": [{"number": "1"}]})
        self.assertEqual([("days", "out_of_range"), ("pages.0.number", "wrong_type")], caught.exception.errors)
        self.assertIn("class_", module.Lend.__annotations__)

    def test_the_schemas_of_a_new_service_are_sound(self):
        folder = self.house.root / "schemas" / "notebook"
        folder.mkdir()
        for path in (ROOT / "common/sdk/template/schemas").iterdir():
            text = path.read_text(encoding="utf-8").replace("@name@", "notebook")
            (folder / path.name).write_text(text, encoding="utf-8")
        code, out, err = self.run_generate()
        self.assertEqual((0, ""), (code, err))
        self.assertIn("schemas/generated/notebook/messages.hpp", out)

    def test_the_asyncapi_document_is_whole(self):
        self.run_generate()
        text = self.generated("asyncapi.json")
        self.assertEqual(list(asyncapi.faults(text)), [])
        broken = text.replace("#/components/messages/library.lent.v1", "#/components/messages/nobody")
        self.assertEqual(len(list(asyncapi.faults(broken))), 1)

    def test_the_asyncapi_document_of_the_house_is_whole(self):
        text = (ROOT / "schemas" / "generated" / "asyncapi.json").read_text(encoding="utf-8")
        self.assertEqual(list(asyncapi.faults(text)), [])

    @unittest.skipUnless(COMPILER, "needs a C++ compiler")
    def test_what_it_writes_compiles_also_with_an_older_version(self):
        newer = changed(changed(EVENT, ["$id"], "library/lent.v2"), ["properties", "days"], {"type": "string"})
        self.house.put("lent.v2", newer)
        self.assertEqual(self.run_generate()[0], 0)
        flags = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
        for source in ("library/codecs.cpp", "library/golden_test.cpp", "catalogue.cpp"):
            path = self.house.root / "schemas" / "generated" / source
            done = subprocess.run(
                [*COMPILER.split(), *flags, f"-I{self.house.root}", f"-I{ROOT}", str(path)],
                capture_output=True, text=True, check=False,
            )
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
