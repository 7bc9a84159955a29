#!/usr/bin/python3
"""What systemd itself says of the units: nothing that it would complain about, and how far each is exposed."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

UNITS = PROGRAMS = None
DISTRICT = "331083"
MOST_EXPOSED = 2.5  # of 10, as `systemd-analyze security` counts
HOST_UNITS = pathlib.Path("/lib/systemd/system")
OTHERS = ["bin/kill", "usr/bin/install", "usr/bin/systemd-sysusers"]
PLUG_INS = ["usr/share/gonghui/stations/run", "usr/lib/gonghui/pledges/run"]


class Units(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A tree in which the units find what they start."""
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.scratch.name)
        folder = cls.root / "usr/lib/systemd/system"
        shutil.copytree(HOST_UNITS, folder, symlinks=True)
        shutil.copytree(UNITS, folder, dirs_exist_ok=True)
        for file in OTHERS:
            (cls.root / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy("/" + file, cls.root / file)
        for program in [*(f"usr/bin/{one.name}" for one in PROGRAMS.glob("gonghui*")), *PLUG_INS]:
            (cls.root / program).parent.mkdir(parents=True, exist_ok=True)
            (cls.root / program).symlink_to("/usr/bin/install")  # an executable, whichever
        cls.units = sorted(unit.name for unit in UNITS.iterdir() if unit.is_file())

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *arguments, f"--root={self.root}"], capture_output=True, text=True,
                              env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})

    def test_there_is_one_for_each_program(self):
        programs = {unit.split("@")[0] for unit in self.units}
        self.assertEqual({"gonghui", "gonghui-prepare", "gonghui-backup", "gonghui-hub", "gonghui-registration", "gonghui-training",
                          "gonghui-matchmaking", "gonghui-notifications", "gonghui-gateway", "gonghui-stations",
                          "gonghui-pledges"}, programs)

    def test_systemd_has_nothing_to_complain_about(self):
        for unit in self.units:
            with self.subTest(unit):
                done = self.analyze("verify", "--man=no", unit.replace("@", f"@{DISTRICT}"))
                self.assertEqual(("", 0), (done.stderr, done.returncode))

    def test_a_mistake_is_complained_about(self):
        wrong = self.root / "usr/lib/systemd/system/wrong@.service"
        wrong.write_text((UNITS / "gonghui-hub@.service").read_text().replace("Type=notify", "Type=notyfi"))
        self.assertNotEqual("", self.analyze("verify", "--man=no", f"wrong@{DISTRICT}.service").stderr)

    def test_none_is_much_exposed(self):
        for unit in self.units:
            if not unit.endswith(".service"):
                continue
            with self.subTest(unit):
                done = self.analyze("security", "--offline=true", "--no-pager", unit)
                found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
                self.assertIsNotNone(found, done.stdout + done.stderr)
                print(f"{unit}: {found[1]}")
                self.assertLessEqual(float(found[1]), MOST_EXPOSED)


if __name__ == "__main__":
    UNITS, PROGRAMS = map(pathlib.Path, sys.argv[1:3])
    unittest.main(argv=sys.argv[:1])
