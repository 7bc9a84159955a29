#!/usr/bin/python3
"""Plants what scripts/check must find, one thing at a time, in a copy of the project.

Usage: check_test.py BUILD [UNITTEST-OPTION ...], where BUILD is a configured build of the project.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "services/gateway/web/node_modules"
sys.path.insert(0, str(ROOT / "scripts"))
import check_layers  # noqa: E402  (found through the line above)

build = None  # set by the command line


class PlantedFault(unittest.TestCase):
    """Each test works on a fresh copy of what git would commit."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gonghui-check-")
        self.addCleanup(folder.cleanup)
        self.copy = pathlib.Path(folder.name)
        listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                                capture_output=True, text=True, check=True).stdout.splitlines()
        for name in listed:
            if (ROOT / name).is_file():
                (self.copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.copy / name)
        subprocess.run(["git", "init", "--quiet"], cwd=self.copy, check=True)

    def plant(self, name, text):
        with open(self.copy / name, "a", encoding="utf-8") as stream:
            stream.write(text)

    def assert_found(self, check, *words):
        result = subprocess.run(["scripts/check", "--build", build, check], cwd=self.copy, capture_output=True,
                                text=True, check=False)
        self.assertNotEqual(result.returncode, 0, result.stdout)
        self.assertIn(f"0 passed, 1 failed: {check}", result.stdout.splitlines()[-1])
        for word in words:
            self.assertIn(word, result.stdout)

    def test_a_service_that_includes_another(self):
        self.plant("services/training/domain/enroll.cpp", '#include "services/matchmaking/domain/facts.hpp"\n')
        self.assert_found("layers", "services/training/domain/enroll.cpp:", "of matchmaking_domain")

    def test_a_rule_that_includes_a_store(self):
        self.plant("services/training/domain/enroll.cpp", '#include "common/sqlite/database.hpp"\n')
        self.assert_found("layers", "services/training/domain/enroll.cpp:", "of gonghui_sqlite")

    def test_a_rule_with_a_thread(self):
        self.plant("services/training/domain/enroll.cpp", "#include <thread>\n")
        self.assert_found("layers", "services/training/domain/enroll.cpp:", "a rule has no threads")

    def test_a_socket_outside_zeromq(self):
        self.plant("common/messaging/host.cpp", "#include <zmq.hpp>\n")
        self.assert_found("layers", "common/messaging/host.cpp:", "which only common/zeromq/")

    def test_a_file_that_no_target_builds(self):
        self.plant("common/ids/forgotten.cpp", "int forgotten;\n")
        self.assert_found("layers", "common/ids/forgotten.cpp:1: belongs to no target")

    @unittest.skipUnless(NODE_MODULES.exists(), "the packages of the pages are not installed")
    def test_an_openapi_document_with_two_operations_of_one_name(self):
        (self.copy / NODE_MODULES.relative_to(ROOT)).symlink_to(NODE_MODULES)
        document = self.copy / "schemas/generated/openapi.json"
        text = document.read_text(encoding="utf-8")
        document.write_text(text.replace('"operationId": "session.show"', '"operationId": "session.open"'), encoding="utf-8")
        self.assert_found("openapi", "schemas/generated/openapi.json#/paths/~1session/", "operation-operationId-unique")

    def test_an_unformatted_file(self):
        self.plant("common/ids/uuid.cpp", "int   crooked( ){return 1 ;}\n")
        self.assert_found("format", "common/ids/uuid.cpp:", "clang-format")

    def test_a_broken_python_file(self):
        self.plant("scripts/broken.py", "def f(:\n")
        self.assert_found("python", "scripts/broken.py", "SyntaxError")

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_a_careless_shell_script(self):
        self.plant("scripts/careless", "#!/bin/bash\nrm -rf $1\n")
        self.assert_found("shell", "scripts/careless", "SC2086")


class Targets(unittest.TestCase):
    """What the build itself may say."""

    @staticmethod
    def house(*targets):
        return check_layers.House(ROOT, [
            {"kind": "library", "name": name, "folder": folder, "sources": "", "depends": depends,
             "private_depends": ""} for name, folder, depends in targets])

    def breaches(self, *targets):
        house = self.house(*targets)
        return [*check_layers.cycles(house), *check_layers.dependency_breaches(house)]

    def test_an_orderly_house_has_no_breach(self):
        self.assertEqual([], self.breaches(
            ("gonghui_ids", "common/ids", ""),
            ("gonghui_sqlite", "common/sqlite", "gonghui_ids"),
            ("training_domain", "services/training", "gonghui_ids"),
            ("training_storage", "services/training", "training_domain gonghui_sqlite")))

    def test_a_domain_on_a_store(self):
        self.assertEqual(
            ["services/training/CMakeLists.txt: training_domain (domain) must not depend on gonghui_sqlite (common)"],
            self.breaches(("gonghui_sqlite", "common/sqlite", ""),
                          ("training_domain", "services/training", "gonghui_sqlite")))

    def test_a_service_on_another(self):
        self.assertEqual(
            ["services/training/CMakeLists.txt: training_app depends on registration_storage of another service"],
            self.breaches(("registration_storage", "services/registration", ""),
                          ("training_app", "services/training", "registration_storage")))

    def test_a_common_library_on_a_schema(self):
        self.assertEqual(
            ["common/codec/CMakeLists.txt: gonghui_codec (common) must not depend on gonghui_schemas_training "
             "(schemas)"],
            self.breaches(("gonghui_schemas_training", "schemas", ""),
                          ("gonghui_codec", "common/codec", "gonghui_schemas_training")))

    def test_two_that_need_each_other(self):
        self.assertEqual(
            ["targets depend on each other: gonghui_a -> gonghui_b -> gonghui_a"],
            self.breaches(("gonghui_a", "common/a", "gonghui_b"), ("gonghui_b", "common/b", "gonghui_a")))

    def test_what_is_private_is_not_seen_further_on(self):
        house = check_layers.House(ROOT, [
            {"kind": "library", "name": "gonghui_a", "folder": "a", "sources": "", "depends": "", "private_depends": ""},
            {"kind": "library", "name": "gonghui_b", "folder": "b", "sources": "b.cpp", "depends": "",
             "private_depends": "gonghui_a"},
            {"kind": "library", "name": "gonghui_c", "folder": "c", "sources": "c.cpp", "depends": "gonghui_b",
             "private_depends": ""}])
        self.assertIn("gonghui_a", house.visible_to(house.targets["gonghui_b"]))
        self.assertNotIn("gonghui_a", house.visible_to(house.targets["gonghui_c"]))


if __name__ == "__main__":
    build = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
