#!/usr/bin/python3
"""Real processes whose stores are backed up under load, restored, put back by hand and damaged.

    copies_test.py <folder of the executables>
"""

import json
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest
import urllib.request
import uuid

import small_town  # finds the SDK for the next line, too
from gonghui import Request

# What registration's events alone write in training's store.
READ_MODEL = ["places_tree", "places_closure", "places_roles", "members", "organisations"]


def applicant(number):
    return {"name": "张安", "id_number": small_town.number_of(number), "phone": f"139{number:08d}"}


class Town(small_town.InADistrict):
    def setUp(self):
        super().setUp()
        self.city, self.place, self.union = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
        self.people = 0
        self.accept([self.found(self.city, None, "city")])
        self.accept([self.found(self.place, self.city, "district")])
        self.accept([self.found(self.union, self.place, "union")])

    # --- what happens in the district ---

    def found(self, organisation, parent, kind):
        data = {"organisation_id": organisation, "kind": kind, "name": "试验工会"}
        if kind == "union":
            data["code"] = "81331083M00000169Y"
        return Request("registration.found_organisation", data | ({"parent_id": parent} if parent else {}),
                       key=organisation)

    def accept(self, requests):
        for reply in self.operator.ask_all(requests, patience=60.0):
            self.assertEqual("accepted", reply.outcome, str(reply))

    def join(self, count):
        """So many apply and are approved: each is told by notifications."""
        applications = [uuid.uuid4() for _ in range(count)]
        self.accept([Request("registration.submit_application",
                             {"application_id": one, "organisation_id": self.union} | applicant(self.people + i))
                     for i, one in enumerate(applications)])
        self.accept([Request("registration.approve_application", {"application_id": one, "verification": "officer"})
                     for one in applications])
        self.people += count

    def gonghui(self, *arguments):
        return subprocess.run(self.district.command("--lang", "en", *arguments), capture_output=True, text=True,
                              check=False, timeout=120)

    def until_level(self, source, followers):
        """Every follower stands at the head of `source`, in its epoch; the status of each."""
        until = time.monotonic() + 60
        while True:
            status = self.district.status()
            head = status[source]
            stands = {one: next(of for of in status[one]["follows"] if of["source"] == head["source"])
                      for one in followers}
            if all((at["epoch"], at["cursor"]) == (head["epoch"], head["head"]) and not at["rebuilding"]
                   for at in stands.values()):
                return status
            self.assertLess(time.monotonic(), until, f"{stands} at {head['epoch']}/{head['head']}")
            time.sleep(0.05)

    def read_model(self):
        return {table: sorted(self.district.rows("training", f"SELECT * FROM {table}")) for table in READ_MODEL}

    def restart(self, service):
        self.district.start_program(service)
        self.district.wait_until_ready()

    def assert_training_equals_a_replay(self):
        built_again = self.read_model()
        self.district.stop_program("training")
        for file in (self.district.folder / "store").glob("training-0.db*"):
            file.rename(file.with_name("aside-" + file.name))
        self.restart("training")
        self.until_level("registration", ["training"])
        self.assertEqual(self.read_model(), built_again)

    @staticmethod
    def flip_a_bit(store, seq):
        """In the middle of a record, in the file as it lies on the disk."""
        database = sqlite3.connect(store)
        (record,) = database.execute("SELECT bytes FROM log WHERE seq = ?", (seq,)).fetchone()
        database.close()
        flipped = bytearray(record[:64])
        flipped[random.Random(1).randrange(8, 64)] ^= 0x10
        # Wherever it lies: a page that was split still shows what moved away.
        store.write_bytes(store.read_bytes().replace(record[:64], bytes(flipped)))

    def metrics(self, service):
        config = (self.district.folder / "config" / f"{service}.toml").read_text()
        listen = next(line.split('"')[1] for line in config.splitlines() if line.startswith("http.listen"))
        with urllib.request.urlopen(f"http://{listen}/metrics", timeout=10) as answer:
            return answer.read().decode()


