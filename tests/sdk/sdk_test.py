#!/usr/bin/python3
"""The SDKs at a real hub with real services: the plug-in `popular` in one language, which follows registration, and
`fans` in another, which follows `popular`.

    sdk_test.py <folder of the executables> <language of popular> <language of fans>
"""

import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

import zmq

HERE = pathlib.Path(__file__).resolve().parent
SDK = HERE.parents[1] / "common/sdk"
sys.path[:0] = [str(SDK / "python"), str(HERE.parent / "season")]

from district import ByHand, Supervised  # noqa: E402
from gonghui import Bus, KeyPair, Request, Unanswered  # noqa: E402
from gonghui.schemas import registration, training  # noqa: E402
from gonghui.wire import encrypted, now, pack, unpack  # noqa: E402

PROGRAMS, LANGUAGE, OTHER = None, "python", "python"
CITY = uuid.UUID(int=7)
PATIENCE = 20.0
DAY = datetime.timedelta(days=1)
SEES_THE_SDK = os.environ | {"PYTHONPATH": str(SDK / "python")}
PLUGINS = ("popular", "fans")
ENDING = {"python": "py", "node": "mjs", "cpp": "cpp"}


def program(name, language):
    return PROGRAMS / f"sdk_{name}" if language == "cpp" else HERE / language / f"{name}.{ENDING[language]}"


def source_of_example(name):
    return SDK / LANGUAGE / "example" / f"{name}.{ENDING[LANGUAGE]}"


def example(name):
    return PROGRAMS / f"sdk_example_{name}" if LANGUAGE == "cpp" else source_of_example(name)


def grant(district, popular=("--follow", "registration")):
    """Before anything starts; the hub need not be told."""
    subprocess.run(district.command("keys", "init"), check=True, stdout=subprocess.DEVNULL)
    for name, more in (("popular", popular), ("fans", ("--follow", "popular"))):
        subprocess.run(district.command("keys", "add", name, f"{name}-0", "--publish", name, *more), check=True,
                       stdout=subprocess.DEVNULL)


def district_of(kind, path, *lines):
    """With registration alone beside what `lines` of its file say."""
    config = path.with_suffix(".toml")
    config.write_text("\n".join([f'district = "{path.name}"', "[services.registration]", *lines]))
    return kind(path, PROGRAMS, ["--free-ports", "--config", str(config)])


class WithPlugIns(ByHand):
    """The plug-ins beside it, as a developer starts them by hand."""

    languages = {}
    services = ["registration"]

    def start_plugin(self, name, **environment):
        with open(self.folder / "log" / f"{name}.log", "ab") as output:
            self._running[name] = subprocess.Popen([program(name, self.languages[name]), str(self.folder)], stdout=output,
                                                   stderr=output, start_new_session=True, env=os.environ | environment)

    def start_example(self):
        with open(self.folder / "log" / "popular.log", "ab") as output:
            self._running["popular"] = subprocess.Popen([example("popular"), self.folder], stdout=output, stderr=output,
                                                        env=SEES_THE_SDK)

    def start_as_a_unit(self, name, told_at):
        """With keys that systemd has handed over, and with a watchdog."""
        folder = told_at.parent
        for key, file in (("identity", f"{name}-0.key"), ("service", f"{name}.service")):
            shutil.move(self.folder / "keys" / file, folder / key)
        like = (self.folder / "config" / "registration.toml").read_text().replace("registration", name)
        config = folder / f"{name}.toml"
        config.write_text(re.sub(r'(http\.listen = ).*', r'\1"off"', like))
        environment = {"GONGHUI_KEYS_IDENTITY": str(folder / "identity"), "GONGHUI_KEYS_SERVICE": str(folder / "service"),
                       "NOTIFY_SOCKET": str(told_at), "WATCHDOG_USEC": "2000000"}
        with open(self.folder / "log" / f"{name}.log", "ab") as output:
            self._running[name] = subprocess.Popen([program(name, self.languages[name]), "--config", config], stdout=output,
                                                   stderr=output, env=os.environ | environment)

    def said(self, name):
        return (self.folder / "log" / f"{name}.log").read_text()

    def _end(self):
        codes = [self.stop_program(name) for name in PLUGINS if name in self._running]
        return max([*codes, super()._end()])


