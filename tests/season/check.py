#!/usr/bin/python3
"""Checks a district's stores and raw logs after a season, from the outside: it shares no code with the services and
reads only files. Prints a line per invariant and, as its last line, one JSON object; ends with 1 when one is broken.

    check.py --district var/331083 --data var/season --results var/season/results

What it knows of the formats stands in common/messaging/PROTOCOL.md: the event map, the chain hash, derived ids.
"""

import argparse
import collections
import csv
import hashlib
import json
import pathlib
import random
import sqlite3
import sys

import msgpack

SERVICES = ["registration", "training", "matchmaking", "notifications"]
FOLLOWS = {"training": ["registration"], "matchmaking": ["registration"],
           "notifications": ["registration", "training", "matchmaking"]}
TAKEN, OFFERED, WAITING = 1, 2, 3


class Stores:
    """Read-only connections to the stores of one district, and their logs decoded."""

    def __init__(self, folder):
        self.paths = {service: next(pathlib.Path(folder).rglob(f"{service}-0.db")) for service in SERVICES}
        self.databases = {service: sqlite3.connect(f"file:{path}?mode=ro", uri=True)
                          for service, path in self.paths.items()}
        self.folder = pathlib.Path(folder)

    def rows(self, service, sql, *parameters):
        return self.databases[service].execute(sql, parameters).fetchall()

    def log(self, service):
        """(seq, chain, bytes) in order."""
        return self.databases[service].execute("SELECT seq, chain, bytes FROM log ORDER BY seq")

    def events(self, service):
        for _, _, record in self.log(service):
            yield msgpack.unpackb(record, raw=False, strict_map_key=False)


class Results:
    """What the clients of the season saw."""

    def __init__(self, data, folder):
        self.bad_rows = json.loads((data / "bad_rows.json").read_text())
        self.attempts = []
        for path in sorted(folder.glob("rush-*.csv")):
            with open(path, newline="") as file:
                self.attempts += list(csv.DictReader(file))
        with open(folder / "import_errors.csv", newline="", encoding="utf-8-sig") as file:
            self.import_errors = list(csv.DictReader(file))
        with open(data / "roster.csv", "rb") as file:
            self.roster = file.read().split(b"\r\n")[1:-1]


# --- the invariants: each yields what breaks it ---

def logs_are_whole(stores, _):
    """Every log is contiguous from 1 and its chain hash holds from the first record."""
    for service in SERVICES:
        chain, expected = bytes(32), 1
        for seq, stored, record in stores.log(service):
            chain = hashlib.blake2b(chain + record, digest_size=32).digest()
            event = msgpack.unpackb(record, raw=False, strict_map_key=False)
            if seq != expected or event["seq"] != seq:
                yield f"{service}: record {seq} stands where {expected} should"
                break
            if chain != stored:
                yield f"{service}: the chain breaks at record {seq}"
                break
            expected += 1


def followers_are_level(stores, _):
    """Every follower's cursor stands at its source's head, with the same chain."""
    for service, sources in FOLLOWS.items():
        for source in sources:
            head = stores.rows(source, "SELECT seq, chain FROM log ORDER BY seq DESC LIMIT 1")
            cursor = stores.rows(service, "SELECT seq, chain FROM cursors WHERE source LIKE ?", f"%/{source}/0")
            if head and (not cursor or cursor[0] != head[0]):
                yield f"{service} stands at {cursor and cursor[0][0]} of {source}'s {head[0][0]}"
        parked = stores.rows(service, "SELECT count(*) FROM parked")[0][0]
        if parked:
            yield f"{service} has {parked} parked events"


def seats_of(stores):
    seats = collections.defaultdict(lambda: collections.Counter())
    for class_id, state, count in stores.rows(
            "training", "SELECT class_id, state, count(*) FROM enrollments GROUP BY class_id, state"):
        seats[class_id][state] = count
    return seats


def no_seat_is_oversold(stores, _):
    """In every class: taken + offered <= capacity, and the counters say what the rows say."""
    seats = seats_of(stores)
    for class_id, capacity, taken, offered, waiting in stores.rows(
            "training", "SELECT class_id, capacity, taken, offered, waiting FROM classes"):
        rows = seats[class_id]
        if rows[TAKEN] + rows[OFFERED] > capacity:
            yield f"class {class_id.hex()}: {rows[TAKEN]} + {rows[OFFERED]} of {capacity} seats"
        if (rows[TAKEN], rows[OFFERED], rows[WAITING]) != (taken, offered, waiting):
            yield f"class {class_id.hex()}: counters {taken}, {offered}, {waiting} but rows {dict(rows)}"


