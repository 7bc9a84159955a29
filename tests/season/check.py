#!/usr/bin/python3
"""Checks a district's stores and raw logs after a season, from the outside: it shares no code with the services and
reads only files. Prints a line per invariant and, as its last line, one JSON object with the verdict and the figures that
it counted itself; ends with 1 when an invariant is broken.

    check.py --district var/331083 --data var/331083.season/data --results var/331083.season

What it knows of the formats stands in common/messaging/PROTOCOL.md: the event map, the chain hash, derived ids.
"""

import argparse
import collections
import csv
import hashlib
import json
import pathlib
import re
import sqlite3
import sys

import msgpack

SERVICES = ["registration", "training", "matchmaking", "notifications", "gateway"]
FOLLOWS = {"training": ["registration"], "matchmaking": ["registration"],
           "notifications": ["registration", "training", "matchmaking"],
           "gateway": ["registration", "training", "notifications"]}
TAKEN, OFFERED, WAITING = 1, 2, 3
STATE_AFTER = {"seat_taken": TAKEN, "waitlisted": WAITING, "seat_offered": OFFERED, "offer_lapsed": None,
               "offer_declined": None, "enrollment_cancelled": None, "waiting_left": None}
LIVE_AT_LEAST = 0.999

Event = collections.namedtuple("Event", "seq type id cause data")


class Log:
    """One service's log, read once; of the data only what some invariant needs is kept."""

    KEPT = {"member_joined": ("person_id", "import_id", "line"), "member_left": ("person_id",),
            "member_restored": ("person_id",), "message_placed": ("person_id", "message_id")}

    def __init__(self, database):
        self.problems, self.events, self.head = [], [], (0, bytes(32))
        for seq, stored, record in self.records(database):
            chain = hashlib.blake2b(self.head[1] + record, digest_size=32).digest()
            event = msgpack.unpackb(record, raw=False, strict_map_key=False)
            if seq != self.head[0] + 1 or event["seq"] != seq:
                self.problems.append(f"record {seq} stands where {self.head[0] + 1} should")
            if chain != stored:
                self.problems.append(f"the chain breaks at record {seq}")
            self.head = (seq, stored)
            self.events.append(Event(seq, event["type"], event["id"], event["cause"], self.kept(event)))

    def records(self, database):
        """Those that have moved into segments first."""
        path = pathlib.Path(database.execute("PRAGMA database_list").fetchone()[2])
        sealed = 0
        for file, sealed in database.execute("SELECT file, last_seq FROM segments ORDER BY first_seq").fetchall():
            segment = sqlite3.connect(f"file:{path.with_name(file)}?mode=ro", uri=True)
            yield from segment.execute("SELECT seq, chain, bytes FROM log ORDER BY seq")
            segment.close()
        yield from database.execute("SELECT seq, chain, bytes FROM log WHERE seq > ? ORDER BY seq", (sealed,))

    def kept(self, event):
        names, data = self.KEPT.get(event["type"]), event["data"]
        if event["type"] in STATE_AFTER or isinstance(data, bytes):
            return data
        return {name: data.get(name) for name in names} if names else None


