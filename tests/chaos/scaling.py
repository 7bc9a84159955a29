"""Instances that come and go while a rush goes on: a campaign in each partition of training, people who enroll and cancel
in all of them, and `gonghui scale`, of notifications, too; then one instance is killed, and another stands still. Called
by scripts/chaos --scale.

A partition's pause is the longest time without a final answer from it, from the moment at which something happens until
a second after everything is held again."""

import argparse
import collections
import datetime
import hashlib
import itertools
import json
import math
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui import Request, worker  # noqa: E402
from gonghui.wire import partition_of, unpack  # noqa: E402
from clients import Clients  # noqa: E402
from district import NotRunning, Supervised  # noqa: E402
from levelling import Stream, for_seconds  # noqa: E402
from load import LONG, Town, accepted  # noqa: E402
from scene import command  # noqa: E402
from verdict import TOLD  # noqa: E402

DISTRICT = """district = "331083"
[hub]
[services.registration]
[services.training]
partitions = {partitions}
[services.matchmaking]
[services.notifications]
partitions = {inboxes}
[services.gateway]
listen = "127.0.0.1:0"
"""
SERVICE, FOLLOWER = "training", "notifications"
INBOXES = 4         # partitions of notifications
MEMBERS, CLASSES, SEATS = 60, 3, 2  # in each campaign; next to everybody waits
SLOWER = int(os.environ.get("GONGHUI_TIMES_SLOWER", 1))
PATIENCE = 60.0 * SLOWER  # s
# s without an answer: of whoever was killed, and of whoever stood still for the three that the others wait.
OUTAGE_WITHIN = {"killed": 2.0 * SLOWER, "frozen": 3.0 + 2.0 * SLOWER}
CALM = 2.0          # s of load before and after each event
SAMPLE = 500        # commands that are asked once more at the end


class Answers(Stream):
    """A stream that remembers when each partition answered what."""

    def __init__(self, bus, requests, rate):
        super().__init__(bus, requests, rate)
        self.moments = collections.defaultdict(list)  # source -> when it gave final answers
        self.given = {}  # request id -> (request, its encoded answer)

    def take(self, reply):
        asked = self.under_way.get(reply.id)
        if reply.is_final and asked:
            self.moments[reply.at["source"]].append(time.monotonic())
            self.given[reply.id] = (asked[0], reply)
        super().take(reply)

    def pauses(self, since):
        """source -> its longest silence since then."""
        now = time.monotonic()
        return {source: max(b - a for a, b in itertools.pairwise([since, *(m for m in moments if m > since), now]))
                for source, moments in self.moments.items()}


def in_each_partition(partitions):
    """Ids of campaigns, one for each partition but the catalogue."""
    found = {}
    while len(found) < partitions - 1:
        one = uuid.uuid4()
        found.setdefault(partition_of(one, partitions), one)
    return list(found.values())


