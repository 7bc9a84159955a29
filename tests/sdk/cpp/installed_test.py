#!/usr/bin/python3
"""The SDK for C++ as it is installed: in a project elsewhere the golden bytes of all messages pass, and `pledges` is built.

    installed_test.py <folder of the build>
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SCHEMA = '{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "wrong/sing.v1", "title": "Sing", "x-kind": "song"}'
BUILD = None


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, timeout=300, **more)
    return done.returncode, done.stdout + done.stderr


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = BUILD / "outside"  # always the same one, so that a compiler cache knows what is in it
        shutil.rmtree(cls.folder, ignore_errors=True)
        cls.prefix = cls.folder / "prefix"
        code, said = run("cmake", "--install", BUILD, "--component", "libgonghui-dev", "--prefix", cls.prefix)
        assert code == 0, said

    def configure(self, source):
        launcher = shutil.which("ccache")
        return run("cmake", "-S", source, "-B", source / "out", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={self.prefix}",
                   "-DBUILD_TESTING=OFF", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS=-g0", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                   *([f"-DCMAKE_CXX_COMPILER_LAUNCHER={launcher}"] if launcher else []))

    def test_a_project_elsewhere_needs_nothing_else(self):
        source = self.folder / "outside"
        shutil.copytree(HERE / "outside", source)
        for service in ("pledges", "stations"):
            shutil.copytree(ROOT / "services" / service, source / "services" / service,
                            ignore=shutil.ignore_patterns("out", "__pycache__"))
        (source / "golden").mkdir()
        for codecs in self.prefix.glob("include/gonghui/schemas/generated/*/codecs.hpp"):
            service = codecs.parent.name
            shutil.copy(ROOT / "schemas/generated" / service / "golden_test.cpp", source / "golden" / f"{service}.cpp")
        code, said = self.configure(source)
        self.assertEqual(0, code, said)
        code, said = run("cmake", "--build", source / "out")
        self.assertEqual(0, code, said)
        code, said = run(source / "out/golden")
        self.assertEqual((0, True), (code, "4 tests ran" in said or "Running 4 tests" in said), said)
        code, said = run(source / "out/services/pledges/pledges", "--version")
        self.assertEqual((0, "gonghui-pledges 0.1.0"), (code, said.strip()))
        seen = set(re.findall(r"-(?:I|isystem) *(\S+)", (source / "out/compile_commands.json").read_text()))
        self.assertEqual([], [one for one in seen if not one.startswith((str(self.folder), "/usr/include"))])
        examples = json.loads(next((source / "out").rglob("golden.json")).read_text())["examples"]
        self.assertGreater(len(examples), 5)

    def test_nothing_installed_names_this_machine(self):
        for file in (self.prefix / "lib/cmake").rglob("*.cmake"):
            with self.subTest(file.name):
                self.assertNotIn(str(ROOT), file.read_text())

    def test_a_wrong_schema_is_said_before_anything_compiles(self):
        source = self.folder / "wrong"
        (source / "schemas").mkdir(parents=True)
        (source / "schemas/sing.v1.json").write_text(SCHEMA)
        (source / "main.cpp").write_text("int main() {}\n")
        (source / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(wrong LANGUAGES CXX)\nfind_package(Gonghui REQUIRED)\n"
            "add_executable(wrong main.cpp)\ngonghui_schemas(wrong schemas)\n")
        code, said = self.configure(source)
        self.assertNotEqual(0, code)
        self.assertIn('x-kind: must be "command", "query" or "event"', said)


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
