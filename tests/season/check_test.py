#!/usr/bin/python3
"""check.py must be able to fail: builds small stores of a season in which everything is right, then spoils one thing at a
time and sees the one invariant that guards it break."""

import hashlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import uuid

import msgpack

from check import id_of_content

HERE = pathlib.Path(__file__).resolve().parent
CAMPAIGN, CLASS, LATE_CLASS, EVENING = (uuid.UUID(int=i).bytes for i in (1, 2, 3, 4))
ANNE, BERT, CARL, DORA = (uuid.UUID(int=i).bytes for i in (11, 12, 13, 14))
HOUR = 3_600_000_000

TABLES = {
    "training": """
        CREATE TABLE campaigns (campaign_id BLOB, classes_per_person INTEGER, opens_at INTEGER);
        CREATE TABLE classes (class_id BLOB, campaign_id BLOB, capacity INTEGER, taken INTEGER, offered INTEGER,
                              waiting INTEGER);
        CREATE TABLE sessions (class_id BLOB, starts_at INTEGER, ends_at INTEGER);
        CREATE TABLE enrollments (person_id BLOB, class_id BLOB, campaign_id BLOB, state INTEGER);""",
    "matchmaking": """
        CREATE TABLE evenings (evening_id BLOB, state TEXT, capacity_male INTEGER, capacity_female INTEGER);
        CREATE TABLE sign_ups (evening_id BLOB, person_id BLOB, side TEXT, state TEXT);
        CREATE TABLE couples (evening_id BLOB, first_id BLOB, second_id BLOB);""",
    "notifications": "CREATE TABLE messages (person_id BLOB, message_id BLOB);",
    "registration": "",
    "gateway": "",
}
HOST_TABLES = """
    CREATE TABLE log (seq INTEGER PRIMARY KEY, time INTEGER, chain BLOB, bytes BLOB);
    CREATE TABLE segments (first_seq INTEGER PRIMARY KEY, last_seq INTEGER, chain BLOB, file TEXT);
    CREATE TABLE cursors (source TEXT, epoch INTEGER, seq INTEGER, chain BLOB);
    CREATE TABLE parked (source TEXT, seq INTEGER);"""
FOLLOWS = {"training": ["registration"], "matchmaking": ["registration"],
           "notifications": ["registration", "training", "matchmaking"], "registration": [],
           "gateway": ["registration", "training", "notifications"]}


def id_of(*what):
    return hashlib.blake2b(repr(what).encode(), digest_size=16).digest()


def derived(cause):
    value = bytearray(hashlib.blake2b(cause + bytes(4), digest_size=16).digest())
    value[6], value[8] = value[6] & 0x0F | 0x80, value[8] & 0x3F | 0x80
    return bytes(value)