class Scaling:
    def __init__(self, folder, arguments):
        self.arguments = arguments
        config = folder / "district.toml"
        config.write_text(DISTRICT.format(partitions=arguments.partitions, inboxes=INBOXES))
        self.district = Supervised(folder / "331083", arguments.programs, ["--config", str(config), "--free-ports"])
        self.handed_over, self.outages, self.scalings = [], {}, []

    def play(self):
        self.district.start()
        chance = random.Random(self.arguments.seed)
        self.clients = Clients(self.district.bus("ctl"), chance)
        self.town = Town(self.clients, chance)
        self.clients.run([self.town.founding()], PATIENCE)
        self.load = self.begin(self.places())
        began = time.monotonic()
        self.load.run(for_seconds(CALM))
        self.happen()
        seconds, answers = time.monotonic() - began, self.load.answers
        self.load.rate = 0
        self.load.run(lambda: not self.load.under_way)
        return self.figures(answers / seconds)

    def begin(self, places):
        return Answers(self.clients.bus, self.coming_and_going(places, self.tap), self.arguments.rate)

    def happen(self):
        for instances in self.arguments.instances:
            self.scale(SERVICE, instances)
        for instances in (2, 1):
            self.scale(FOLLOWER, instances)
        self.scale(SERVICE, self.arguments.most)
        self.strike("killed", signal.SIGKILL)
        self.strike("frozen", signal.SIGSTOP)

    def places(self):
        campaigns = {one: [uuid.uuid4() for _ in range(CLASSES)] for one in in_each_partition(self.arguments.partitions)}

        def planning(campaign, classes):
            accepted((yield self.town.plan(campaign, LONG, datetime.timedelta(0))))
            for number, one in enumerate(classes):
                accepted((yield self.town.open(campaign, one, SEATS, datetime.timedelta(hours=2 * number))))
        self.clients.run([*(planning(*one) for one in campaigns.items()),
                          *(self.town.joining(self.town.settling) for _ in range(MEMBERS))], PATIENCE)
        self.campaigns = campaigns
        return [{"campaign_id": campaign, "class_id": one, "person_id": person} for person, number in
                itertools.product(self.town.members, range(CLASSES)) for campaign, classes in campaigns.items()
                for one in [classes[number]]]

    @staticmethod
    def coming_and_going(about, tap):
        while True:
            for kind in ("training.enroll", "training.cancel"):
                for data in about:
                    yield tap(kind, data, data["person_id"])

    @staticmethod
    def tap(kind, data, person):
        return command(kind, data, worker(person))

    # --- what happens ---

    def scale(self, service, instances):
        """By the operator's command, which returns when the partitions are shared out."""
        since = time.monotonic()
        scaling = subprocess.Popen(self.district.command("--lang", "en", "scale", service, instances),
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.load.run(lambda: scaling.poll() is not None)
        took, said = time.monotonic() - since, scaling.communicate()[0]
        if scaling.returncode != 0:
            raise NotRunning(f"gonghui scale {service} {instances} ended with {scaling.returncode}: {said}")
        self.load.run(for_seconds(1.0))
        if service == SERVICE:
            self.handed_over += self.load.pauses(since).values()
        self.scalings.append({"service": service, "instances": instances, "seconds": round(took, 2)})
        self.load.run(for_seconds(CALM))

    def strike(self, name, number):
        """The last instance; others take over, and then it is started again."""
        unit = f"{SERVICE}-{self.arguments.most - 1}"
        pid, since, before = self.district.pid(unit), time.monotonic(), self.holders()
        os.kill(pid, number)
        lost = {source for source, instance in before.items() if instance == unit}
        until = time.monotonic() + PATIENCE
        self.load.run(lambda: self.answered_again(lost, since) or time.monotonic() > until)
        self.load.run(lambda: self.is_back(unit, pid) or time.monotonic() > until)
        if time.monotonic() > until:
            raise NotRunning(f"{unit} was {name}, and after {PATIENCE:.0f} s nobody has taken over, or it is not back")
        self.load.run(for_seconds(1.0))
        pauses = self.load.pauses(since)
        self.outages[name] = round(max(pauses[source] for source in lost if source in pauses), 2)
        self.load.run(for_seconds(CALM))

    def answered_again(self, sources, since):
        """Twice: the first answer may have been on its way when it was struck."""
        return all(sum(moment > since + 0.05 for moment in self.load.moments[source]) > 1
                   for source in sources if source in self.load.moments)

    def is_back(self, unit, pid):
        now = self.district.pid(unit)
        return now not in (None, pid)

    def holders(self):
        """source -> instance. Over a connection of its own: the load has the other one."""
        bus = self.district.bus("ctl")
        try:
            services = bus.ask(Request("hub._status", {})).data["services"]
        finally:
            bus.close()
        return {one["source"]: one["instance"] for service in services if service["service"] == SERVICE
                for one in service["partitions"] if one["held"]}

    # --- what must be true afterwards ---

    def figures(self, rate):
        broken = {name: problems for name, problems in self.verdict().items() if problems}
        pauses = sorted(self.handed_over)
        figures = {"partitions": self.arguments.partitions, "answers_per_second": round(rate), "scalings": self.scalings,
                   "hand_overs": len(pauses), "pause_p50": round(pauses[len(pauses) // 2], 3),
                   "pause_p99": round(pauses[math.ceil(0.99 * len(pauses)) - 1], 3), "pause_max": round(pauses[-1], 3),
                   "outage_seconds": self.outages, "commands": len(self.load.given),
                   "broken": {name: problems[:3] for name, problems in broken.items()}}
        in_time = (figures["pause_p99"] <= self.arguments.pause * SLOWER and
                   all(outage <= OUTAGE_WITHIN[name] for name, outage in self.outages.items()))
        return figures | {"held": not broken and in_time}

    def verdict(self):
        stores = Partitions(self.district.folder, self.arguments.partitions)
        self.wait_until_told(stores)
        return {"lost": list(self.lost(stores)), "doubled": list(stores.doubled()), "oversold": list(stores.oversold()),
                "untold": list(stores.untold()), "another_answer": list(self.answered_otherwise())}

    def wait_until_told(self, stores):
        until = time.monotonic() + PATIENCE
        while stores.behind() > 0 and time.monotonic() < until:
            time.sleep(0.1)

    def lost(self, stores):
        causes = stores.causes()
        for request, reply in self.load.given.values():
            if (reply.outcome == "accepted") != (request.id in causes):
                yield f"{request.type} {request.id} was {reply.outcome}, and its events are {causes.get(request.id)}"

    def answered_otherwise(self):
        """The same bytes under the same id, whoever holds the partition by now."""
        sample = random.Random(1).sample(list(self.load.given.values()), min(SAMPLE, len(self.load.given)))
        commands = [one for one in sample if one[1].outcome in ("accepted", "refused")]
        for (request, before), again in zip(commands, self.load.bus.ask_all([request for request, _ in commands])):
            if before.bytes != again.bytes:
                yield f"{request.type} {request.id}: {before} became {again}"

    def end(self):
        self.district.stop()


class Partitions:
    """The stores of all partitions, read at rest."""

    def __init__(self, folder, count):
        self.folder, self.count = folder / "store", count

    def rows(self, store, sql):
        database = sqlite3.connect(f"file:{self.folder / store}.db?mode=ro", uri=True)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def inboxes(self, sql):
        return [row for number in range(INBOXES) for row in self.rows(f"{FOLLOWER}-{number}", sql)]

    def logs(self):
        for number in range(self.count):
            for (encoded,) in self.rows(f"{SERVICE}-{number}", "SELECT bytes FROM log ORDER BY seq"):
                yield number, unpack(encoded)

    def causes(self):
        """cause -> the partitions in whose logs its events stand."""
        causes = collections.defaultdict(set)
        for number, event in self.logs():
            causes[uuid.UUID(bytes=event["cause"])].add(number)
        return causes

    def doubled(self):
        seen = collections.Counter((event["cause"], event["type"], event["subject"]) for _, event in self.logs()
                                   if event["type"] in ("seat_taken", "waitlisted", "enrollment_cancelled", "waiting_left"))
        yield from (f"{kind} of {subject} {count} times" for (_, kind, subject), count in seen.items() if count > 1)
        inbox = collections.Counter(self.inboxes("SELECT message_id FROM messages"))
        yield from (f"message {one[0].hex()} {count} times" for one, count in inbox.items() if count > 1)

    def oversold(self):
        for number in range(self.count):
            for (one,) in self.rows(f"{SERVICE}-{number}", "SELECT class_id FROM classes WHERE taken + offered > capacity"):
                yield f"class {one.hex()}"

    def behind(self):
        heads = [self.rows(f"{SERVICE}-{number}", "SELECT coalesce(max(seq), 0) FROM log")[0][0]
                 for number in range(self.count)]
        cursors = self.inboxes(f"SELECT seq FROM cursors WHERE source LIKE '%/{SERVICE}/%'")
        return INBOXES * sum(heads) - sum(seq for (seq,) in cursors)

    def untold(self):
        """Every event of a seat is told once: messages of one id there are none (doubled), and so many there must be."""
        if self.behind():
            yield f"notifications is {self.behind()} events behind"
        expected = sum(event["type"] in TOLD["training"] for _, event in self.logs())
        told = len(self.inboxes("SELECT 1 FROM messages WHERE topic = 'training'"))
        if told != expected:
            yield f"{expected} events of seats, {told} messages"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--scale", type=int, action="append", dest="instances", help="instances; may be given again")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--rate", type=int, default=2000, help="commands per second")
    parser.add_argument("--pause", type=float, default=0.2, help="s, that a partition may take to change hands")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.instances = arguments.instances or [3, 1]
    arguments.most = max(arguments.instances)
    with tempfile.TemporaryDirectory(prefix="gonghui-chaos-") as folder:
        scaling = Scaling(pathlib.Path(folder), arguments)
        try:
            figures = scaling.play()
        finally:
            scaling.end()
    print(json.dumps(figures))
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