def log_gives_the_same_seats(stores, _):
    """Training's log alone, replayed here, gives the enrollments that its tables hold."""
    places = {}
    for event in stores.events("training"):
        kind, data = event["type"], event["data"]
        if kind not in ("seat_taken", "waitlisted", "seat_offered", "offer_lapsed", "offer_declined",
                        "enrollment_cancelled", "waiting_left"):
            continue
        place = (data["person_id"], data["class_id"])
        if kind == "seat_taken":
            places[place] = TAKEN
        elif kind == "waitlisted":
            places[place] = WAITING
        elif kind == "seat_offered":
            places[place] = OFFERED
        else:
            places.pop(place, None)
    stored = {(person, class_id): state for person, class_id, state in
              stores.rows("training", "SELECT person_id, class_id, state FROM enrollments")}
    if places != stored:
        yield f"{len(set(places.items()) ^ set(stored.items()))} places differ between log and tables"


def hours(stores):
    sessions = collections.defaultdict(list)
    for class_id, starts, ends in stores.rows("training", "SELECT class_id, starts_at, ends_at FROM sessions"):
        sessions[class_id].append((starts, ends))
    return sessions


def overlap(first, second):
    return any(a < d and c < b for a, b in first for c, d in second)


def active_members(stores):
    """By registration's log: who is a member now."""
    active = set()
    for event in stores.events("registration"):
        if event["type"] == "member_joined":
            active.add(event["data"]["person_id"])
        elif event["type"] == "member_left":
            active.discard(event["data"]["person_id"])
    return active


def held_seats(stores):
    held = collections.defaultdict(lambda: collections.defaultdict(set))
    for person, class_id, campaign in stores.rows(
            "training", "SELECT person_id, class_id, campaign_id FROM enrollments WHERE state IN (1, 2)"):
        held[person][campaign].add(class_id)
    return held


def caps_and_hours_hold(stores, _):
    """Nobody holds more seats of a campaign than allowed, or two at the same hour, and nobody who left holds any."""
    caps = dict(stores.rows("training", "SELECT campaign_id, classes_per_person FROM campaigns"))
    sessions, active = hours(stores), active_members(stores)
    for person, campaigns in held_seats(stores).items():
        classes = [c for held in campaigns.values() for c in held]
        if person not in active:
            yield f"{person.hex()} left and holds {len(classes)} seats"
        if any(len(held) > caps[campaign] for campaign, held in campaigns.items()):
            yield f"{person.hex()} holds more seats than the campaign allows"
        if any(overlap(sessions[a], sessions[b]) for i, a in enumerate(classes) for b in classes[:i]):
            yield f"{person.hex()} holds two seats at the same hour"


def no_seat_is_free_while_one_waits(stores, _):
    """No seat is free while a person waits for it who is a member, below the cap and free at that hour."""
    caps = dict(stores.rows("training", "SELECT campaign_id, classes_per_person FROM campaigns"))
    sessions, active, held = hours(stores), active_members(stores), held_seats(stores)
    for class_id, campaign, free in stores.rows(
            "training", "SELECT class_id, campaign_id, capacity - taken - offered FROM classes "
                        "WHERE capacity > taken + offered AND waiting > 0"):
        for (person,) in stores.rows("training", "SELECT person_id FROM enrollments WHERE class_id = ? AND state = 3",
                                     class_id):
            others = [c for classes in held[person].values() for c in classes]
            if (person in active and len(held[person][campaign]) < caps[campaign]
                    and not any(overlap(sessions[class_id], sessions[c]) for c in others)):
                yield f"class {class_id.hex()} has {free} free seats while {person.hex()} waits"
                break


def repeats_got_the_first_answer(_, results):
    """Every request id has one answer, byte for byte, however often it was asked."""
    answers = collections.defaultdict(set)
    for attempt in results.attempts:
        answers[attempt["request_id"]].add(attempt["answer"])
    for request, seen in answers.items():
        if len(seen) != 1:
            yield f"request {request} got {len(seen)} different answers"
    if not any(attempt["kind"] == "tap" for attempt in results.attempts):
        yield "no request was repeated: nothing was shown"


