#!/usr/bin/python3
"""`gonghui plug` and `unplug` at a running district, with the service that `gonghui new service` writes.

    plug_test.py <folder of the executables>
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from district import Supervised  # noqa: E402
from gonghui import Request  # noqa: E402

PROGRAMS = None
REFUSED, INVALID, USAGE, UNAVAILABLE, CANNOT_CREATE, CONFIG = 10, 11, 64, 69, 73, 78
PATIENCE = 20.0


class WithRegistration(Supervised):
    services = ["registration"]


class Plugging(unittest.TestCase):
    city = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.base = pathlib.Path(folder.name).resolve()
        config = cls.base / "331083.toml"
        config.write_text('district = "331083"\n[services.registration]\n')
        cls.district = WithRegistration(cls.base / "331083", PROGRAMS, ["--free-ports", "--config", str(config)])
        cls.district.start()
        cls.addClassCleanup(lambda: cls.district.stop())

    def gonghui(self, *words, code=0, language="en"):
        done = subprocess.run([*self.district.command("--lang", language), *map(str, words)], capture_output=True, text=True,
                              check=False, timeout=60)
        self.assertEqual(code, done.returncode, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def new(self, name):
        folder = self.base / f"folder of {name}"
        self.gonghui("new", "service", name, "--into", folder)
        return folder

    def services(self):
        return {one["service"]: one["partitions"] for one in self.ask("hub._status")["services"]}

    def ask(self, kind, data=None):
        with self.district.bus("ctl") as bus:
            reply = bus.ask(Request(kind, data or {}), patience=PATIENCE)
        self.assertEqual("accepted", reply.outcome, str(reply))
        return reply.data

    def found(self):
        """The city; there can be one."""
        if not Plugging.city:
            Plugging.city = uuid.uuid4()
            self.ask("registration.found_organisation",
                     {"organisation_id": Plugging.city, "kind": "city", "name": "试验市总工会"})
        return Plugging.city

    def assert_not_there(self, name):
        self.assertNotIn(name, self.gonghui("keys", "list"))
        self.assertFalse((self.district.folder / "plugged" / name).is_symlink())

    def test_it_runs_beside_the_others_and_stays_until_it_is_unplugged(self):
        before = {name: self.district.pid(name) for name in ("hub", "registration")}
        folder = self.new("notebook")
        said = self.gonghui("plug", folder)
        self.assertIn("publishes notebook, follows registration, calls -", said)
        self.assertIn(f"Its log: {self.district.folder}/log/notebook.log", said)
        pid, allowed = self.district.pid("notebook"), sorted(os.sched_getaffinity(0))
        self.assertEqual(os.SCHED_IDLE, os.sched_getscheduler(pid))
        self.assertEqual(allowed[-max(1, len(allowed) // 4):], sorted(os.sched_getaffinity(pid)), "the last quarter")
        city = self.found()
        self.ask("notebook.note", {"organisation_id": city, "text": "你好"})
        self.assertEqual(before, {name: self.district.pid(name) for name in before}, "nothing was started again")
        self.gonghui("status")
        self.gonghui("backup", "notebook")
        self.assertIn("已从", self.gonghui("plug", folder, code=USAGE, language="zh-CN"))

        self.assertEqual(0, self.district.stop())
        self.district.start()
        self.assertEqual({"notes": ["你好"]}, self.ask("notebook.notes", {"organisation_id": city}), "after a restart of `up`")

        self.gonghui("unplug", "notebook")
        self.assert_not_there("notebook")
        self.assertIsNone(self.district.pid("notebook"))
        self.assertNotIn("notebook", (self.district.folder / "district.toml").read_text())
        self.assertTrue((self.district.folder / "store/notebook-0.db").exists())
        self.assertIn("not plugged in", self.gonghui("unplug", "notebook", code=USAGE))

        self.gonghui("plug", folder)
        self.assertEqual({"notes": ["你好"]}, self.ask("notebook.notes", {"organisation_id": city}), "its store was kept")
        self.gonghui("unplug", "notebook")

    def test_its_messages_are_known_as_those_of_the_house(self):
        folder, city = self.new("diary"), self.found()
        self.gonghui("plug", folder)
        self.assertIn("diary.note", self.gonghui("schema"))
        said = self.gonghui("schema", "diary.note")
        for words in ("diary.note (command)", "organisation_id", "uuid of organisation", "unknown_organisation"):
            self.assertIn(words, said)
        self.assertIn("(event)", self.gonghui("schema", "noted"))
        data = {"organisation_id": str(city), "text": "你好"}
        for wrong, words in (({"text": "你好"}, "organisation_id: "), (data | {"text": 7}, "text: must be"),
                             (data | {"organisation_id": "x"}, "organisation_id: must be a UUID")):
            self.assertIn(words, self.gonghui("call", "diary.note", json.dumps(wrong), code=INVALID))
        self.gonghui("call", "diary.note", json.dumps(data))
        asked = json.loads(self.gonghui("call", "diary.notes", json.dumps({"organisation_id": str(city)})))
        self.assertEqual(["你好"], asked["data"]["notes"])
        refused = json.loads(self.gonghui("call", "diary.note", json.dumps(data | {"organisation_id": str(uuid.uuid4())}),
                                          code=REFUSED))
        words = json.loads((folder / "schemas/refusals.json").read_text())[refused["code"]]["en"]
        self.assertEqual(words, refused["text"])
        self.assertIn("did you mean diary.note?", self.gonghui("call", "diary.nota", "{}", code=USAGE))

        (folder / "schemas/note.v1.json").write_text('{"x-kind": "wish"}')
        (folder / "schemas/noted.v1.json").write_text("{")
        said = self.gonghui("schema", "diary.notes")
        self.assertIn("note.v1.json: x-kind: must be command, query or event, not wish", said)
        self.assertIn("noted.v1.json: is no JSON", said)
        self.gonghui("unplug", "diary")

    def test_it_may_bring_so_much_and_no_more(self):
        self.gonghui("plug", self.new("modest"))
        self.assertEqual("1000", self.rate_of("modest"))
        self.gonghui("unplug", "modest")
        self.gonghui("plug", self.base / "folder of modest", "--rate", "50")
        self.assertEqual("50", self.rate_of("modest"))
        self.gonghui("unplug", "modest")

    def rate_of(self, service):
        return next(line.split()[-1] for line in self.gonghui("keys", "list").splitlines() if f" {service}-0 " in line)

    def test_without_its_own_key_it_says_which_one_is_missing(self):
        folder = self.new("keyless")
        self.gonghui("plug", folder)
        own = self.district.folder / "keys" / "keyless.service"
        own.rename(own.with_suffix(".away"))
        subprocess.run(["kill", str(self.district.pid("keyless"))], check=True)
        log = self.district.folder / "log" / "keyless.log"
        until = time.monotonic() + PATIENCE
        while "keyless.service is missing" not in log.read_text():
            self.assertLess(time.monotonic(), until, log.read_text())
            time.sleep(0.05)
        self.assertNotIn("Traceback", log.read_text())
        own.with_suffix(".away").rename(own)
        self.gonghui("unplug", "keyless")

    def test_one_that_dies_is_started_again(self):
        self.gonghui("plug", self.new("mortal"))
        before = self.district.pid("mortal")
        subprocess.run(["kill", "-HUP", str(self.district.pid("up"))], check=True)
        self.ask("mortal.notes", {"organisation_id": uuid.uuid4()})
        time.sleep(0.5)  # `up` passes the signal on within its next step, and would see an end in the one after
        self.assertEqual(before, self.district.pid("mortal"), "a hangup means: read the grants again")
        killed = self.district.pid("mortal")
        subprocess.run(["kill", "-9", str(killed)], check=True)
        self.ask("mortal.notes", {"organisation_id": uuid.uuid4()})
        self.assertNotEqual(killed, self.district.pid("mortal"))
        self.gonghui("unplug", "mortal")

    def test_beside_one_that_was_started_by_hand_it_is_refused(self):
        folder = self.new("twice")
        self.gonghui("keys", "add", "twice", "twice-0", "--publish", "twice", "--follow", "registration")
        by_hand = subprocess.Popen([folder / "run", self.district.folder], stderr=subprocess.DEVNULL)
        self.addCleanup(by_hand.wait)
        self.addCleanup(by_hand.terminate)
        self.ask("twice.notes", {"organisation_id": uuid.uuid4()})
        self.assertIn("twice is served already by another process, with the key twice-0; end it",
                      self.gonghui("plug", folder, code=UNAVAILABLE))
        self.assertFalse((self.district.folder / "plugged/twice").is_symlink())
        by_hand.terminate()
        self.assertEqual(0, by_hand.wait())
        self.gonghui("plug", folder)
        self.gonghui("unplug", "twice")

    def test_one_that_was_started_by_hand_is_known_as_well(self):
        folder = self.new("crooked")
        service = folder / "service.py"
        service.write_text(service.read_text().replace("INSERT INTO organisations", "INSERT INTO nowhere"))
        self.found()
        self.gonghui("keys", "add", "crooked", "crooked-0", "--publish", "crooked", "--follow", "registration")
        by_hand = subprocess.Popen([folder / "run", self.district.folder], stderr=subprocess.DEVNULL)
        self.addCleanup(by_hand.wait)
        self.addCleanup(by_hand.terminate)
        until = time.monotonic() + PATIENCE
        while self.ask("crooked._status")["parked"] == 0:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)
        self.assertIn("331083/crooked/0", self.gonghui("status"))
        self.assertIn("OperationalError (service.py", self.gonghui("parked", "list"))
        self.assertIn("0 events", self.gonghui("parked", "retry", "crooked", "331083/registration/0", "1"))
        self.assertIn("did you mean crooked?", self.gonghui("parked", "list", "croked", code=USAGE))
        event = ("331083/registration/0", "1")
        for words in (("retry", "bakery", *event), ("drop", "bakery", *event, "--reason", "x")):
            self.assertIn("no such service: bakery; there are: registration, crooked", self.gonghui("parked", *words, code=USAGE))

    def test_a_follower_of_nobody_is_told_so(self):
        said = self.gonghui("keys", "add", "hasty", "--follow", "registation", "--publish", "hasty")
        self.assertIn("nobody publishes for registation so far; did you mean registration?", said)
        self.assertIn("keys revoke hasty-0", self.gonghui("keys", "add", "hasty", code=CANNOT_CREATE))
        self.assertIn("cannot publish for training", self.gonghui("keys", "add", "sly", "--publish", "training", code=USAGE))
        self.gonghui("keys", "revoke", "hasty-0")
        self.assert_not_there("hasty")

    def test_an_event_is_found_with_its_service_before_it(self):
        self.assertIn("registration/member_joined.v1 (event)", self.gonghui("schema", "registration.member_joined"))

    def test_a_folder_that_is_none_is_refused(self):
        for missing, code, words in (("rights.toml", USAGE, "has no rights.toml"), ("run", CONFIG, "cannot be executed")):
            folder = self.new(f"without-{missing.partition('.')[0]}")
            (folder / missing).unlink()
            self.assertIn(words, self.gonghui("plug", folder, code=code))
        folder = self.new("closed")
        (folder / "run").chmod(0o644)
        self.assertIn("Permission denied", self.gonghui("plug", folder, code=CONFIG))
        self.assertIn("has no rights.toml", self.gonghui("plug", self.base / "nowhere", code=USAGE))
        for name in ("without-rights", "without-run", "closed"):
            self.assert_not_there(name)

    def test_rights_beyond_what_is_named_one_by_one_are_not_given(self):
        for number, (line, code, words) in enumerate((
                ('follow = ["*"]', USAGE, "more than is granted by plugging in: *"),
                ('call = ["registration.*"]', USAGE, "registration.*"),
                ('call = ["registration.read_keys"]', USAGE, "registration.read_keys"),
                ('assert_actor = true', CONFIG, "rights.toml:2"),
                ('publish = ["training"]', CONFIG, "rights.toml:2"))):
            folder = self.new(f"greedy{number}")
            (folder / "rights.toml").write_text(f'service = "greedy{number}"\n{line}\n')
            self.assertIn(words, self.gonghui("plug", folder, code=code))
            self.assert_not_there(f"greedy{number}")

    def test_what_the_operator_granted_by_name_counts(self):
        folder = self.new("trusted")
        (folder / "rights.toml").write_text('service = "trusted"\nfollow = ["registration"]\n'
                                            'call = ["registration.read_keys"]\n')
        self.gonghui("keys", "add", "trusted", "trusted-0", "--publish", "trusted", "--follow", "registration")
        said = self.gonghui("plug", folder, code=USAGE)
        self.assertIn("trusted-0 has a key already, which may not registration.read_keys", said)
        public = said.partition("keys revoke '")[2].partition("'")[0]
        self.gonghui("keys", "revoke", public)
        self.gonghui("keys", "add", "trusted", "trusted-0", "--publish", "trusted", "--follow", "registration", "--call",
                     "registration.read_keys")
        self.gonghui("plug", folder)
        self.gonghui("unplug", "trusted")

    def test_a_name_that_is_taken_is_refused(self):
        folder = self.new("borrowed")
        for name, code, words in (("training", USAGE, "a service of the house"), ("up", CONFIG, "rights.toml:1"),
                                  ("../x", CONFIG, "rights.toml:1")):
            (folder / "rights.toml").write_text(f'service = "{name}"\n')
            self.assertIn(words, self.gonghui("plug", folder, code=code))
        self.gonghui("keys", "add", "reports", "reader", "--follow", "registration")
        (folder / "rights.toml").write_text('service = "reports"\n')
        self.assertIn("The name reports is taken: reader.key", self.gonghui("plug", folder, code=USAGE))

    def test_one_that_does_not_start_is_told_at_once_and_stops_nobody(self):
        folder = self.new("broken")
        (folder / "service.py").write_text("import nothing_of_this_name\n")
        begin = time.monotonic()
        said = self.gonghui("plug", folder, code=UNAVAILABLE)
        self.assertIn("broken has ended: ModuleNotFoundError: No module named 'nothing_of_this_name'", said)
        self.assertIn("log/broken.log", said)
        self.assertLess(time.monotonic() - begin, PATIENCE)
        self.assertIn("nothing_of_this_name", (self.district.folder / "log/broken.log").read_text())
        odd = '\n'.join(['{"level": 3}', '{"level": "error", "error": 4}', '[1]', '{"level": "error", "reason": "no \\"door\\""}'])
        (folder / "service.py").write_text(f"import sys\nsys.exit({odd!r})\n")
        self.gonghui("unplug", "broken")
        self.assertIn('broken has ended: no "door"', self.gonghui("plug", folder, code=UNAVAILABLE))
        (folder / "run").rename(folder / "away")  # it is not even a program any more
        self.assertEqual(0, self.district.stop())
        self.district.start()
        self.assertIn("broken does not start", self.district.output.read_text())
        self.gonghui("unplug", "broken")
        self.assert_not_there("broken")


class WithoutADistrict(unittest.TestCase):
    def gonghui(self, *words):
        return subprocess.run([PROGRAMS / "gonghui", "--lang", "en", "--district-folder", self.folder / "331083", *words],
                              capture_output=True, text=True, check=False, timeout=60)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.assertEqual(0, self.gonghui("new", "service", "early", "--into", self.folder / "early").returncode)

    def test_there_is_nothing_to_plug_into(self):
        done = self.gonghui("plug", self.folder / "early")
        self.assertEqual((UNAVAILABLE, True), (done.returncode, "There is no district" in done.stderr), done.stderr)
        self.assertEqual(0, self.gonghui("up", "--write-config", "--free-ports").returncode)
        done = self.gonghui("plug", self.folder / "early")
        self.assertEqual((UNAVAILABLE, True), (done.returncode, "No `gonghui up` runs" in done.stderr), done.stderr)
        self.assertFalse((self.folder / "331083/keys/early-0.key").exists())

    def test_a_service_of_the_district_file_gets_its_rights_from_the_operator_alone(self):
        config = self.folder / "mine.toml"
        config.write_text(f'[services.registration]\n[services.early]\nprogram = "{self.folder}/early/run"\n')
        done = self.gonghui("keys", "init", "--district", config)
        self.assertIn("gonghui keys add early early-0 --publish early", done.stdout)
        self.assertFalse((self.folder / "331083/keys/early-0.key").exists())
        done = self.gonghui("up", "--config", config, "--write-config")
        self.assertEqual((CONFIG, True), (done.returncode, "keys add early early-0" in done.stderr), done.stderr)
        done = self.gonghui("keys", "add", "early", "early-0", "--publish", "early", "--follow", "registration")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(0, self.gonghui("up", "--config", config, "--write-config").returncode)


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
