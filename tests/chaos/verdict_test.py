#!/usr/bin/python3
"""verdict.py must be able to fail: a real district is played in for two rounds without a fault and stopped; then one thing
at a time is spoilt in a copy of its stores, or in what its clients were told, and the promises that guard it break.

    verdict_test.py <folder of the executables>
"""

import copy
import hashlib
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import types
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui.wire import pack, unpack  # noqa: E402
from campaign import PATIENCE, Stage  # noqa: E402
from verdict import NotLevel, level_stores, verdict  # noqa: E402

PROGRAMS = None
ROUNDS = 8  # so many that somebody waits everywhere, whatever the rounds came to


class TheVerdict(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        stage = Stage(pathlib.Path(folder.name), PROGRAMS, random.Random(1))
        cls.addClassCleanup(stage.district.stop)
        stage.found()
        for _ in range(ROUNDS):
            stage.clients.run(stage.town.round(), PATIENCE)
        level_stores(stage.district.folder, PATIENCE).close()
        stage.clients.bus.close()
        stage.district.stop()
        cls.played, cls.told = stage.district.folder, stage.clients.history

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.history = {one: copy.copy(asked) for one, asked in self.told.items()}
        self.databases = {}
        for store in (self.played / "store").glob("*-0.db"):
            database = sqlite3.connect(shutil.copy(store, self.folder), isolation_level=None)
            self.addCleanup(database.close)
            database.executescript("PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF")
            self.databases[store.name.removesuffix("-0.db")] = database

    def sees(self, *broken):
        stores = level_stores(self.folder, 0)
        self.addCleanup(stores.close)
        self.assertEqual(set(broken), set(verdict(stores, self.history.values())))

    # --- spoiling ---

    def run_sql(self, service, sql, *parameters):
        return self.databases[service].execute(sql, parameters).fetchall()

    def log(self, service):
        return [unpack(record) for (record,) in self.run_sql(service, "SELECT bytes FROM log ORDER BY seq")]

    def rewrite(self, service, events):
        """Another history, sound in itself and followed by everybody."""
        self.run_sql(service, "DELETE FROM log")
        chain = bytes(32)
        for seq, event in enumerate(events, start=1):
            record = pack(event | {"seq": seq})
            chain = hashlib.blake2b(chain + record, digest_size=32).digest()
            self.run_sql(service, "INSERT INTO log (seq, time, chain, bytes) VALUES (?, 0, ?, ?)", seq, chain, record)
        for follower in self.databases:
            self.run_sql(follower, "UPDATE cursors SET seq = ?, chain = ? WHERE source LIKE ?", len(events), chain,
                         f"%/{service}/0")

    def first(self, service, *kinds):
        return next(event for event in self.log(service) if event["type"] in kinds)

    def append(self, service, event, **changes):
        self.rewrite(service, self.log(service) + [event | {"id": uuid.uuid4().bytes} | changes])

    def asked(self, kind, outcome):
        return next(one for one in self.history.values() if (one.request.type, one.outcome) == (kind, outcome))

    # --- what is seen ---

    def test_finds_nothing_wrong_with_what_was_played(self):
        self.sees()

    def test_sees_two_answers_to_one_command(self):
        asked = self.asked("training.enroll", "accepted")
        asked.answers = asked.answers + [asked.reply.bytes + b"!"]
        self.sees("answers")

    def test_lets_a_query_be_answered_anew(self):
        asked = self.asked("training.my_enrollments", "accepted")
        asked.answers = asked.answers + [asked.reply.bytes + b"!"]
        self.sees()

    def test_sees_a_request_without_an_answer(self):
        self.asked("training.my_enrollments", "accepted").reply = None
        self.sees("answers")

    def test_sees_an_accepted_enrollment_that_no_log_holds(self):
        lost = copy.copy(self.asked("training.enroll", "accepted"))
        lost.request = types.SimpleNamespace(id=uuid.uuid4(), type="training.enroll")
        self.history[lost.request.id] = lost
        self.sees("lost")

    def test_sees_that_an_acknowledged_event_is_gone_from_log_and_tables(self):
        gone = self.first("matchmaking", "consent_given")
        self.rewrite("matchmaking", [event for event in self.log("matchmaking") if event["id"] != gone["id"]])
        self.sees("lost")

    def test_sees_a_command_that_took_effect_twice(self):
        self.append("matchmaking", self.first("matchmaking", "consent_given"))
        self.sees("lost")

    def test_sees_a_refused_command_that_took_effect(self):
        self.asked("training.enroll", "accepted").reply = types.SimpleNamespace(outcome="refused")
        self.sees("lost")

    def test_sees_a_seat_that_nobody_gave_up(self):
        cancelled = self.asked("training.cancel", "accepted")
        del self.history[cancelled.request.id]
        self.sees("vanished")

    def test_sees_an_offer_that_lapsed_before_its_time(self):
        held = set(self.run_sql("training", "SELECT class_id, person_id FROM enrollments WHERE state = 1"))
        taken = next(event for event in self.log("training") if event["type"] == "seat_taken"
                     and (event["data"]["class_id"], event["data"]["person_id"]) in held)
        self.append("training", taken, type="offer_lapsed")
        self.sees("vanished", "seats_replayed", "told")

    def test_sees_a_seat_too_many(self):
        self.run_sql("training", "UPDATE classes SET capacity = taken + offered - 1 WHERE taken > 0")
        self.sees("oversold")

    def test_sees_a_free_seat_while_one_waits(self):
        self.run_sql("training", "UPDATE classes SET capacity = capacity + 9 WHERE waiting > 0")
        self.sees("free_seats")

    def test_sees_an_enrollment_that_is_gone_from_the_tables(self):
        ((class_id, person),) = self.run_sql("training", "SELECT class_id, person_id FROM enrollments WHERE state = 3 LIMIT 1")
        self.run_sql("training", "DELETE FROM enrollments WHERE class_id = ? AND person_id = ?", class_id, person)
        self.run_sql("training", "UPDATE classes SET waiting = waiting - 1 WHERE class_id = ?", class_id)
        self.sees("seats_replayed")

    def test_sees_a_message_that_was_placed_twice(self):
        self.append("notifications", self.first("notifications", "message_placed"))
        self.sees("doubled")

    def test_sees_that_somebody_was_not_told(self):
        untold = self.first("notifications", "message_placed")
        self.rewrite("notifications", [event for event in self.log("notifications") if event["id"] != untold["id"]])
        self.run_sql("notifications", "DELETE FROM messages WHERE message_id = ?", untold["data"]["message_id"])
        self.sees("told")

    def test_sees_a_message_that_is_gone_from_the_inbox(self):
        self.run_sql("notifications", "DELETE FROM messages WHERE message_id = (SELECT min(message_id) FROM messages)")
        self.sees("told")

    def test_sees_a_follower_that_lags(self):
        self.run_sql("notifications", "UPDATE cursors SET seq = seq - 1 WHERE source LIKE '%/training/0'")
        with self.assertRaises(NotLevel):
            level_stores(self.folder, 0)

    def test_sees_a_follower_on_a_fork(self):
        self.run_sql("notifications", "UPDATE cursors SET chain = ?", bytes(32))
        with self.assertRaises(NotLevel):
            level_stores(self.folder, 0)

    def test_sees_a_record_that_was_changed(self):
        self.run_sql("training", "UPDATE log SET chain = ? WHERE seq = 2", bytes(32))
        self.sees("logs")

    def test_sees_a_read_model_that_misses_one(self):
        self.run_sql("training", "UPDATE members SET organisation_id = ?", bytes(16))
        self.sees("read_models")
        self.run_sql("matchmaking", "DELETE FROM places_tree WHERE parent IS NULL")
        self.sees("read_models")

    def test_sees_an_evening_with_a_place_too_many(self):
        self.run_sql("matchmaking", "UPDATE evenings SET capacity_male = 0, capacity_female = 0")
        self.sees("evenings")

    def test_sees_a_sign_up_that_is_gone(self):
        self.run_sql("matchmaking", "DELETE FROM sign_ups WHERE state = 'waiting'")
        self.sees("evening_places")


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