def accepted_means_recorded(stores, results):
    """Every accepted enrollment has its event in the log, every such event an accepted answer; all have an answer."""
    accepted = {attempt["request_id"] for attempt in results.attempts if attempt["outcome"] == "accepted"}
    unanswered = sum(attempt["outcome"] not in ("accepted", "refused") for attempt in results.attempts)
    if unanswered:
        yield f"{unanswered} attempts without a final answer"
    asked = {attempt["request_id"] for attempt in results.attempts}
    recorded = {event["cause"].hex() for event in stores.events("training")
                if event["type"] in ("seat_taken", "waitlisted") and event["cause"].hex() in asked}
    if accepted != recorded:
        yield f"{len(accepted - recorded)} accepted without an event, {len(recorded - accepted)} events without an answer"


def import_reported_every_bad_row(stores, results):
    """The import lists exactly the bad rows, with line, column and reason, and everybody else is a member."""
    expected = {(row["line"], row["column"], row["code"]) for row in results.bad_rows}
    reported = {(int(row["line"]), row["column"], row["code"]) for row in results.import_errors}
    for row in sorted(expected ^ reported)[:5]:
        yield f"{'not reported' if row in expected else 'reported without cause'}: {row}"
    joined = stores.rows("registration", "SELECT count(*) FROM log WHERE instr(bytes, CAST('member_joined.v1' AS BLOB))")
    if joined[0][0] != len(results.roster) - len(expected):
        yield f"{joined[0][0]} joined of {len(results.roster) - len(expected)} good rows"


def each_inbox_message_once(stores, _):
    """Every change of a seat told its person once: one message per event, none without one."""
    told = collections.Counter(event["cause"] for event in stores.events("notifications")
                               if event["type"] == "message_placed")
    twice = sum(count > 1 for count in told.values())
    if twice:
        yield f"{twice} events were told twice"
    untold = sum(event["id"] not in told for event in stores.events("training")
                 if event["type"] in ("seat_taken", "waitlisted", "seat_offered"))
    if untold:
        yield f"{untold} changes of a seat were told to nobody"


def choices_stay_secret(stores, _):
    """Choices and couples stand sealed in the log; couples are those who chose each other."""
    for event in stores.events("matchmaking"):
        if event["type"] in ("choice_made", "couple_revealed") and not isinstance(event["data"], bytes):
            yield f"record {event['seq']} shows a {event['type']}"
            return
    wants = {(evening, a, b) for evening, a, b in stores.rows(
        "matchmaking", "SELECT evening_id, chooser_id, chosen_id FROM choices WHERE wants = 1")}
    couples = stores.rows("matchmaking", "SELECT evening_id, first_id, second_id FROM couples")
    for evening, a, b in couples:
        if (evening, a, b) not in wants or (evening, b, a) not in wants:
            yield f"{a.hex()} and {b.hex()} are a couple without a mutual yes"


def personal_data_is_sealed(stores, results):
    """No ID number, phone or full name of a sample of the roster stands in any file of the district."""
    sample = random.Random(1).sample([row for row in results.roster if row.count(b",") == 4], 400)
    needles = set()
    for row in sample:
        name, number, phone = row.split(b",")[:3]
        needles |= {number, phone}
        if len(name.decode(errors="ignore")) >= 3:
            needles.add(name)
    needles.discard(b"")
    for path in sorted(p for p in stores.folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        found = sum(needle in content for needle in needles)
        # Three Chinese characters meet by chance in no table of ours; a number of 11 or 18 digits never does.
        if found:
            yield f"{path.name} holds {found} of {len(needles)} values in plain text"


INVARIANTS = [logs_are_whole, followers_are_level, no_seat_is_oversold, log_gives_the_same_seats, caps_and_hours_hold,
              no_seat_is_free_while_one_waits, repeats_got_the_first_answer, accepted_means_recorded,
              import_reported_every_bad_row, each_inbox_message_once, choices_stay_secret, personal_data_is_sealed]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--district", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    stores, results = Stores(arguments.district), Results(arguments.data, arguments.results)

    broken = {}
    for invariant in INVARIANTS:
        problems = list(invariant(stores, results))
        mark = "ok    " if not problems else "BROKEN"
        print(f"  {mark} {invariant.__doc__}", flush=True)
        for problem in problems[:5]:
            print(f"         {problem}")
        if problems:
            broken[invariant.__name__] = problems[:5]
    print(json.dumps({"invariants_held": not broken, "checked": len(INVARIANTS), "broken": broken}))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
