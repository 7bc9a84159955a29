"""How soon everybody is level again: one program after the other is frozen, killed or cut off for a while under a steady
load of events, and comes back while the load goes on. Called by scripts/chaos --outage."""

import argparse
import datetime
import itertools
import json
import os
import pathlib
import random
import sqlite3
import sys
import tempfile
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui import worker  # noqa: E402
from campaign import FAULTS, PATIENCE, Figures, Stage  # noqa: E402
from check import FOLLOWS, SERVICES  # noqa: E402
from district import PROGRAMS  # noqa: E402
from load import LONG, accepted, ask  # noqa: E402
from scene import command  # noqa: E402

MEMBERS, CLASSES = 500, 40
LAG = 0.25          # s; level is who has applied what was in the logs so long ago
LOOK_EVERY = 0.1    # s; a look opens eight stores, and is not to be what the machine is busy with
LEVEL_WITHIN = 5.0 * int(os.environ.get("GONGHUI_TIMES_SLOWER", 1))  # s after the fault is lifted; more under a sanitizer
WARM_UP = 2.0       # s of load before a fault and after it


def places(stage):
    """People and classes for the load: next to everybody waits."""
    town, campaign, classes = stage.town, uuid.uuid4(), [uuid.uuid4() for _ in range(CLASSES)]

    def planning():
        accepted((yield town.plan(campaign, LONG, datetime.timedelta(0))))
        for number, one in enumerate(classes):
            accepted((yield town.open(campaign, one, 1, datetime.timedelta(hours=2 * number))))

    stage.clients.run([planning(), *(town.joining(town.settling) for _ in range(MEMBERS))], PATIENCE)
    return [{"campaign_id": campaign, "class_id": one, "person_id": person}
            for one, person in itertools.product(classes, town.members)]


def coming_and_going(about):
    """Everybody enrolls in everything, then cancels it, the last in line first, so that no seat is offered: each request is
    one event and one message."""
    while True:
        for data in about:
            yield command("training.enroll", data, worker(data["person_id"]))
        for data in reversed(about):
            yield command("training.cancel", data, worker(data["person_id"]))


class Stream:
    """Requests at a steady rate; only when too many find no answer it waits, like people before a dead line."""

    UNDER_WAY = 3000
    REPLY_PATIENCE = 1.0

    def __init__(self, bus, requests, rate):
        self.bus, self.requests, self.rate = bus, requests, rate
        self.under_way = {}  # id -> [request, when it is asked again]
        self.answers = 0
        self.credit, self.at, self.look_at = 0.0, time.monotonic(), 0.0

    def run(self, until):
        """As long as `until` says no, asked every few milliseconds."""
        while not until():
            self.send()
            self.listen()

    def listen(self):
        for reply in self.bus.receive(0.005):
            self.take(reply)

    def send(self):
        now = time.monotonic()
        self.credit = min(self.credit + (now - self.at) * self.rate, self.rate * 0.1)
        self.at = now
        new = list(itertools.islice(self.requests, max(0, min(int(self.credit), self.UNDER_WAY - len(self.under_way)))))
        self.credit -= len(new)
        self.under_way |= {request.id: [request, now + self.REPLY_PATIENCE] for request in new}
        self.bus.send(new + self.to_ask_again(now))

    def to_ask_again(self, now):
        if now < self.look_at:
            return []
        self.look_at = now + 0.1
        due = [one for one in self.under_way.values() if one[1] <= now]
        for one in due:
            one[1] = now + self.REPLY_PATIENCE
        return [request for request, _ in due]

    def take(self, reply):
        if reply.is_final:
            self.answers += self.under_way.pop(reply.id, None) is not None
        elif reply.id in self.under_way:
            self.under_way[reply.id][1] = time.monotonic() + reply.retry_after