class Copies(Town):
    def test_a_restored_store_begins_an_epoch_and_every_follower_ends_level_with_it(self):
        followers = ["training", "matchmaking", "notifications"]
        self.join(20)
        with subprocess.Popen(self.district.command("--lang", "en", "backup"), stdout=subprocess.PIPE, text=True) as run:
            self.accept([self.found(uuid.uuid4(), self.city, "district") for _ in range(500)])
            output, _ = run.communicate(timeout=120)
        self.assertEqual(0, run.returncode, output)
        backups = sorted((self.district.folder / "store" / "backup").glob("registration-0.*Z.db"))
        self.assertEqual(1, len(backups))
        self.assertEqual(0o600, backups[0].stat().st_mode & 0o777)
        self.assertEqual(0, self.gonghui("verify", "--file", backups[0]).returncode)
        self.assertIn("gonghui_backup_age_seconds", self.metrics("registration"))

        self.join(7)  # these will vanish
        self.until_level("registration", followers)
        kept = self.gonghui("restore", "registration")
        self.assertEqual(69, kept.returncode, "while it runs it is not restored: " + kept.stdout + kept.stderr)
        self.assertEqual(0, self.district.stop_program("registration"))
        restored = self.gonghui("restore", "registration")
        self.assertEqual(0, restored.returncode, restored.stderr)
        self.restart("registration")
        self.join(3)

        status = self.until_level("registration", followers)
        self.assertEqual(2, status["registration"]["epoch"])
        members = self.district.rows("registration", "SELECT person_id FROM persons WHERE state = 'member'")
        self.assertEqual(sorted(members), sorted(self.district.rows("training", "SELECT person_id FROM members")))
        self.assertEqual(20 + 3, len(members))
        told = self.district.rows("notifications", "SELECT count(*) FROM messages")[0][0]
        self.assertEqual(20 + 7 + 3, told, "nobody is told twice, and what was said cannot be taken back")
        listed = self.gonghui("forks", "notifications")
        self.assertEqual(7, listed.stdout.count("notifications/message_placed.v1"), listed.stdout)

        self.assert_training_equals_a_replay()

    def test_a_store_put_back_by_hand_is_noticed(self):
        store = self.district.folder / "store" / "registration-0.db"
        self.join(5)
        self.assertEqual(0, self.district.stop_program("registration"))
        shutil.copy(store, store.with_suffix(".copy"))
        self.restart("registration")
        self.join(4)
        self.until_level("registration", ["training", "notifications"])
        self.assertEqual(0, self.district.stop_program("registration"))
        for ending in ("-wal", "-shm"):
            pathlib.Path(str(store) + ending).unlink(missing_ok=True)
        shutil.copy(store.with_suffix(".copy"), store)
        self.restart("registration")
        self.join(2)
        status = self.until_level("registration", ["training", "notifications"])
        self.assertEqual(2, status["registration"]["epoch"])
        self.assertEqual(sorted(self.district.rows("registration", "SELECT person_id FROM persons WHERE state = 'member'")),
                         sorted(self.district.rows("training", "SELECT person_id FROM members")))
        self.assertEqual(7, len(self.district.rows("training", "SELECT 1 FROM members")))

    def test_a_flipped_bit_is_named_and_its_store_stays_closed_until_it_is_restored(self):
        self.join(5)
        self.assertEqual(0, self.gonghui("backup", "registration").returncode)
        self.until_level("registration", ["training"])
        self.assertEqual(0, self.district.stop_program("registration"))
        store = self.district.folder / "store" / "registration-0.db"
        self.assertEqual(0, self.gonghui("verify", "registration").returncode)
        self.flip_a_bit(store, 4)

        verdict = self.gonghui("verify", "registration", "--json")
        self.assertEqual(65, verdict.returncode)
        (one,) = json.loads(verdict.stdout)
        self.assertIn("log record 4", " ".join(one["complaints"]))
        self.district.start_program("registration")
        self.assertEqual(65, self.district._running.pop("registration").wait(30))
        said = (self.district.folder / "log" / "registration.log").read_text()
        self.assertIn("the log of 331083/registration/0 is damaged at record 4", said)

        self.assertEqual(0, self.gonghui("restore", "registration").returncode)
        self.restart("registration")
        self.join(1)
        self.until_level("registration", ["training", "notifications"])

    def test_a_copy_of_another_service_is_refused_and_leaves_nothing_behind(self):
        self.assertEqual(0, self.gonghui("backup", "matchmaking").returncode)
        (other,) = [file for file in (self.district.folder / "store/backup").glob("matchmaking-0.*.db")
                    if ".keyring." not in file.name]
        self.assertEqual(0, self.district.stop_program("training"))
        files = sorted((self.district.folder / "store").iterdir())
        refused = self.gonghui("restore", "training", "--from", other)
        self.assertEqual(65, refused.returncode)
        self.assertIn("it is the store of 331083/matchmaking/0, not of 331083/training/0", refused.stderr)
        self.assertEqual(files, sorted((self.district.folder / "store").iterdir()))
        self.restart("training")

    def test_what_does_not_exist_is_not_verified_restored_or_granted(self):
        for words in (["verify", "trainning"], ["restore", "trainning"], ["restore", "training", "--partition", "7"],
                      ["keys", "add", "hub"]):
            with self.subTest(words):
                self.assertEqual(64, self.gonghui(*words).returncode)


