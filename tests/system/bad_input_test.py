#!/usr/bin/python3
"""A running district, given what it must not take. Each gets one clear message and a non-zero exit, a refusal or a parked
event; and after each, the same processes answer as before.

    bad_input_test.py <folder of the executables>
"""

import contextlib
import hashlib
import json
import os
import pathlib
import pwd
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

import msgpack
import zmq
import zmq.utils.monitor

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui import Bus, KeyPair, Request  # noqa: E402
from gonghui.wire import encrypted, pack, unpack  # noqa: E402
from district import PROGRAMS as RUNNING, SERVICES, ByHand  # noqa: E402

PROGRAMS = None
DATA, UNAVAILABLE, CANNOT_CREATE, NO_PERMISSION, CONFIG = 65, 69, 73, 77, 78
INVALID = 11
CITY = uuid.uuid4()


def district_union(place):
    return Request("registration.found_organisation", {"organisation_id": place, "parent_id": CITY, "kind": "district",
                                                       "name": "试验区总工会"}, key=place)


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.base = pathlib.Path(folder.name)
        cls.district = ByHand(cls.base / "331083", PROGRAMS, ["--free-ports"])
        cls.district.start()
        cls.addClassCleanup(cls.district.stop)
        cls.operator = cls.district.bus("ctl")
        cls.addClassCleanup(cls.operator.close)
        reply = cls.operator.ask(Request("registration.found_organisation",
                                         {"organisation_id": CITY, "kind": "city", "name": "试验市总工会"}, key=CITY))
        assert reply.outcome == "accepted", reply

    def setUp(self):
        self.before = {program: self.district.pid(program) for program in RUNNING}

    def tearDown(self):
        """Nothing else has stopped, and a command still goes all the way."""
        self.assertEqual(self.before, {program: self.district.pid(program) for program in RUNNING})
        self.district._require_alive()
        place = uuid.uuid4()
        founded = self.operator.ask(district_union(place))
        self.assertEqual("accepted", founded.outcome, str(founded))
        for service in ("training", "matchmaking", "notifications"):
            self.district.status([service])
        self.assertEqual("accepted", self.plan_campaign(place, founded.at).outcome)

    def plan_campaign(self, place, after):
        """At training, who must have followed registration until there."""
        campaign = uuid.uuid4()
        return self.operator.ask(Request("training.plan_campaign", {
            "campaign_id": campaign, "organisation_id": place, "name_zh": "夜校", "name_en": "Evening school",
            "opens_at": 0, "closes_at": 4_000_000_000_000_000}, key=campaign, after=after))

    # --- what is run, and what it says ---

    def run_program(self, *command, **options):
        """Its exit code and what it said. Only errors are logged, so that one message is one line."""
        environment = os.environ | {"GONGHUI_LOG_LEVEL": "error", "GONGHUI_LANG": "en"}
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=environment, timeout=30,
                              **options)
        self.assertEqual("", done.stdout)
        return done.returncode, done.stderr.splitlines()

    def assert_ends(self, code, saying, *command, **options):
        ended, said = self.run_program(*command, **options)
        self.assertEqual((code, 1), (ended, len(said)), said)
        record = json.loads(said[0])["error"] if said[0].startswith("{") else said[0]
        for words in saying:
            self.assertIn(words, record)

    def gonghui(self, *words, folder=None):
        return [PROGRAMS / "gonghui", "--district-folder", folder or self.district.folder, *words]

    def config_of(self, program, *lines):
        """The configuration that this program runs with, other ports and further lines; a later line wins nothing."""
        config = (self.district.folder / "config" / f"{program}.toml").read_text()
        names = {line.split(" =")[0] for line in lines} | {"http.listen"}
        kept = [line for line in config.splitlines() if line.split(" =")[0] not in names]
        file = self.base / f"{program}-{uuid.uuid4()}.toml"
        file.write_text("\n".join(kept + ['http.listen = "off"', *lines]) + "\n")
        return file

    # --- configuration, machine, stores ---

    def test_a_configuration_with_an_unknown_key(self):
        file = self.config_of("training", 'store.foldr = "x"')
        line = len(file.read_text().splitlines())
        self.assert_ends(CONFIG, [f'{file}:{line}: unknown key "store.foldr"; did you mean "store.folder"?'],
                         PROGRAMS / "gonghui-training", "--config", file)
        mine = self.base / "mine.toml"
        mine.write_text('district = "331083"\n[services.training]\npartitoins = 2\n')
        self.assert_ends(CONFIG, [f"{mine}:3: ", 'did you mean "services.training.partitions"?'],
                         *self.gonghui("up", "--config", mine))

    def test_a_port_that_is_in_use(self):
        self.assert_ends(UNAVAILABLE, [self.endpoint("publish").removeprefix("tcp://"), "in use"],
                         PROGRAMS / "gonghui-hub", "--config", self.config_of("hub"))

    def endpoint(self, name):
        config = (self.district.folder / "config" / "hub.toml").read_text()
        return next(line.split('"')[1] for line in config.splitlines() if line.startswith(f"bind.{name} "))

    def test_a_store_of_a_newer_version(self):
        folder = self.base / "newer"
        folder.mkdir()
        with sqlite3.connect(next((self.district.folder / "store").glob("matchmaking-0.db"))) as source:
            copy = sqlite3.connect(folder / "matchmaking-0.db")
            source.backup(copy)
        copy.execute("UPDATE schema_versions SET version = 99 WHERE component = 'matchmaking'")
        copy.commit()
        copy.close()
        content = (folder / "matchmaking-0.db").read_bytes()
        file = self.config_of("matchmaking", f'store.folder = "{folder}"')
        self.assert_ends(DATA, ['"matchmaking" is of version 99', "install the newer program"],
                         PROGRAMS / "gonghui-matchmaking", "--config", file)
        self.assertEqual(content, (folder / "matchmaking-0.db").read_bytes(), "it was left as it was")

    def test_a_folder_that_cannot_be_written(self):
        """Whoever is root may write everywhere; so the program runs as somebody else, with copies of what it needs."""
        home = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, home)
        (home / "store").mkdir()
        program = pathlib.Path(shutil.copy(PROGRAMS / "gonghui-training", home))
        program.chmod(0o755)
        keys = {name: shutil.copy(self.district.folder / "keys" / file, home)
                for name, file in (("keys.identity", "training-0.key"), ("keys.service", "training.service"))}
        file = shutil.copy(self.config_of("training", f'store.folder = "{home / "store"}"',
                                          *(f'{name} = "{path}"' for name, path in keys.items())), home)
        somebody = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            somebody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            for path in (*keys.values(), file):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        for folder in (home, home / "store"):
            folder.chmod(0o555)
        self.addCleanup(home.chmod, 0o755)
        self.assert_ends(CANNOT_CREATE, [str(home / "store")], program, "--config", file, **somebody)

    def test_a_folder_below_a_file(self):
        (self.base / "a-file").write_text("not a folder")
        file = self.config_of("training", f'store.folder = "{self.base}/a-file/store"')
        self.assert_ends(CANNOT_CREATE, [f"{self.base}/a-file/store"], PROGRAMS / "gonghui-training", "--config", file)

    def test_a_store_of_another_service(self):
        folder = self.base / "mixed-up"
        folder.mkdir()
        with contextlib.closing(sqlite3.connect(self.district.folder / "store/matchmaking-0.db")) as store, \
                contextlib.closing(sqlite3.connect(folder / "training-0.db")) as copy:
            store.backup(copy)
        file = self.config_of("training", f'store.folder = "{folder}"')
        self.assert_ends(DATA, [f"{folder}/training-0.db is the store of 331083/matchmaking/0", "331083/training/0"],
                         PROGRAMS / "gonghui-training", "--config", file)

    # --- what people send ---

    def test_an_import_that_nobody_answers(self):
        roster = self.base / "one.csv"
        roster.write_text("姓名,证件号码,手机号码,电子邮箱,工会代码\n张安,110105194912310020,13900000000,,81331083M00000169Y\n")
        registration = self.district.pid("registration")
        os.kill(registration, signal.SIGSTOP)
        try:
            self.assert_ends(UNAVAILABLE, ["registration.import_roster: nobody answers"],
                             *self.gonghui("import", roster, "--timeout", "2"))
        finally:
            os.kill(registration, signal.SIGCONT)
        self.district.wait_until_ready()

    def test_an_import_of_a_pdf(self):
        file = self.base / "roster.csv"
        file.write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n")
        self.assert_ends(DATA, [f"gonghui: {file}: This is a PDF, not a roster; export CSV"], *self.gonghui("import", file))

    def test_an_import_that_could_not_tell_who_is_not_in(self):
        roster, file = self.base / "good.csv", self.base / "a-file"
        roster.write_text("姓名,证件号码,手机号码,电子邮箱,工会代码\n")
        file.write_text("not a folder")
        self.assert_ends(CANNOT_CREATE, [f"{file}/bad.csv"],
                         *self.gonghui("import", roster, "--errors", f"{file}/bad.csv"))

    def test_a_command_with_a_missing_field(self):
        self.assert_ends(INVALID, ["person_id: is missing"], *self.gonghui(
            "call", "registration.grant_role", json.dumps({"role": "officer", "place_id": str(CITY)})))
        reply = self.operator.ask(Request("registration.grant_role", {"role": "officer", "place_id": CITY}))
        self.assertEqual(("invalid", "invalid_fields", [{"path": "person_id", "code": "missing"}]),
                         (reply.outcome, reply.code, reply.errors))

    # --- what peers send ---

    def test_an_undecodable_frame_of_a_peer_that_may_ask(self):
        malformed = self.malformed("ctl")
        self.operator._socket.send(b"\xc1 this is no frame")
        (reply,) = self.operator.receive(5.0)
        self.assertEqual(("invalid", "undecodable", uuid.UUID(int=0)), (reply.outcome, reply.code, reply.id))
        self.assertEqual([], self.operator.receive(0))
        self.assertEqual(malformed + 1, self.malformed("ctl"))

    def test_an_undecodable_frame_of_a_peer_that_may_publish(self):
        malformed = self.malformed("training")
        key = KeyPair.load(self.district.folder / "keys" / "training-0.key")
        socket = encrypted(zmq.Context.instance(), zmq.XPUB, self.district.hub(), key)
        self.addCleanup(socket.close)
        socket.connect(self.endpoint("publish"))
        self.assertEqual(b"\x01", socket.recv())  # the hub listens
        socket.send_multipart([b"331083.training.", b"\xc1 this is no frame"])
        for _ in range(100):  # each question takes a turn of the hub
            if self.malformed("training") == malformed + 1:
                return
        self.fail("the hub has not counted it")

    def malformed(self, service):
        peers = self.operator.ask(Request("hub._status", {})).data["peers"]
        return next(peer["malformed"] for peer in peers if peer["service"] == service)

    def test_a_request_that_is_nested_too_deep(self):
        data = {}
        for _ in range(40):
            data = {"in": data}
        request = Request("registration.counts", data)
        reply = self.operator.ask(request)
        self.assertEqual(("invalid", "invalid_request", request.id), (reply.outcome, reply.code, reply.id))

    def test_an_event_of_a_future_version(self):
        """In registration's log, as a newer registration writes it that runs beside older followers."""
        place = uuid.uuid4()
        self.district.stop_program("registration")
        seq = self.append_event_of_the_future(place)
        self.district.start_program("registration")
        self.before["registration"] = self.district.pid("registration")
        founded = self.operator.ask(district_union(uuid.uuid4()))
        self.assertEqual(seq + 1, founded.at["seq"])
        self.district.wait_until_level()

        parked = self.parked()
        self.assertEqual(["gateway/0", "matchmaking/0", "notifications/0", "training/0"], sorted(row[0] for row in parked))
        for row in parked:
            self.assertEqual(["331083/registration/0", str(seq), "registration/organisation_founded.v9", str(place),
                              "version"], row[1:6])
        # What belongs to it waits for it, and is told so; everything else flows (tearDown asks training again).
        self.assertEqual("refused", self.plan_campaign(place, founded.at).outcome)
        for service in ("gateway", "matchmaking", "notifications", "training"):
            done = subprocess.run(self.gonghui("parked", "drop", service, "331083/registration/0", str(seq), "--reason",
                                               "made by a test"), capture_output=True, text=True)
            self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual([], self.parked())

    def append_event_of_the_future(self, place):
        database = sqlite3.connect(self.district.folder / "store" / "registration-0.db")
        head, chain, last = database.execute("SELECT seq, chain, bytes FROM log ORDER BY seq DESC LIMIT 1").fetchone()
        event = unpack(last) | {"id": uuid.uuid4().bytes, "seq": head + 1, "subject": str(place),
                                "dataschema": "registration/organisation_founded.v9",
                                "data": {"organisation_id": place, "shape": "that nobody knows yet"}}
        encoded = pack(event)
        database.execute("INSERT INTO log (seq, time, chain, bytes) VALUES (?, ?, ?, ?)",
                         (head + 1, event["time"], hashlib.blake2b(chain + encoded, digest_size=32).digest(), encoded))
        database.commit()
        database.close()
        return head + 1

    def parked(self):
        """The rows of `gonghui parked list`."""
        done = subprocess.run(self.gonghui("--lang", "en", "parked", "list"), capture_output=True, text=True)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return [line.split() for line in done.stdout.splitlines() if "331083/" in line]

    # --- who is not let in ---

    def test_a_client_without_a_key(self):
        folder = self.operator_without_key()
        self.assert_ends(NO_PERMISSION, [str(folder / "keys" / "ctl.key")], *self.gonghui("status", folder=folder))
        socket = zmq.Context.instance().socket(zmq.DEALER)
        # The hub closes what does not begin in CURVE; whether the client has read its greeting by then is chance.
        self.assertIn(self.refusal_of(socket),
                      (zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL))

    def test_a_client_with_an_unknown_key(self):
        folder, stranger = self.operator_without_key(), KeyPair.make()
        file = folder / "keys" / "ctl.key"
        file.touch(mode=0o600)
        file.write_text(f'public = "{stranger.public}"\nsecret = "{stranger.secret}"\n')
        self.assert_ends(NO_PERMISSION, ["The hub does not know the key", str(file)], *self.gonghui("status", folder=folder))
        socket = encrypted(zmq.Context.instance(), zmq.DEALER, self.district.hub(), stranger)
        self.assertEqual(zmq.EVENT_HANDSHAKE_FAILED_AUTH, self.refusal_of(socket))

    def operator_without_key(self):
        """A folder that knows where the district is."""
        folder = self.base / str(uuid.uuid4())
        (folder / "keys").mkdir(parents=True)
        shutil.copy(self.district.folder / "district.toml", folder)
        return folder

    def refusal_of(self, socket):
        """How the hub ends the handshake of this client, which never gets to send anything."""
        self.addCleanup(socket.close, linger=0)
        socket.immediate = 1
        monitor = socket.get_monitor_socket()
        self.addCleanup(monitor.close)
        socket.connect(self.district.hub().request)
        failed = (zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL,
                  zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        until = time.monotonic() + 10
        while time.monotonic() < until and monitor.poll(10_000):
            event = zmq.utils.monitor.recv_monitor_message(monitor)["event"]
            self.assertNotEqual(zmq.EVENT_HANDSHAKE_SUCCEEDED, event)
            if event in failed:
                self.assertFalse(socket.poll(0, zmq.POLLOUT))
                socket.disable_monitor()
                return event
        self.fail("the hub has not refused it")


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