class Levels:
    """Reads from the stores how far everybody is."""

    def __init__(self, district):
        self.district = district
        # Not every district has a gateway: none of the network's namespaces does.
        self.services = [one for one in SERVICES if next((district.folder / "store").rglob(f"{one}-0.db"), None)]
        self.goal, self.goal_at = self.heads(), time.monotonic()
        self.look_at = 0.0

    def heads(self):
        return {service: self.district.rows(service, "SELECT coalesce(max(seq), 0) FROM log")[0][0] for service in self.services}

    def behind(self, heads):
        """Events of `heads` that are still to be applied, by all followers together."""
        def cursor(service, source):
            found = self.district.rows(service, "SELECT seq FROM cursors WHERE source LIKE ?", f"%/{source}/0")
            return found[0][0] if found else 0
        return sum([max(0, heads[source] - cursor(service, source)) for service in self.services
                    for source in FOLLOWS.get(service, ())])

    def are_level(self):
        """As far as was seen in the last tenth of a second: no, until one was seen."""
        if time.monotonic() < self.look_at:
            return False
        self.look_at = time.monotonic() + LOOK_EVERY
        try:
            if self.behind(self.goal) > 0:
                return False
            in_time = time.monotonic() - self.goal_at <= LAG
            self.goal, self.goal_at = self.heads(), time.monotonic()
            return in_time
        except (sqlite3.OperationalError, StopIteration):  # a program that starts has its store to itself, or none yet
            return False


def seconds_until_level(levels, stream):
    """And answered: while nothing is served, nobody has anything to be behind with. None if it takes longer than anybody
    waits."""
    began, answers = time.monotonic(), stream.answers
    levels.goal, levels.goal_at = levels.heads(), began
    level = False

    def until():
        nonlocal level
        level = stream.answers > answers and levels.are_level()
        return level or time.monotonic() - began > PATIENCE
    stream.run(until)
    return round(time.monotonic() - began, 2) if level else None


def for_seconds(seconds):
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


def outage(stage, stream, levels, program, seconds):
    """One row of the table. The events counted are training's; each leads to one of notifications, too."""
    fault = stage.fault
    while not levels.are_level():  # what the outage before has left behind
        stream.listen()
    stream.run(for_seconds(WARM_UP))
    fault.strike(stage.district, program)
    stream.run(for_seconds(seconds))
    fault.lift(stage.district, program)
    lifted, began = levels.heads(), time.monotonic()
    row = {"program": program, "seconds": seconds, "behind": levels.behind(lifted),
           "level_seconds": seconds_until_level(levels, stream)}
    stream.run(for_seconds(WARM_UP))
    published = levels.heads()["training"] - lifted["training"]
    return row | {"events_per_second": round(published / (time.monotonic() - began))}


def table(rows):
    yield "| program | fault | s | events/s afterwards | events behind | level after s |"
    yield "|---|---|---:|---:|---:|---:|"
    for row in rows:
        yield (f"| {row['program']} | {row['fault']} | {row['seconds']} | {row['events_per_second']:,} | {row['behind']:,} "
               f"| {row['level_seconds']} |")


def measure(arguments, name, folder):
    """In one district."""
    stage = Stage(folder, arguments.programs, random.Random(arguments.seed), FAULTS[name])
    try:
        stage.found()
        stream = Stream(stage.clients.bus, coming_and_going(places(stage)), arguments.rate)
        levels = Levels(stage.district)
        for program in arguments.struck or PROGRAMS:
            row = outage(stage, stream, levels, program, arguments.outage)
            print(f"{program} {name}: level after {row['level_seconds']} s", file=sys.stderr, flush=True)
            yield {"fault": name} | row
    finally:
        stage.end(Figures())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--outage", type=float, default=30.0, help="s")
    parser.add_argument("--rate", type=int, default=5000, help="events per second")
    parser.add_argument("--fault", choices=FAULTS, action="append", help="freeze and kill if not given; may be given again")
    parser.add_argument("--struck", choices=PROGRAMS, action="append", help="only this one; may be given again")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    faults, rows = arguments.fault or ["freeze", "kill"], []
    for name in faults:
        FAULTS[name].enter()
    for name in faults:
        with tempfile.TemporaryDirectory(prefix="gonghui-chaos-") as folder:
            rows += measure(arguments, name, pathlib.Path(folder))
    print("\n".join(table(rows)))
    held = all(row["level_seconds"] is not None and row["level_seconds"] <= LEVEL_WITHIN for row in rows)
    print(json.dumps({"outages": rows, "rate": arguments.rate, "level_within": LEVEL_WITHIN, "held": held}))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