class CopiesOfShortLogs(Town):
    CONFIG = small_town.SHORT_LOGS

    def segments(self, below="."):
        """The oldest first."""
        return sorted((self.district.folder / "store" / below).glob("registration-0.*.segment"),
                      key=lambda file: int(file.name.split(".")[1].split("-")[0]))

    def until_sealed(self, records):
        """Until the store's own log begins behind so many records."""
        until = time.monotonic() + 60
        while self.district.rows("registration", "SELECT min(seq) FROM log")[0][0] <= records:
            self.assertLess(time.monotonic(), until, "the log stays in the store")
            time.sleep(0.05)

    def test_a_late_follower_reads_on_in_segments(self):
        self.join(20)
        self.until_sealed(24)
        self.assertGreaterEqual(len(self.segments()), 4)
        self.assertIn("gonghui_segment_bytes", self.metrics("registration"))
        self.until_level("registration", ["training", "matchmaking", "notifications"])
        self.assert_training_equals_a_replay()

    def test_a_copy_and_a_restored_store_have_their_segments(self):
        self.join(20)
        self.until_sealed(24)
        self.assertEqual(0, self.gonghui("backup", "registration").returncode)
        copies = [file.name for file in self.segments("backup")]
        self.assertGreaterEqual(len(copies), 6)
        self.assertEqual(copies, [file.name for file in self.segments()][:len(copies)])
        copied = self.district.folder / "elsewhere"
        shutil.copytree(self.district.folder / "store" / "backup", copied)
        (copy,) = copied.glob("registration-0.*Z.db")
        self.assertEqual(0, self.gonghui("verify", "--file", copy).returncode)

        self.join(12)  # vanish, with segments that are named as no other's are
        self.until_sealed(42)
        self.until_level("registration", ["training", "matchmaking", "notifications"])
        self.assertEqual(0, self.district.stop_program("registration"))
        for segment in self.segments() + self.segments("backup"):
            segment.unlink()
        restored = self.gonghui("restore", "registration", "--from", copy)
        self.assertEqual(0, restored.returncode, restored.stderr)
        self.restart("registration")
        self.join(16)
        self.until_sealed(42)
        status = self.until_level("registration", ["training", "matchmaking", "notifications"])
        self.assertEqual(2, status["registration"]["epoch"])
        self.assert_training_equals_a_replay()
        listed = self.gonghui("forks", "notifications")
        self.assertEqual(12, listed.stdout.count("notifications/message_placed.v1"), listed.stdout)

    def test_what_changed_in_a_segment_is_named_and_its_store_stays_closed(self):
        self.join(20)
        self.until_sealed(24)
        self.assertEqual(0, self.gonghui("backup", "registration").returncode)
        self.assertEqual(0, self.district.stop_program("registration"))
        flipped = self.segments()[2]
        self.flip_a_bit(flipped, 9)
        verdict = self.gonghui("verify", "registration")
        self.assertEqual(65, verdict.returncode)
        self.assertIn("log record 9", verdict.stdout + verdict.stderr)
        self.district.start_program("registration")  # and its background check comes upon it
        self.assertEqual(65, self.district._running.pop("registration").wait(30))
        said = (self.district.folder / "log" / "registration.log").read_text()
        self.assertIn("the log of 331083/registration/0 is damaged at record 9", said)

        self.assertEqual(0, self.gonghui("restore", "registration").returncode)
        self.restart("registration")
        self.join(1)
        self.until_level("registration", ["training", "notifications"])
        self.assertEqual([flipped.name + ".replaced"],
                         [file.name for file in flipped.parent.glob("registration-0.*.segment.replaced")])

    def test_a_segment_that_is_gone_is_named(self):
        self.join(20)
        self.until_sealed(24)
        self.assertEqual(0, self.district.stop_program("registration"))
        gone = self.segments()[0]
        gone.unlink()
        verdict = self.gonghui("verify", "registration")
        self.assertEqual(65, verdict.returncode)
        self.assertIn(f"its file {gone.name} is missing", verdict.stdout + verdict.stderr)


if __name__ == "__main__":
    small_town.PROGRAMS = pathlib.Path(sys.argv.pop(1))
    unittest.main()