class SmallSeason:
    """Four rows of which one is bad, one class of one seat, one couple."""

    def __init__(self, folder):
        self.district, self.data, self.results = folder / "district", folder / "data", folder / "results"
        for path in (self.district / "store", self.data, self.results):
            path.mkdir(parents=True)
        self.databases = {}
        for service, tables in TABLES.items():
            self.databases[service] = sqlite3.connect(self.district / "store" / f"{service}-0.db")
            self.databases[service].executescript(HOST_TABLES + tables)
        self.write_files()
        self.write_stores()

    def write_files(self):
        rows = ["姓名,证件号码,手机号码,电子邮箱,工会代码", "王小安,330099199001010016,13900000001,,81331083M000000019",
                "李小博,330099199001010024,13900000002,,81331083M000000019", "张小晨,,13900000003,,81331083M000000019",
                "刘小丹,330099199001010040,13900000004,,81331083M000000019"]
        (self.data / "roster.csv").write_bytes("".join(row + "\r\n" for row in rows).encode())
        (self.data / "bad_rows.json").write_text('[{"line": 4, "column": "id_number", "code": "missing_value"}]')
        for name in ("import_errors.csv", "import_errors_again.csv"):
            (self.results / name).write_text("line,column,code,reason\n4,id_number,missing_value,\n")
        self.requests = {person: id_of("request", person) for person in (ANNE, BERT, DORA)}
        self.write_attempts([(ANNE, "accepted", "", "a"), (ANNE, "accepted", "", "a"), (BERT, "accepted", "", "b"),
                             (DORA, "refused", "personal_cap_reached", "d")])
        self.write_status(live=1000, pages=0)
        self.write_evening(choices=[(ANNE, BERT, True), (BERT, ANNE, True), (ANNE, CARL, True)],
                           seen={ANNE: [BERT], BERT: [ANNE], CARL: []})

    def write_attempts(self, attempts):
        lines = ["attempt,request_id,kind,outcome,code,answer,milliseconds,retries"]
        lines += [f"{i},{self.requests[person].hex()},first,{outcome},{code},{answer},1,0"
                  for i, (person, outcome, code, answer) in enumerate(attempts)]
        (self.results / "rush-0.csv").write_text("\n".join(lines) + "\n")

    def write_status(self, live, pages):
        counters = {"counters": {"applied_live": live, "applied_from_pages": pages}}
        (self.results / "status.json").write_text(json.dumps({"healthy": True, "services": {"training": counters}}))

    def write_evening(self, choices, seen):
        (self.results / "evening.json").write_text(json.dumps({
            "evening_id": EVENING.hex(), "choices": [[a.hex(), b.hex(), wants] for a, b, wants in choices],
            "seen": {one.hex(): [other.hex() for other in others] for one, others in seen.items()}}))

    def write_stores(self):
        import_id = id_of_content((self.data / "roster.csv").read_bytes())
        for person, line in ((ANNE, 2), (BERT, 3), (DORA, 5)):
            self.append("registration", "member_joined", {"person_id": person, "import_id": import_id, "line": line})
        self.rows("training", "campaigns", (CAMPAIGN, 1, 0))
        self.rows("training", "classes", (CLASS, CAMPAIGN, 1, 1, 0, 1), (LATE_CLASS, CAMPAIGN, 5, 0, 0, 0))
        self.rows("training", "sessions", (CLASS, 0, HOUR), (LATE_CLASS, 2 * HOUR, 3 * HOUR))
        self.place("seat_taken", ANNE, 1)
        self.place("waitlisted", BERT, 3)
        self.rows("matchmaking", "evenings", (EVENING, "closed", 1, 1))
        self.rows("matchmaking", "sign_ups", (EVENING, ANNE, "female", "checked_in"), (EVENING, BERT, "male", "taken"))
        self.rows("matchmaking", "couples", (EVENING, ANNE, BERT))
        self.append("matchmaking", "choice_made", b"sealed")
        self.level()

    def rows(self, service, table, *rows):
        for row in rows:
            self.databases[service].execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def place(self, kind, person, state, tell=True):
        event = self.append("training", kind, {"person_id": person, "class_id": CLASS}, cause=self.requests[person])
        self.rows("training", "enrollments", (person, CLASS, CAMPAIGN, state))
        if tell:
            self.tell(event, person)

    def tell(self, event, person):
        self.append("notifications", "message_placed", {"person_id": person, "message_id": derived(event)}, cause=event)

    def append(self, service, kind, data, cause=bytes(16), event_id=None):
        database = self.databases[service]
        seq, chain = database.execute("SELECT seq, chain FROM log ORDER BY seq DESC").fetchone() or (0, bytes(32))
        event_id = event_id or id_of(service, seq + 1)
        record = msgpack.packb({"id": event_id, "type": kind, "seq": seq + 1, "cause": cause, "data": data})
        chain = hashlib.blake2b(chain + record, digest_size=32).digest()
        database.execute("INSERT INTO log VALUES (?, 0, ?, ?)", (seq + 1, chain, record))
        return event_id

    def level(self):
        for service, sources in FOLLOWS.items():
            self.databases[service].execute("DELETE FROM cursors")
            for source in sources:
                seq, chain = self.databases[source].execute("SELECT seq, chain FROM log ORDER BY seq DESC").fetchone()
                self.rows(service, "cursors", (f"331083/{source}/0", 1, seq, chain))

    def run(self, service, sql, *parameters):
        self.databases[service].execute(sql, parameters)

    def verdict(self):
        for database in self.databases.values():
            database.commit()
        done = subprocess.run([HERE / "check.py", "--district", self.district, "--data", self.data,
                               "--results", self.results], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise AssertionError(done.stderr)
        verdict = json.loads(done.stdout.splitlines()[-1])
        assert verdict["invariants_held"] == (done.returncode == 0), done.stdout
        return verdict


class TheChecker(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.season = SmallSeason(pathlib.Path(folder.name))
        self.addCleanup(lambda: [database.close() for database in self.season.databases.values()])

    def sees(self, *broken):
        self.assertEqual(set(broken), set(self.season.verdict()["broken"]))

    def test_finds_nothing_wrong_with_a_sound_season(self):
        verdict = self.season.verdict()
        self.assertEqual({}, verdict["broken"])
        self.assertEqual((3, 6, 1, 1), tuple(verdict["figures"][name] for name in ("members", "seats", "taken", "waiting")))

    def seal_registration(self, last):
        store = self.season.databases["registration"]
        store.execute("ATTACH ? AS segment", (str(self.season.district / "store" / "cold.segment"),))
        store.execute("CREATE TABLE segment.log AS SELECT * FROM log WHERE seq <= ?", (last,))
        store.execute("INSERT INTO segments SELECT 1, seq, chain, 'cold.segment' FROM main.log WHERE seq = ?", (last,))
        store.commit()

    def test_reads_what_has_moved_into_a_segment(self):
        self.seal_registration(2)
        self.sees()
        self.season.run("registration", "DELETE FROM main.log WHERE seq <= 2")
        self.sees()
        self.season.run("registration", "DELETE FROM segment.log WHERE seq = 2")
        self.sees("logs_are_whole", "import_reported_every_bad_row")

    def test_sees_a_record_that_was_taken_out_of_a_log(self):
        self.season.run("registration", "DELETE FROM log WHERE seq = 2")
        self.sees("logs_are_whole", "import_reported_every_bad_row")

    def test_sees_a_flipped_bit_in_a_log(self):
        (record,) = self.season.databases["matchmaking"].execute("SELECT bytes FROM log WHERE seq = 1").fetchone()
        self.season.run("matchmaking", "UPDATE log SET bytes = ?", record.replace(b"sealed", b"sealee"))
        self.sees("logs_are_whole")

    def test_sees_an_id_that_two_events_share(self):
        self.season.append("matchmaking", "evening_planned", {}, event_id=id_of("training", 1))
        self.season.level()
        self.sees("event_ids_are_unique")

    def test_sees_a_follower_that_lags(self):
        self.season.run("notifications", "UPDATE cursors SET seq = seq - 1 WHERE source LIKE '%/training/0'")
        self.sees("followers_are_level")

    def test_sees_a_follower_on_a_fork(self):
        self.season.run("training", "UPDATE cursors SET chain = ?", bytes(32))
        self.sees("followers_are_level")

    def test_sees_a_parked_event(self):
        self.season.rows("training", "parked", ("331083/registration/0", 1))
        self.sees("followers_are_level")

    def test_sees_events_that_came_from_pages(self):
        self.season.write_status(live=997, pages=3)
        self.sees("events_were_applied_live")

    def test_sees_a_seat_too_many(self):
        self.season.place("seat_taken", DORA, 1)
        self.season.run("training", "UPDATE classes SET taken = 2 WHERE class_id = ?", CLASS)
        self.season.write_attempts([(ANNE, "accepted", "", "a"), (ANNE, "accepted", "", "a"), (BERT, "accepted", "", "b"),
                                    (DORA, "accepted", "", "d")])
        self.season.level()
        self.sees("no_seat_is_oversold")

    def test_sees_a_counter_that_lies(self):
        self.season.run("training", "UPDATE classes SET waiting = 2 WHERE class_id = ?", CLASS)
        self.sees("no_seat_is_oversold")

    def test_sees_a_table_that_its_log_does_not_give(self):
        self.season.rows("training", "enrollments", (DORA, LATE_CLASS, CAMPAIGN, 1))
        self.season.run("training", "UPDATE classes SET taken = 1 WHERE class_id = ?", LATE_CLASS)
        self.sees("log_gives_the_same_seats")

    def test_sees_a_broken_cap(self):
        self.season.run("training", "UPDATE campaigns SET classes_per_person = 0")
        self.sees("caps_and_hours_hold")

    def test_sees_two_seats_at_one_hour(self):
        self.season.run("training", "UPDATE campaigns SET classes_per_person = 2")
        self.season.run("training", "UPDATE sessions SET starts_at = 0, ends_at = ?", HOUR)
        self.season.rows("training", "enrollments", (ANNE, LATE_CLASS, CAMPAIGN, 1))
        self.season.run("training", "UPDATE classes SET taken = 1 WHERE class_id = ?", LATE_CLASS)
        self.sees("caps_and_hours_hold", "log_gives_the_same_seats")

    def test_sees_a_seat_of_one_who_left(self):
        self.season.append("registration", "member_left", {"person_id": ANNE})
        self.season.level()
        self.sees("caps_and_hours_hold")

    def test_sees_a_free_seat_while_one_waits(self):
        self.season.run("training", "UPDATE classes SET capacity = 2 WHERE class_id = ?", CLASS)
        self.sees("no_seat_is_free_while_one_waits")

    def test_sees_two_answers_to_one_request(self):
        self.season.write_attempts([(ANNE, "accepted", "", "a"), (ANNE, "accepted", "", "A"), (BERT, "accepted", "", "b")])
        self.sees("repeats_got_the_first_answer")

    def test_sees_that_no_request_was_repeated(self):
        self.season.write_attempts([(ANNE, "accepted", "", "a"), (BERT, "accepted", "", "b")])
        self.sees("repeats_got_the_first_answer")

    def test_sees_an_answer_without_an_event(self):
        self.season.write_attempts([(ANNE, "accepted", "", "a"), (ANNE, "accepted", "", "a"), (BERT, "accepted", "", "b"),
                                    (DORA, "accepted", "", "d")])
        self.sees("accepted_means_recorded")

    def test_sees_an_attempt_without_an_answer(self):
        self.season.write_attempts([(ANNE, "accepted", "", "a"), (ANNE, "accepted", "", "a"), (BERT, "accepted", "", "b"),
                                    (DORA, "retry", "overloaded", "d")])
        self.sees("accepted_means_recorded")

    def test_sees_a_bad_row_that_was_not_reported(self):
        (self.season.results / "import_errors.csv").write_text("line,column,code,reason\n")
        self.sees("import_reported_every_bad_row")

    def test_sees_a_wrong_column(self):
        (self.season.results / "import_errors_again.csv").write_text("line,column,code,reason\n4,name,missing_value,\n")
        self.sees("import_reported_every_bad_row")

    def test_sees_one_who_joined_twice(self):
        import_id = id_of_content((self.season.data / "roster.csv").read_bytes())
        self.season.append("registration", "member_joined", {"person_id": CARL, "import_id": import_id, "line": 2})
        self.season.level()
        self.sees("import_reported_every_bad_row")

    def test_sees_a_phone_number_in_a_log_file(self):
        (self.season.district / "gateway.log").write_text('{"event":"x","phone":"13900000002"}\n')
        self.sees("personal_data_is_sealed")

    def test_sees_a_name_in_a_store(self):
        self.season.rows("notifications", "messages", (ANNE, "王小安".encode()))
        self.sees("personal_data_is_sealed")

    def test_sees_an_id_number_among_other_digits(self):
        (self.season.district / "up.log").write_bytes(b"\x00" * 9 + b"330099199001010024" + b"\xff")
        self.sees("personal_data_is_sealed")

    def test_sees_what_was_told_twice(self):
        self.season.tell(id_of("training", 1), ANNE)
        self.season.level()
        self.sees("each_inbox_message_once")

    def test_sees_what_was_told_to_nobody(self):
        self.season.run("training", "UPDATE classes SET capacity = 2, taken = 2 WHERE class_id = ?", CLASS)
        self.season.place("seat_taken", DORA, 1, tell=False)
        self.season.write_attempts([(ANNE, "accepted", "", "a"), (ANNE, "accepted", "", "a"), (BERT, "accepted", "", "b"),
                                    (DORA, "accepted", "", "d")])
        self.season.level()
        self.sees("each_inbox_message_once")

    def test_sees_a_choice_in_the_open(self):
        self.season.append("matchmaking", "choice_made", {"wants": True})
        self.season.level()
        self.sees("choices_stay_secret")

    def test_sees_a_couple_of_which_one_said_no(self):
        self.season.write_evening(choices=[(ANNE, BERT, True), (BERT, ANNE, False)], seen={ANNE: [], BERT: [], CARL: []})
        self.sees("choices_stay_secret")

    def test_sees_a_mutual_yes_that_made_no_couple(self):
        self.season.run("matchmaking", "DELETE FROM couples")
        self.sees("choices_stay_secret")

    def test_sees_one_who_is_shown_a_one_sided_yes(self):
        self.season.write_evening(choices=[(ANNE, BERT, True), (BERT, ANNE, True), (ANNE, CARL, True)],
                                  seen={ANNE: [BERT], BERT: [ANNE], CARL: [ANNE]})
        self.sees("choices_stay_secret")

    def test_sees_an_evening_with_a_place_too_many(self):
        self.season.rows("matchmaking", "sign_ups", (EVENING, CARL, "male", "taken"))
        self.sees("evenings_hold_their_capacity")


if __name__ == "__main__":
    sys.exit(unittest.main())