class Stores:
    """Read-only connections to the stores of one district, and their logs."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        paths = {service: next(self.folder.rglob(f"{service}-0.db")) for service in SERVICES}
        self.databases = {service: sqlite3.connect(f"file:{path}?mode=ro", uri=True) for service, path in paths.items()}
        self.logs = {service: Log(database) for service, database in self.databases.items()}

    def rows(self, service, sql, *parameters):
        return self.databases[service].execute(sql, parameters).fetchall()

    def followings(self):
        return [(service, source) for service in self.databases for source in FOLLOWS.get(service, ())]

    def events(self, service, *kinds):
        return (event for event in self.logs[service].events if event.type in kinds)


def id_of_content(content):
    """Of an import: BLAKE2b-128 over the file, as a UUID of version 8 (services/ctl/README.md, import)."""
    digest = bytearray(hashlib.blake2b(content, digest_size=16).digest())
    digest[6], digest[8] = 0x80 | digest[6] & 0x0F, 0x80 | digest[8] & 0x3F
    return bytes(digest)


class Results:
    """What the clients of the season saw."""

    def __init__(self, data, folder):
        self.bad_rows = json.loads((data / "bad_rows.json").read_text())
        self.roster = (data / "roster.csv").read_bytes().split(b"\r\n")[1:-1]
        self.import_id = id_of_content((data / "roster.csv").read_bytes())
        self.imports = [self.table(path, "utf-8-sig") for path in sorted(folder.glob("import_errors*.csv"))]
        self.attempts = [row for path in sorted(folder.glob("rush-*.csv")) for row in self.table(path)]
        self.status = json.loads((folder / "status.json").read_text())
        self.evening = json.loads((folder / "evening.json").read_text())

    @staticmethod
    def table(path, encoding="utf-8"):
        with open(path, newline="", encoding=encoding) as file:
            return list(csv.DictReader(file))


INVARIANTS = []


def invariant(zh, en):
    """A function that yields what breaks the promise."""
    def add(function):
        function.promise = {"zh-CN": zh, "en": en}
        INVARIANTS.append(function)
        return function
    return add


# --- logs and followers ---

@invariant("每个日志序号连续，链式哈希从第一条起成立", "every log is contiguous from 1 and its chain hash holds from the first record")
def logs_are_whole(stores, _):
    for service, log in stores.logs.items():
        yield from (f"{service}: {problem}" for problem in log.problems[:3])


@invariant("每个关注者的游标都在来源的末尾，没有搁置的事件", "every follower's cursor stands at its source's head; no event is parked")
def followers_are_level(stores, _):
    for service, source in stores.followings():
        cursor = stores.rows(service, "SELECT seq, chain FROM cursors WHERE source LIKE ?", f"%/{source}/0")
        head = stores.logs[source].head
        if head[0] and (not cursor or cursor[0] != head):
            yield f"{service} stands at {cursor and cursor[0][0]} of {source}'s {head[0]}"
    for service in stores.databases:
        parked = stores.rows(service, "SELECT count(*) FROM parked")[0][0]
        if parked:
            yield f"{service} has {parked} parked events"


@invariant("任何两个事件的编号都不相同", "no two events have the same id, whatever their service")
def event_ids_are_unique(stores, _):
    ids = collections.Counter(event.id for log in stores.logs.values() for event in log.events)
    twice = [one for one, count in ids.items() if count > 1]
    if twice:
        yield f"{len(twice)} ids stand twice, {twice[0].hex()} among them"


def live_share(results):
    counters = [one["counters"] for one in results.status["services"].values()]
    live, pages = (sum(one[name] for one in counters) for name in ("applied_live", "applied_from_pages"))
    return live / (live + pages) if live + pages else 0.0


@invariant("至少 99.9% 的事件由总线实时应用", "at least 99.9 % of events were applied live")
def events_were_applied_live(_, results):
    share = live_share(results)
    if share < LIVE_AT_LEAST:
        yield f"only {100 * share:.2f} % came from the bus, the others from pages of the log"


# --- seats ---

def seats_of(stores):
    seats = collections.defaultdict(collections.Counter)
    for class_id, state, count in stores.rows(
            "training", "SELECT class_id, state, count(*) FROM enrollments GROUP BY class_id, state"):
        seats[class_id][state] = count
    return seats


@invariant("任何班级：已占与待确认之和不超过座位数", "in every class taken + offered <= capacity, and the counters say what the rows say")
def no_seat_is_oversold(stores, _):
    seats = seats_of(stores)
    for class_id, capacity, taken, offered, waiting in stores.rows(
            "training", "SELECT class_id, capacity, taken, offered, waiting FROM classes"):
        rows = seats[class_id]
        if rows[TAKEN] + rows[OFFERED] > capacity:
            yield f"class {class_id.hex()}: {rows[TAKEN]} + {rows[OFFERED]} of {capacity} seats"
        if (rows[TAKEN], rows[OFFERED], rows[WAITING]) != (taken, offered, waiting):
            yield f"class {class_id.hex()}: counters {taken}, {offered}, {waiting} but rows {dict(rows)}"


@invariant("仅凭培训服务的日志重放，得到表中同样的名额", "training's log alone, replayed here, gives the enrollments that its tables hold")
def log_gives_the_same_seats(stores, _):
    places = {}
    for event in stores.events("training", *STATE_AFTER):
        place = (event.data["person_id"], event.data["class_id"])
        if STATE_AFTER[event.type]:
            places[place] = STATE_AFTER[event.type]
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
    for event in stores.events("registration", "member_joined", "member_left"):
        change = active.add if event.type == "member_joined" else active.discard
        change(event.data["person_id"])
    return active


def held_seats(stores):
    held = collections.defaultdict(lambda: collections.defaultdict(set))
    for person, class_id, campaign in stores.rows(
            "training", "SELECT person_id, class_id, campaign_id FROM enrollments WHERE state IN (1, 2)"):
        held[person][campaign].add(class_id)
    return held


@invariant("限报数与时间冲突得到遵守，退会者不占座位", "caps hold, nobody has two seats at one hour, nobody who left has any")
def caps_and_hours_hold(stores, _):
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


@invariant("没有空座位让符合条件的人继续等待", "no seat is free while an eligible person waits for it")
def no_seat_is_free_while_one_waits(stores, _):
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


# --- answers ---

@invariant("每个请求号只有一个答复，逐字节相同", "every request id has one answer, byte for byte, however often it was asked")
def repeats_got_the_first_answer(_, results):
    answers, asked = collections.defaultdict(set), collections.Counter()
    for attempt in results.attempts:
        answers[attempt["request_id"]].add(attempt["answer"])
        asked[attempt["request_id"]] += 1
    for request, seen in answers.items():
        if len(seen) != 1:
            yield f"request {request} got {len(seen)} different answers"
    if not any(count > 1 for count in asked.values()):
        yield "no request was repeated: nothing was shown"


@invariant("每个受理的报名都在日志中，反之亦然；每次尝试都有最终答复",
           "every accepted enrollment stands in the log and the other way round; every attempt has a final answer")
def accepted_means_recorded(stores, results):
    accepted = {attempt["request_id"] for attempt in results.attempts if attempt["outcome"] == "accepted"}
    unanswered = sum(attempt["outcome"] not in ("accepted", "refused") for attempt in results.attempts)
    if unanswered:
        yield f"{unanswered} attempts without a final answer"
    asked = {attempt["request_id"] for attempt in results.attempts}
    recorded = collections.Counter(event.cause.hex() for event in stores.events("training", "seat_taken", "waitlisted")
                                   if event.cause.hex() in asked)
    if accepted != set(recorded):
        yield (f"{len(accepted - set(recorded))} accepted without an event, "
               f"{len(set(recorded) - accepted)} events without an answer")
    twice = sum(count > 1 for count in recorded.values())
    if twice:
        yield f"{twice} requests took effect twice"


# --- the roster ---

@invariant("导入逐行列出每个错误行（行、列、原因），其余全部入会；再次导入不新增任何人",
           "the import lists exactly the bad rows with line, column and reason, everybody else is a member, once")
def import_reported_every_bad_row(stores, results):
    expected = {(row["line"], row["column"], row["code"]) for row in results.bad_rows}
    for number, errors in enumerate(results.imports, start=1):
        reported = {(int(row["line"]), row["column"], row["code"]) for row in errors}
        for row in sorted(expected ^ reported)[:3]:
            yield f"import {number}: {'not reported' if row in expected else 'reported without cause'}: {row}"
    joined = [event.data["line"] for event in stores.events("registration", "member_joined")
              if event.data["import_id"] == results.import_id]
    good = set(range(2, len(results.roster) + 2)) - {row["line"] for row in results.bad_rows}
    if len(joined) != len(set(joined)) or set(joined) != good:
        yield f"{len(joined)} joined of {len(good)} good rows; {len(set(joined) ^ good)} lines differ"


PHONE, ID_NUMBER = 11, 18
DIGITS = re.compile(rb"[0-9]{%d,}[0-9X]" % (PHONE - 1))
THREE_CHARACTERS = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){3,}")


@invariant("花名册中的姓名、证件号码、手机号码在任何文件中都没有明文",
           "no name, ID number or phone of the roster stands in plain text in any file of the district")
def personal_data_is_sealed(stores, results):
    secrets = {PHONE: set(), ID_NUMBER: set(), 9: set()}
    for row in results.roster:
        name, number, phone = row.split(b",")[:3]
        for value, length in ((name, 9), (number, ID_NUMBER), (phone, PHONE)):
            if len(value) == length:  # names of three characters: shorter ones meet by chance
                secrets[length].add(value)
    for path in sorted(p for p in stores.folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        found = {run[i:i + length] for run in DIGITS.findall(content) for length in (PHONE, ID_NUMBER)
                 for i in range(len(run) - length + 1) if run[i:i + length] in secrets[length]}
        found |= {run[i:i + 9] for run in THREE_CHARACTERS.findall(content)
                  for i in range(0, len(run) - 8, 3) if run[i:i + 9] in secrets[9]}
        if found:
            yield f"{path.relative_to(stores.folder)} holds {len(found)} values of the roster in plain text"


# --- messages and the evening ---

def derived_id(cause, index):
    """The id of what follows from a cause: BLAKE2b-128 over it and its number, stamped as a UUID of version 8."""
    value = bytearray(hashlib.blake2b(cause + index.to_bytes(4, "big"), digest_size=16).digest())
    value[6] = value[6] & 0x0F | 0x80
    value[8] = value[8] & 0x3F | 0x80
    return bytes(value)


@invariant("每次名额变化恰好通知本人一次", "every change of a seat told its person once, in a message whose id derives from it")
def each_inbox_message_once(stores, _):
    told = collections.Counter(event.cause for event in stores.events("notifications", "message_placed"))
    twice = sum(count > 1 for count in told.values())
    if twice:
        yield f"{twice} events were told twice"
    untold = sum(event.id not in told for event in stores.events("training", *STATE_AFTER))
    if untold:
        yield f"{untold} changes of a seat were told to nobody"
    strange = sum(event.data["message_id"] != derived_id(event.cause, 0)
                  for event in stores.events("notifications", "message_placed"))
    if strange:
        yield f"{strange} messages have an id that does not derive from their cause"


@invariant("选择与牵手在日志中密封；牵手者恰是互选的双方，且各自只看到自己的",
           "choices and couples stand sealed in the log; couples are just those who chose each other, and see just that")
def choices_stay_secret(stores, results):
    for event in stores.events("matchmaking", "choice_made", "couple_revealed"):
        if not isinstance(event.data, bytes):
            yield f"record {event.seq} shows a {event.type}"
            break
    evening = results.evening
    wanted = {(one, other) for one, other, wants in evening["choices"] if wants}
    mutual = {frozenset(pair) for pair in wanted if pair[::-1] in wanted}
    couples = {frozenset((a.hex(), b.hex())) for a, b in stores.rows(
        "matchmaking", "SELECT first_id, second_id FROM couples WHERE evening_id = ?", bytes.fromhex(evening["evening_id"]))}
    if couples != mutual:
        yield f"{len(couples - mutual)} couples without a mutual yes, {len(mutual - couples)} mutual choices without a couple"
    seen = {person: set(others) for person, others in evening["seen"].items()}
    wrong = [one for one in seen if seen[one] != {other for pair in mutual if one in pair for other in pair - {one}}]
    if wrong:
        yield f"{len(wrong)} people see other couples than their own"


@invariant("活动每一方的名额不超过上限，有空位时无人候补", "an evening's places stay within each side's capacity, and nobody waits while one is free")
def evenings_hold_their_capacity(stores, _):
    for evening, state, *capacities in stores.rows(
            "matchmaking", "SELECT evening_id, state, capacity_male, capacity_female FROM evenings"):
        for side, capacity in zip(("male", "female"), capacities):
            counts = dict(stores.rows("matchmaking", "SELECT state = 'waiting', count(*) FROM sign_ups "
                                      "WHERE evening_id = ? AND side = ? GROUP BY 1", evening, side))
            places, waiting = counts.get(0, 0), counts.get(1, 0)
            if places > capacity or (waiting and places < capacity):
                yield f"evening {evening.hex()}, {side}: {places} of {capacity} places while {waiting} wait"


# --- figures ---

def figures_of(stores, results):
    """What the tables and the clients' files say, for the season's own table."""
    classes = stores.rows("training", "SELECT capacity, taken, offered, waiting FROM classes WHERE campaign_id = "
                                      "(SELECT campaign_id FROM campaigns ORDER BY opens_at DESC LIMIT 1)")
    seats, taken, offered, waiting = map(sum, zip(*classes)) if classes else (0, 0, 0, 0)
    answers = collections.Counter(one["code"] or one["outcome"] for one in results.attempts)
    return {
        "members": len(active_members(stores)),
        "bad_rows": dict(collections.Counter(row["code"] for row in results.bad_rows)),
        "answers": dict(answers.most_common()), "repeats": sum(one["kind"] == "tap" for one in results.attempts),
        "seats": seats, "taken": taken, "offered": offered, "free": seats - taken - offered, "waiting": waiting,
        "messages": stores.rows("notifications", "SELECT count(*) FROM messages")[0][0],
        "events": sum(log.head[0] for log in stores.logs.values()), "applied_live": round(live_share(results), 5)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--district", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--lang", choices=["zh-CN", "en"], default="en")
    arguments = parser.parse_args()
    stores, results = Stores(arguments.district), Results(arguments.data, arguments.results)

    broken = {}
    # Whoever was stopped reads pages when it comes back: that is what pages are for.
    asked = [one for one in INVARIANTS if results.status["healthy"] or one is not events_were_applied_live]
    for one in asked:
        problems = list(one(stores, results))
        print(f"    {'✓' if not problems else '✗'} {one.promise[arguments.lang]}", flush=True)
        for problem in problems[:5]:
            print(f"        {problem}")
        if problems:
            broken[one.__name__] = problems[:5]
    print(json.dumps({"invariants_held": not broken, "checked": len(asked), "broken": broken,
                      "figures": figures_of(stores, results)}))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