class InADistrict(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.district = district_of(WithPlugIns, pathlib.Path(folder.name) / "331083")
        self.district.languages = {"popular": LANGUAGE, "fans": OTHER}
        grant(self.district)
        self.district.start()
        self.addCleanup(lambda: self.assertEqual(0, self.district.stop()))
        self.operator = self.district.bus("ctl")
        self.addCleanup(self.operator.close)
        self.founded = 0
        self.found(CITY, kind="city", parent=None)

    # --- what happens in the district ---

    def found(self, organisation=None, kind="district", parent=CITY, name="试验工会"):
        organisation = organisation or uuid.uuid4()
        data = {"organisation_id": organisation, "kind": kind, "name": name} | ({"parent_id": parent} if parent else {})
        reply = self.operator.ask(Request("registration.found_organisation", data, key=organisation))
        self.assertEqual("accepted", reply.outcome, str(reply))
        self.founded += 1
        return organisation, reply.at

    def vote(self, organisation, stars=5, **more):
        return self.operator.ask(Request("popular.vote", {"organisation_id": organisation, "stars": stars}, **more))

    def status(self, name="popular"):
        return self.operator.ask(Request(f"{name}._status", {}, partition=0), patience=PATIENCE).data

    def known(self, **more):
        return self.operator.ask(Request("popular.known", {}, **more)).data

    def heard(self):
        return self.operator.ask(Request("fans.heard", {})).data

    def until(self, look, wanted):
        until = time.monotonic() + PATIENCE
        while (found := look()) != wanted:
            self.assertLess(time.monotonic(), until, f"{found} is not {wanted}; {self.district.said('popular')}")
            time.sleep(0.05)

    def gonghui(self, *arguments):
        subprocess.run(self.district.command(*arguments), check=True, stdout=subprocess.DEVNULL, timeout=60)

    def log_of(self, name):
        return [unpack(record) for (record,) in self.district.rows(name, "SELECT bytes FROM log ORDER BY seq")]

    def votes_in_the_log(self):
        return sum(event["type"] == "voted" for event in self.log_of("popular"))

    def start(self, *names, **environment):
        for name in names or PLUGINS:
            self.district.start_plugin(name, **environment)
            self.status(name)


class Following(InADistrict):
    def test_it_follows_and_its_own_log_is_followed(self):
        self.start()
        organisation, at = self.found()
        self.assertEqual({"organisations": 2, "votes": 0}, self.known(after=at))
        for number in range(1, 4):
            reply = self.vote(organisation, stars=number)
            self.assertEqual(("accepted", {"votes": number}), (reply.outcome, reply.data))
        self.until(self.heard, {"votes": 3, "stars": 6})
        self.assertEqual(["welcomed", "welcomed", "voted", "voted", "voted"],
                         [event["type"] for event in self.log_of("popular")])
        self.assertEqual(0, self.status()["parked"])
        subprocess.run(self.district.command("verify", "--file", self.district.folder / "store/popular-0.db"),
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def test_it_runs_as_a_unit_of_systemd(self):
        told_at = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
            supervisor.bind(str(told_at))
            supervisor.settimeout(PATIENCE)
            self.district.start_as_a_unit("popular", told_at)
            self.until(lambda: self.known()["organisations"], 1)
            if LANGUAGE == "node":  # it has no sockets of this kind
                return
            heard = set()
            while not heard >= {"READY=1", "WATCHDOG=1"}:
                heard |= set(supervisor.recv(1024).decode().split())

    def test_what_follows_is_of_the_same_trace(self):
        self.start("popular")
        traces = [f"00-{'ab' * 15}{number:02x}-00f067aa0ba902b7-01" for number in range(1, 3)]
        organisation = uuid.uuid4()
        data = {"organisation_id": organisation, "kind": "district", "name": "试验工会", "parent_id": CITY}
        reply = self.operator.ask(Request("registration.found_organisation", data, key=organisation, traceparent=traces[0]))
        self.vote(organisation, after=reply.at, traceparent=traces[1])
        for none in ("00-ab-cd-01", traces[0].upper(), "a" * 100_000):
            self.assertEqual("accepted", self.vote(organisation, traceparent=none).outcome)
        self.assertEqual([None, *traces, None, None, None], [event.get("traceparent") for event in self.log_of("popular")])

    def test_what_it_does_not_know_is_passed_over(self):
        self.start("popular")
        organisation, _ = self.found()
        reply = self.operator.ask(registration.GrantRole(person_id=uuid.uuid4(), role="district", place_id=organisation))
        self.assertEqual("accepted", reply.outcome, str(reply))
        self.assertEqual(2, self.known(after=reply.at)["organisations"])
        status = self.status()
        self.assertEqual((1, 0, reply.at["seq"]),
                         (status["counters"]["skipped"], status["parked"], status["follows"][0]["cursor"]))

    def test_what_the_bus_has_lost_is_read_from_the_log(self):
        self.start()
        self.until(lambda: self.known()["organisations"], 1)
        self.district.freeze_program("popular")
        self.district.kill_program("hub")  # with it goes who follows what
        self.district.start_program("hub")
        for _ in range(20):
            self.found()
        self.district.thaw_program("popular")
        self.until(lambda: self.known()["organisations"], self.founded)
        self.assertGreaterEqual(self.status()["counters"]["applied_from_pages"], 20)

    def test_what_comes_twice_is_applied_once(self):
        self.start("popular")
        for _ in range(5):
            self.found()
        self.until(lambda: self.known()["organisations"], self.founded)
        key = KeyPair.load(self.district.folder / "keys/registration-0.key")
        again = encrypted(zmq.Context.instance(), zmq.XPUB, self.district.hub(), key)
        self.addCleanup(again.close, 0)
        again.connect(self.district.hub().publish)
        self.assertEqual(b"\x01", again.recv())  # the hub listens
        for (record,) in self.district.rows("registration", "SELECT bytes FROM log ORDER BY seq"):
            again.send_multipart([b"331083.registration.",
                                  pack(["event", "331083.registration.organisation_founded", record])])
        self.until(lambda: self.status()["counters"]["duplicates"] >= self.founded, True)
        self.assertEqual(self.founded, self.known()["organisations"])
        self.assertEqual(self.founded, len(self.log_of("popular")))

    def test_it_goes_on_where_it_was(self):
        self.start()
        organisation, at = self.found()
        self.known(after=at)
        self.vote(organisation)
        self.assertEqual(0, self.district.stop_program("popular"))
        self.found()
        self.start("popular")
        self.until(self.known, {"organisations": 3, "votes": 1})
        self.district.kill_program("hub")
        self.district.start_program("hub")
        organisation, at = self.found()
        self.assertEqual(4, self.known(after=at)["organisations"])
        self.vote(organisation)
        self.until(self.heard, {"votes": 2, "stars": 10})
        self.assertEqual(2, self.status()["claim"])

    def test_a_restored_source_is_built_again(self):
        self.start()
        kept, at = self.found()
        self.known(after=at)
        self.gonghui("backup", "registration")
        lost, at = self.found()
        self.known(after=at)
        self.vote(lost)
        self.district.stop_program("registration")
        self.gonghui("restore", "registration")
        self.district.start_program("registration")
        other, at = self.found()
        self.until(lambda: self.known(after=at)["organisations"], 3)
        rows = self.district.rows("popular", "SELECT organisation_id FROM organisations")
        self.assertEqual({CITY.bytes, kept.bytes, other.bytes}, {row[0] for row in rows})
        welcomed = [event["data"]["organisation_id"] for event in self.log_of("popular") if event["type"] == "welcomed"]
        self.assertEqual([CITY.bytes, kept.bytes, lost.bytes, other.bytes], welcomed, "reacted to each once")
        (fork,) = self.operator.ask(Request("popular._forks_list", {}, partition=0)).data["forks"]
        self.assertEqual((2, 2, 3), (fork["epoch"], fork["kept"], fork["was_at"]))
        self.assertEqual([lost.bytes], [unpack(record)["data"]["organisation_id"] for record in fork["reactions"]])
        self.assertEqual("unknown_organisation", self.vote(lost).code)

    def test_its_own_store_put_back_by_hand_begins_an_epoch(self):
        self.start()
        organisation, at = self.found()
        self.known(after=at)
        self.vote(organisation, stars=1)
        self.until(self.heard, {"votes": 1, "stars": 1})
        self.district.stop_program("popular")
        store = self.district.folder / "store/popular-0.db"
        shutil.copy(store, store.with_suffix(".copy"))
        self.start("popular")
        self.vote(organisation, stars=2)
        self.vote(organisation, stars=2)
        self.until(self.heard, {"votes": 3, "stars": 5})
        self.district.stop_program("popular")
        shutil.copy(store.with_suffix(".copy"), store)
        self.start("popular")
        self.vote(organisation, stars=5)
        self.until(self.heard, {"votes": 2, "stars": 6})
        self.assertEqual(2, self.status()["epoch"])


class Answering(InADistrict):
    def test_an_id_gets_its_first_answer_again_and_nothing_else(self):
        self.start("popular")
        organisation, at = self.found()
        for wanted in (Request("popular.vote", {"organisation_id": organisation, "stars": 4}, after=at),
                       Request("popular.vote", {"organisation_id": uuid.uuid4(), "stars": 4})):
            first = self.operator.ask(wanted)
            self.vote(organisation)
            self.assertEqual(first.bytes, self.operator.ask(wanted).bytes)
        self.assertEqual(("refused", "unknown_organisation", {"known": 2}), (first.outcome, first.code, first.facts))
        votes = self.known()["votes"]
        wanted.bytes = pack(unpack(wanted.bytes) | {"data": {"organisation_id": organisation, "stars": 3}})
        reply = self.operator.ask(wanted)
        self.assertEqual(("invalid", "id_reused"), (reply.outcome, reply.code))
        wanted = Request("popular.vote", {"organisation_id": organisation, "stars": 4})
        wanted.id = uuid.uuid4()
        wanted.bytes = pack(unpack(wanted.bytes) | {"id": wanted.id})
        self.assertEqual("id_not_uuid_v7", self.operator.ask(wanted).code)
        self.assertEqual(votes, self.known()["votes"])

    def test_a_field_that_does_not_fit_is_named(self):
        self.start("popular")
        reply = self.operator.ask(Request("popular.vote", {"organisation_id": b"short", "stars": 6}))
        self.assertEqual(("invalid", "invalid_fields"), (reply.outcome, reply.code))
        self.assertEqual([{"path": "organisation_id", "code": "wrong_type"}, {"path": "stars", "code": "out_of_range"}],
                         reply.errors)
        self.assertEqual("unknown_type", self.operator.ask(Request("popular.sing", {})).code)
        reply = self.operator.ask(Request("popular.known", {}, after={"source": "331083/training/0", "epoch": 1, "seq": 1}))
        self.assertEqual([{"path": "after.source", "code": "not_followed"}], reply.errors)

    def test_a_handler_that_writes_where_it_decides_leaves_nothing(self):
        self.start("popular", WRITES_WHERE_IT_DECIDES="1")
        organisation, at = self.found()
        reply = self.vote(organisation, after=at)
        self.assertEqual(("fault", "internal"), (reply.outcome, reply.code))
        self.assertEqual(0, self.known()["votes"])
        self.assertIn("only evolve writes", self.district.said("popular"))

    def test_death_between_commit_and_publishing_loses_nothing(self):
        self.start()
        organisation, at = self.found()
        self.known(after=at)
        self.district.stop_program("popular")
        self.start("popular", DIES_ONCE_COMMITTED="1")
        wanted = Request("popular.vote", {"organisation_id": organisation, "stars": 4})
        self.operator.send([wanted])
        process = self.district._running.pop("popular")
        self.assertEqual(-signal.SIGKILL, process.wait(PATIENCE))
        self.assertEqual({"votes": 0, "stars": 0}, self.heard())
        self.start("popular")
        self.assertEqual({"votes": 1}, self.operator.ask(wanted).data)
        self.until(self.heard, {"votes": 1, "stars": 4})
        self.assertEqual(1, self.votes_in_the_log())

    def test_an_event_that_fails_is_parked_with_its_lane_until_it_is_mended(self):
        poison = self.district.folder / "poison"
        poison.write_text("毒")
        self.start("popular", POISON=str(poison))
        _, at = self.found(name="毒")
        _, at = self.found()
        self.until(lambda: self.known(after=at)["organisations"], 2)  # others flow
        (parked,) = self.operator.ask(Request("popular._parked_list", {}, partition=0)).data["events"]
        self.assertEqual(("331083/registration/0", 2, "failed"), (parked["source"], parked["seq"], parked["reason"]))
        mend = {"source": parked["source"], "seq": parked["seq"]}
        reply = self.operator.ask(Request("popular._parked_retry", mend, partition=0))
        self.assertEqual({"settled": 0}, reply.data)
        poison.unlink()
        reply = self.operator.ask(Request("popular._parked_retry", mend, partition=0))
        self.assertEqual({"settled": 1}, reply.data)
        self.assertEqual(3, self.known()["organisations"])
        self.assertEqual(3, sum(event["type"] == "welcomed" for event in self.log_of("popular")))
        self.assertEqual("not_parked", self.operator.ask(Request("popular._parked_drop", mend | {"reason": "old"},
                                                                 partition=0)).code)

    def test_sigterm_lets_nobody_wait_in_vain(self):
        self.start("popular")
        organisation, at = self.found()
        self.known(after=at)
        wanted = [Request("popular.vote", {"organisation_id": organisation, "stars": 1}) for _ in range(200)]
        self.operator.send(wanted)
        self.until(lambda: bool(self.votes_in_the_log()), True)
        self.assertEqual(0, self.district.stop_program("popular"))
        self.assertIn("partition_drained", self.district.said("popular"))
        replies = []
        while len(replies) < len(wanted) and (more := self.operator.receive(2.0)):
            replies += more
        self.assertEqual(len(wanted), len(replies), "the hub is left to answer for nobody")
        self.assertEqual(self.votes_in_the_log(), sum(reply.outcome == "accepted" for reply in replies),
                         "whatever was committed was answered")
        self.start("popular")
        replies = self.operator.ask_all(wanted)
        self.assertEqual({"accepted"}, {reply.outcome for reply in replies})
        self.assertEqual(200, self.known()["votes"])

    def test_a_second_process_does_not_get_the_store(self):
        self.start("popular")
        second = subprocess.run([program("popular", LANGUAGE), self.district.folder], capture_output=True, text=True,
                                check=False, timeout=PATIENCE)
        self.assertEqual(69, second.returncode, second.stderr)
        self.assertRegex(second.stderr, "is in use by another process|runs already")

    def test_what_is_missing_is_said_with_what_to_do(self):
        (self.district.folder / "keys/popular-0.key").rename(self.district.folder / "keys/popular-1.key")
        for folder, said in ((self.district.folder, "gonghui keys add popular popular-0 --publish popular --follow registration"),
                             (self.district.folder.parent, "is this a district's folder?")):
            done = subprocess.run([program("popular", LANGUAGE), folder], capture_output=True, text=True, check=False,
                                  timeout=PATIENCE)
            self.assertEqual(78, done.returncode, done.stderr)
            self.assertIn(said, done.stderr)

    def test_a_read_model_that_no_table_is_is_named(self):
        done = subprocess.run([program("popular", LANGUAGE), self.district.folder], capture_output=True, text=True,
                              check=False, timeout=PATIENCE, env=os.environ | {"READ_MODEL": "organisation"})
        self.assertEqual(78, done.returncode, done.stderr)
        self.assertRegex(done.stderr, r"read_?[mM]odels.*\borganisation\b")

    def test_whoever_holds_an_older_claim_ends(self):
        self.start("popular")
        self.district.stop_program("popular")
        self.start("popular")  # its second claim
        config = self.district.folder / "config/popular.toml"
        text = (self.district.folder / "config/registration.toml").read_text().replace("registration", "popular")
        text = re.sub('^http.listen = .*', 'http.listen = "off"', text, flags=re.MULTILINE)  # registration has its port
        config.write_text(text.replace(f"{self.district.folder}/store", f"{self.district.folder}/elsewhere"))
        other = subprocess.run([program("popular", LANGUAGE), "--config", config], capture_output=True, text=True,
                               check=False, timeout=PATIENCE)
        self.assertEqual(69, other.returncode, other.stderr)
        self.assertIn("superseded", other.stderr)
        self.assertEqual(2, self.status()["claim"])

    def test_a_damaged_log_is_served_to_nobody(self):
        self.start("popular")
        for _ in range(3):
            _, at = self.found()
        self.known(after=at)
        store = self.district.folder / "store/popular-0.db"
        with contextlib.closing(sqlite3.connect(store)) as database, database:
            database.execute("UPDATE log SET bytes = zeroblob(length(bytes)) WHERE seq = 2")
        wanted = Request("popular._log_read", {"after_seq": 0, "max_bytes": 1_000_000}, partition=0)
        if LANGUAGE == "cpp":  # that host ends at once, without an answer
            self.operator.send([wanted])
        else:
            reply = self.operator.ask(wanted)
            self.assertEqual(("fault", "log_damaged"), (reply.outcome, reply.code))
        self.assertEqual(65, self.district._running.pop("popular").wait(PATIENCE))
        again = subprocess.run([program("popular", LANGUAGE), self.district.folder], capture_output=True, text=True,
                               check=False, timeout=PATIENCE)
        self.assertEqual(65, again.returncode, again.stderr)
        self.assertIn("damaged at record 2", again.stderr)

    def test_a_key_that_is_granted_later_gets_in(self):
        file = self.district.folder / "keys/authorized.toml"
        granted, own = file.read_text(), KeyPair.load(self.district.folder / "keys/popular-0.key").public
        self.assertIn(own, granted)
        self.let_in(file, granted.replace(own, KeyPair.make().public))
        self.district.start_plugin("popular")
        time.sleep(1.0)  # the first handshakes fail meanwhile
        reply = self.operator.ask(Request("hub._status", {})).data
        self.assertNotIn("popular", [one["service"] for one in reply["services"] if one["partitions"][0]["held"]])
        self.let_in(file, granted)
        self.assertEqual(1, self.status()["claim"])

    def test_whether_it_is_let_in_it_says(self):
        with Bus(self.district.hub(), KeyPair.make()) as stranger, self.assertRaisesRegex(Unanswered, "does not know the key"):
            stranger.ask(Request("popular.known", {}), patience=1.0)
        nowhere = dataclasses.replace(self.district.hub(), request="tcp://127.0.0.1:1")
        with Bus(nowhere, KeyPair.make()) as lost, self.assertRaisesRegex(Unanswered, "tcp://127.0.0.1:1 cannot be reached"):
            lost.ask(Request("popular.known", {}), patience=0.5)
        with self.assertRaisesRegex(Unanswered, "the last word was retry, service_unavailable"):
            self.operator.ask(Request("popular.known", {}), patience=0.5)

        key = self.district.folder / "keys/popular-0.key"
        kept = key.read_text()
        self.gonghui("keys", "revoke", "popular-0")
        self.district._running["hub"].send_signal(signal.SIGHUP)
        key.write_text(kept)
        key.chmod(0o600)
        self.district.start_plugin("popular")
        self.until(lambda: f"the hub does not know the key {key}" in self.district.said("popular"), True)
        key.unlink()
        self.district.stop_program("popular")
        self.gonghui("keys", "add", "popular", "popular-0", "--publish", "popular", "--follow", "registration")
        self.district._running["hub"].send_signal(signal.SIGHUP)
        said = len(self.district.said("popular"))
        self.start("popular")
        self.until(lambda: '"connected"' in self.district.said("popular")[said:], True)
        if LANGUAGE != "cpp":
            following = re.compile('"following", ?"source": ?"331083/registration/0", ?"at": ?1')
            self.until(lambda: bool(following.search(self.district.said("popular"), said)), True)
        self.district.kill_program("hub")
        self.until(lambda: "cannot be reached; is `gonghui up` running?" in self.district.said("popular"), True)
        connected = self.district.said("popular").count('"connected"')
        self.district.start_program("hub")
        self.until(lambda: self.district.said("popular").count('"connected"'), connected + 1)

    def test_a_key_that_is_none_is_named(self):
        if LANGUAGE != "python":
            self.skipTest("the SDKs for Node and C++ do not say the line")
        for text, said in (("public = x", "popular-0.key: Invalid value (at line 1"), ('public = "x"', "popular-0.key: no key")):
            (self.district.folder / "keys/popular-0.key").write_text(text)
            done = subprocess.run([program("popular", LANGUAGE), self.district.folder], capture_output=True, text=True,
                                  check=False, timeout=PATIENCE)
            self.assertEqual((78, True), (done.returncode, said in done.stderr), done.stderr)

    def let_in(self, file, grants):
        file.write_text(grants)
        self.district._running["hub"].send_signal(signal.SIGHUP)

    def test_rights_are_the_operators(self):
        district = district_of(WithPlugIns, self.district.folder.with_name("331003"))
        district.languages = {"popular": LANGUAGE}
        grant(district, popular=())
        district.grant_client("season")
        district.start()
        self.addCleanup(district.stop)
        district.start_plugin("popular")
        until = time.monotonic() + PATIENCE
        while "hub_refused" not in district.said("popular"):
            self.assertLess(time.monotonic(), until, district.said("popular"))
            time.sleep(0.05)
        self.assertIn("not_permitted", district.said("popular"))
        if LANGUAGE != "cpp":
            self.assertIn("gonghui keys add popular popular-0 --publish popular --follow registration", district.said("popular"))
        bus = district.bus("season")
        self.addCleanup(bus.close)
        reply = bus.ask(Request("popular.known", {}))
        self.assertEqual(("refused", "not_permitted"), (reply.outcome, reply.code))
        time.sleep(2)  # in which it asks some ten times more
        said = [(line["message"], line.get("code"), line.get("what"), line.get("detail"))
                for line in map(json.loads, district.said("popular").splitlines()) if line["message"].endswith("_refused")]
        self.assertCountEqual(set(said), said, "each is told once")


class InPartitions(WithPlugIns):
    services = ["registration", "training"]


class Examples(unittest.TestCase):
    """What the README shows, at a service of three partitions."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.district = district_of(InPartitions, pathlib.Path(folder.name) / "331083", "[services.training]", "partitions = 3")
        grant(self.district, popular=("--follow", "training"))
        self.district.grant_client("season")
        self.district.start()
        self.addCleanup(lambda: self.assertEqual(0, self.district.stop()))
        self.operator = self.district.bus("ctl")
        self.addCleanup(self.operator.close)

    def accepted(self, message, **more):
        reply = self.operator.ask(message, **more)
        self.assertEqual("accepted", reply.outcome, str(reply))
        return reply

    def open_classes(self):
        course, district = uuid.uuid4(), uuid.uuid4()
        for organisation, kind, parent in ((CITY, "city", None), (district, "district", CITY)):
            at = self.accepted(registration.FoundOrganisation(organisation_id=organisation, kind=kind, name="试验工会",
                                                              parent_id=parent)).at
        menu = self.accepted(training.AddCourse(course_id=course, title_zh="茶艺", title_en="Tea")).at
        begin, opened = now(), {}
        for number in range(1, 9):
            campaign, one = uuid.uuid4(), uuid.uuid4()
            self.accepted(training.PlanCampaign(campaign_id=campaign, organisation_id=district, name_zh="夜校",
                                                name_en="Evenings", opens_at=begin, closes_at=begin + 30 * DAY), after=at)
            self.accepted(training.OpenClass(
                class_id=one, campaign_id=campaign, course_id=course, capacity=number, venue="301",
                sessions=[training.Session(starts_at=begin + 40 * DAY, ends_at=begin + 41 * DAY)]), after=menu)
            opened[one.bytes] = number
        return opened

    def test_the_service_hears_all_partitions(self):
        opened = self.open_classes()
        self.district.start_example()
        until = time.monotonic() + PATIENCE
        while True:
            reply = self.operator.ask(Request("popular.classes", {}))
            if {one["class_id"]: one["capacity"] for one in reply.data["classes"]} == opened:
                break
            self.assertLess(time.monotonic(), until, self.district.said("popular"))
            time.sleep(0.05)
        status = self.operator.ask(Request("popular._status", {}, partition=0)).data
        self.assertEqual([f"331083/training/{number}" for number in range(3)], [one["source"] for one in status["follows"]])
        self.assertGreaterEqual(sum(one["cursor"] > 0 for one in status["follows"]), 2)

    def test_a_query_without_a_key_is_asked_everywhere(self):
        person = uuid.uuid4()
        done = subprocess.run([example("ask"), self.district.folder, "season", str(person)], capture_output=True, text=True,
                              check=False, timeout=PATIENCE, env=SEES_THE_SDK)
        self.assertEqual("0 accepted 0\n1 accepted 0\n2 accepted 0\n", done.stdout, done.stderr)

    def test_it_is_short_and_stands_in_the_readme(self):
        text = source_of_example("popular").read_text()
        self.assertLessEqual(len(text.splitlines()), 40)
        self.assertIn(text, (SDK / LANGUAGE / "README.md").read_text())


class NewService(unittest.TestCase):
    """What `gonghui new service` writes passes its own test."""

    def gonghui(self, *words):
        return subprocess.run([PROGRAMS.resolve() / "gonghui", "--lang", "en", *words], capture_output=True, text=True,
                              check=False, timeout=60, cwd=self.folder)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_it_runs(self):
        begin = time.monotonic()
        done = self.gonghui("new", "service", "notebook", "--in", LANGUAGE)
        self.assertEqual(0, done.returncode, done.stderr)
        done = subprocess.run([self.folder / "notebook/test"], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertLess(time.monotonic() - begin, 60)
        failing = self.folder / "notebook" / f"service.{ENDING[LANGUAGE]}"
        text = failing.read_text().replace("refusal::unknown_organisation", '"unknown"')
        failing.write_text(text.replace("unknown_organisation", "unknown"))
        done = subprocess.run([self.folder / "notebook/test"], capture_output=True, text=True, check=False, timeout=60)
        self.assertNotEqual(0, done.returncode, "its test can fail")
        self.assertIn("expected unknown_organisation, found unknown" if LANGUAGE == "cpp" else "unknown", done.stdout + done.stderr)
        self.assertEqual([], [file for file in (self.folder / "notebook").rglob("*")
                              if file.is_file() and "@sdk@" in file.read_text(errors="replace") and ".pyc" not in file.name])

    def test_what_comes_from_a_package_can_be_run(self):
        """Nothing below a package's share/ has the right to be run."""
        program, sdk = self.folder / "usr/bin/gonghui", self.folder / "usr/share/gonghui/sdk"
        program.parent.mkdir(parents=True)
        shutil.copy(PROGRAMS / "gonghui", program)
        for templates in ("template", f"{LANGUAGE}/template"):
            shutil.copytree(SDK / templates, sdk / templates, copy_function=shutil.copyfile)
        done = subprocess.run([program, "new", "service", "notebook", "--in", LANGUAGE], capture_output=True, text=True,
                              check=False, timeout=60, cwd=self.folder)
        self.assertEqual(0, done.returncode, done.stderr)
        scripts = [file for file in (self.folder / "notebook").iterdir() if file.is_file() and file.read_text().startswith("#!")]
        self.assertLessEqual({"check", "run", "test"}, {file.name for file in scripts})
        self.assertEqual([], [file for file in scripts if not os.access(file, os.X_OK)])

    def test_nothing_is_overwritten(self):
        (self.folder / "notebook").mkdir()
        done = self.gonghui("new", "service", "notebook", "--in", LANGUAGE)
        self.assertEqual((73, []), (done.returncode, list((self.folder / "notebook").iterdir())), done.stderr)

    def test_a_name_that_cannot_be_is_refused(self):
        for name in ("Notebook", "hub", "training", "../x"):
            done = self.gonghui("new", "service", name, "--in", LANGUAGE)
            self.assertEqual(64, done.returncode, done.stderr)
        self.assertEqual([], list(self.folder.iterdir()))


class OfTwo(Supervised):
    services = ["registration", "popular"]


class UnderUp(unittest.TestCase):
    """As one of the district's file: `gonghui up` starts it, and the operator's commands know it."""

    def test_the_operators_commands_work_on_it(self):
        with tempfile.TemporaryDirectory() as folder:
            district = district_of(OfTwo, pathlib.Path(folder) / "331083", "[services.popular]",
                                   f'program = "{program("popular", LANGUAGE)}"')
            grant(district)
            district.start()
            try:
                for arguments in (("status",), ("backup", "popular"), ("parked", "list"), ("forks",),
                                  ("export", str(uuid.uuid4()), "--reason", "nobody of this id")):
                    self.gonghui(district, *arguments)
            finally:
                self.assertEqual(0, district.stop())
            for arguments in (("verify",), ("restore", "popular")):
                self.gonghui(district, *arguments)
            district.start()
            restored = district.status(["popular"])["popular"]
            self.assertEqual((2, 2), (restored["epoch"], restored["claim"]))
            self.assertEqual(0, district.stop())

    def test_it_holds_several_partitions(self):
        if LANGUAGE != "cpp":
            self.skipTest("the SDKs for Python and Node hold one")
        with tempfile.TemporaryDirectory() as folder:
            district = district_of(OfTwo, pathlib.Path(folder) / "331083", "[services.popular]",
                                   f'program = "{program("popular", LANGUAGE)}"', "partitions = 3")
            grant(district)
            district.start()
            try:
                with district.bus("ctl") as operator:
                    at = operator.ask(registration.FoundOrganisation(organisation_id=CITY, kind="city", name="试验工会")).at
                    for partition in range(3):
                        reply = operator.ask(Request("popular.known", {}, partition=partition, after=at))
                        self.assertEqual({"organisations": 1, "votes": 0}, reply.data)
            finally:
                self.assertEqual(0, district.stop())

    def gonghui(self, district, *arguments):
        done = subprocess.run(district.command(*arguments), capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(0, done.returncode, f"{arguments}: {done.stdout}{done.stderr}")


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1))
    LANGUAGE, OTHER = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
