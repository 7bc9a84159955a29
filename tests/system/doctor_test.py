#!/usr/bin/python3
"""`gonghui doctor` in a real district to which one thing after the other happens: it says what, and what to do.

What cannot be brought about here (a full disk, clocks apart, a wire version, a follower that hangs, parked events) is
services/ctl/domain/doctor_test.cpp's.

    doctor_test.py <folder of the executables>
"""

import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season"), str(HERE)]

import small_town  # noqa: E402
from district import SERVICES  # noqa: E402

DAMAGED = 65


class Doctor(small_town.SmallTown):
    def gonghui(self, *words):
        return subprocess.run([small_town.PROGRAMS / "gonghui", "--lang", self.language, "--folder", self.district.folder,
                               *words], capture_output=True, text=True, timeout=60)

    language = "en"

    def doctor(self):
        done = self.gonghui("doctor")
        self.assertEqual("", done.stderr)
        self.assertIn(done.returncode, (0, 1), done.stdout)
        return done.returncode, done.stdout

    def assert_finds(self, what, remedy):
        code, said = self.doctor()
        self.assertEqual(1, code, said)
        self.assertRegex(said, what)
        self.assertRegex(said, remedy)

    def assert_sound(self):
        self.assertEqual((0, "Nothing is wrong.\n"), self.doctor())

    def setUp(self):
        self.pages = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.pages / "portal").mkdir()
        (self.pages / "portal" / "index.html").write_text("<!doctype html>")
        self.CONFIG = "".join(f"[services.{service}]\n" for service in SERVICES) + (
            f"listen = '127.0.0.1:0'\nsettings = 'edge.web = \"{self.pages}\"'\n")
        super().setUp()
        self.folder = self.district.folder
        self.assert_finds("There is no backup of 331083/registration/0", "gonghui backup registration")
        self.assertEqual(0, self.gonghui("backup").returncode)
        self.assert_sound()

    def test_it_speaks_chinese(self):
        self.language = "zh-CN"
        self.assertEqual((0, "未发现问题\n"), self.doctor())

    def test_keys_that_others_may_read_and_keys_without_a_grant(self):
        key = self.folder / "keys" / "training.service"
        key.chmod(0o644)
        self.assert_finds(f"Others may read the key {key}", f"chmod 600 {key}")
        key.chmod(0o600)
        public = re.search('public = "(.*)"', (self.folder / "keys" / "training-0.key").read_text())[1]
        kept = (self.folder / "keys" / "training-0.key").read_bytes()
        self.gonghui("keys", "revoke", public)
        (self.folder / "keys" / "training-0.key").write_bytes(kept)  # as a program goes on to use it
        (self.folder / "keys" / "training-0.key").chmod(0o600)
        self.assert_finds("training-0.key was revoked", "keys init")

    def test_a_service_that_is_gone_and_its_pid_file(self):
        pid = self.district.pid("training")
        (self.folder / "run" / "training.pid").write_text(f"{pid}\n")
        self.assert_sound()
        self.district.stop_program("training")
        self.assert_finds("331083/training/0 does not answer", "training.log says why")
        self.assert_finds("training.pid names a process that does not run", "Remove the file")

    def test_a_hub_that_is_gone_and_its_port_taken(self):
        self.district.stop_program("hub")
        self.assert_finds("cannot be reached", "Start the hub")
        self.assertNotIn("is in use", self.doctor()[1])
        plan = tomllib.loads((self.folder / "district.toml").read_text())
        port = int(plan["hub"]["request"].rsplit(":", 1)[1])
        with socket.create_server(("127.0.0.1", port)):
            self.assert_finds(f"The hub does not answer, and yet .*:{port} is in use", "ss -ltnp")
        self.district.start_program("hub")

    def test_a_gateway_without_pages_and_one_that_browsers_wait_for(self):
        shutil.rmtree(self.pages / "portal")
        self.district.stop_program("gateway")
        self.district.start_program("gateway")
        self.district.wait_until_ready()
        self.assert_finds("http://127.0.0.1:[0-9]+ has the API alone", "Install the package gonghui-gateway")
        # Somebody listens there and says nothing.
        plan = self.folder / "district.toml"
        listen = tomllib.loads(plan.read_text())["services"]["gateway"]["listen"]
        with socket.create_server(("127.0.0.1", 0)) as mute:
            plan.write_text(plan.read_text().replace(listen, "127.0.0.1:%d" % mute.getsockname()[1]))
            self.assert_finds("answers on the bus, and no browser", "Restart it")

    def test_a_damaged_log(self):
        self.district.stop_program("registration")
        store = sqlite3.connect(self.folder / "store" / "registration-0.db")
        store.execute("UPDATE log SET bytes = zeroblob(length(bytes)) WHERE seq = 1")
        store.commit()
        store.close()
        self.district.start_program("registration")
        self.assertEqual(DAMAGED, self.district._running.pop("registration").wait(30))
        self.assert_finds("The log of .*registration-0.db is damaged", "gonghui restore")

    def test_a_program_that_was_replaced_and_not_restarted(self):
        """As after an upgrade: the file says another version than the process."""
        elsewhere = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for program in small_town.PROGRAMS.glob("gonghui*"):
            if program.is_file():
                shutil.copy(program, elsewhere)
        newer = elsewhere / "gonghui-training"
        newer.write_text("#!/bin/sh\necho gonghui-training 9.8.7\n")
        done = subprocess.run([elsewhere / "gonghui", "--lang", "en", "--folder", self.folder, "doctor"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(1, done.returncode)
        self.assertRegex(done.stdout, "training runs .*; 9.8.7 is installed")


if __name__ == "__main__":
    small_town.PROGRAMS = pathlib.Path(sys.argv.pop(1))
    unittest.main()
