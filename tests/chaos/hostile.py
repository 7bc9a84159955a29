"""A rush at a steady rate, with and without a hostile plug-in beside it: how much longer the slowest of a hundred
enrollments take, and that the plug-in did nothing beyond its rights. Called by scripts/chaos --hostile.

What shares two processors and their caches with a rush slows it down, whoever it is. So a rush has three kinds of stretches:
the plug-in is calm; it does what its mood says, alone, at sockets that lead nowhere; it does it to the bus. `change`, from the
first to the third, is what the rush feels; `of_the_machine` and `of_the_bus` say which half of the way is whose. One of each
kind stands in every six seconds, in an order by chance, and only those are compared with each other, as a shared machine is
another one a minute later; the median of these comparisons counts, and beside it stands between what and what it lies in 95 of
100 draws from them. TMPDIR=/dev/shm spares the disk. The plug-in (rogue.py) is plugged in as an operator would, by `gonghui plug`."""

import argparse
import contextlib
import csv
import datetime
import json
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui import Request  # noqa: E402
from gonghui.wire import microseconds, unpack  # noqa: E402
from district import NotRunning, Supervised  # noqa: E402
from load import accepted  # noqa: E402
from newcomer import grow  # noqa: E402
from scene import command  # noqa: E402

MOODS = ("floods", "frames", "crawls", "crashes", "lies")
CLASSES, SEATS = 5, 200
OPENING_IN = 1.5   # s; by then the client has its requests ready
STRETCH = 2.0      # s
SETTLING = 0.3     # s at the beginning of a stretch that are not looked at
DRAWS = 2000
CHANGE_WITHIN = 0.10
STRANGERS, TRIES = 0.1, 4  # processors that others may use in a round; how often a round is tried
RIGHTS = 'service = "rogue"\nfollow = ["registration", "training"]\ncall = ["training.campaign_status"]\n'


class SameSession(Supervised):
    """Linux weighs sessions, too: a client in another one would wait for the slices of a plug-in that gives way to its own
    district alone."""
    STARTED = {"process_group": 0}


class Hostile:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.district = SameSession(folder / "331083", arguments.programs, ["--free-ports"])
        self.plug_in = folder / "rogue"
        self.mood, self.said = self.plug_in / "mood", self.plug_in / "said"
        self.rounds, self.chance = 0, random.Random(1)
        self.comparisons = max(1, round(arguments.seconds / STRETCH / 3))  # in a round
        self.stretch = arguments.seconds / self.comparisons / 3            # s

    def play(self, mood):
        self.district.start()
        self.operator = self.district.bus("ctl")
        self.union = grow(self.district, self.operator, self.arguments.people, self.folder / "data")[0]
        self.district.wait_until_level()
        self.people = [uuid.UUID(bytes=one) for (one,) in self.district.rows("training", "SELECT person_id FROM members")]
        self.course = uuid.uuid4()
        accepted(self.operator.ask(command("training.add_course", {"course_id": self.course, "title_zh": "摄影",
                                                                   "title_en": "Photography"})))
        self.plug()
        self.rush()  # warm
        return self.compare(mood)

    def plug(self):
        self.plug_in.mkdir()
        (self.plug_in / "rights.toml").write_text(RIGHTS)
        run = self.plug_in / "run"
        run.write_text(f'#!/bin/sh\nexec /usr/bin/python3 "{HERE}/rogue.py" --mood "{self.mood}" --said "{self.said}" "$@"\n')
        run.chmod(0o755)
        subprocess.run(self.district.command("plug", self.plug_in), check=True, stdout=subprocess.DEVNULL)

    def compare(self, mood):
        self.disturbed, before = 0, self.rogue()
        kinds = ("", f"{mood} alone", mood)
        compared = []  # of each six seconds, a map: kind -> milliseconds of each enrollment
        for _ in range(self.arguments.rounds):
            order = [kind for _ in range(self.comparisons) for kind in self.chance.sample(kinds, len(kinds))]
            found = self.undisturbed_rush(order)
            stretches = [*zip(order, self.stretches(found))]
            compared += [dict(stretches[at:at + len(kinds)]) for at in range(0, len(stretches), len(kinds))]
        after = self.rogue()
        p50, p99 = ([[percentile(one[kind], share) for one in compared] for kind in kinds] for share in (0.5, 0.99))
        calm, alone, hostile = p99
        return {"comparisons": len(compared), **self.medians("p99", p99), **self.medians("p50", p50),
                "change": change(calm, hostile), "likely": likely(calm, hostile),
                "of_the_machine": likely(calm, alone), "of_the_bus": likely(alone, hostile),
                "disturbed_rounds": self.disturbed, "beyond_its_rights": list(self.beyond_its_rights()),
                "at_the_hub": {name: after[name] - before[name] for name in after
                               if isinstance(after[name], int) and after[name] != before[name]}}

    @staticmethod
    def medians(name, found):
        return {f"{name}_{kind}_ms": round(statistics.median(values), 2)
                for kind, values in zip(("calm", "alone", "hostile"), found)}

    def stretches(self, found):
        """What came in each, by when it was due."""
        size = self.arguments.rate * self.stretch
        settled = round(size * SETTLING / STRETCH)
        return [found[round(at * size) + settled:round((at + 1) * size)] for at in range(round(len(found) / size))]

    def behave(self, opens_at, order):
        """Lets the plug-in have its moods while a rush is on."""
        for at, kind in enumerate(order):
            due = opens_at.timestamp() + at * self.stretch
            time.sleep(max(0.0, due - time.time()))
            self.mood.write_text(kind)
        time.sleep(self.stretch)
        self.mood.write_text("")

    def rogue(self):
        peers = self.operator.ask(Request("hub._status", {})).data["peers"]
        return next(peer for peer in peers if peer["instance"] == "rogue-0")

    def undisturbed_rush(self, order):
        """Again, a few times, when somebody else was using the processors: what they cost is not the plug-in's doing."""
        for is_last in [False] * (0 if self.arguments.rights_alone else TRIES - 1) + [True]:
            before, since = self.processor_seconds(), time.monotonic()
            found = self.rush(order)
            strangers = (self.processor_seconds() - before) / (time.monotonic() - since)
            if is_last or strangers < STRANGERS:
                self.disturbed += strangers >= STRANGERS
                return found

    def processor_seconds(self):
        """Of everybody but the district and what this program has started and seen end."""
        ticks = [int(one) for one in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        everybody, own = sum(ticks) - ticks[3] - ticks[4], 0  # without what was idle
        for program in ("hub", "rogue", "up", *self.district.services):
            with contextlib.suppress(FileNotFoundError):  # it has just crashed, and counts among those that `up` has seen end
                fields = pathlib.Path(f"/proc/{self.district.pid(program)}/stat").read_text().rpartition(")")[2].split()
                own += sum(int(one) for one in fields[11:15])
        children, this = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
        return ((everybody - own) / os.sysconf("SC_CLK_TCK")
                - sum(one.ru_utime + one.ru_stime for one in (children, this)))

    def rush(self, order=()):
        """Milliseconds, of every enrollment of a campaign of its own."""
        self.rounds += 1
        campaign, classes, opens_at = self.open_campaign()
        attempts, results = self.folder / f"{self.rounds}.csv", self.folder / f"{self.rounds}.results.csv"
        with open(attempts, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["person_id", "class_id", "kind", "of"])
            count = round(self.arguments.rate * self.arguments.seconds)
            writer.writerows([self.people[n % len(self.people)], classes[n // len(self.people) % CLASSES], "first", ""]
                             for n in range(count))
        hub = self.district.hub()
        behaving = threading.Thread(target=self.behave, args=(opens_at, order))
        behaving.start()
        done = subprocess.run(
            [self.district.programs / "gonghui-rush", attempts, results, "--hub-request", hub.request, "--hub-key",
             hub.public_key, "--key", self.district.folder / "keys" / "ctl.key", "--campaign", str(campaign), "--window",
             str(count), "--over", str(self.arguments.seconds), "--start-at", str(microseconds(opens_at))],
            capture_output=True, text=True, check=False, timeout=120)
        behaving.join()
        if done.returncode != 0:
            raise NotRunning(f"gonghui-rush ended with {done.returncode}: {done.stderr}")
        rows = list(csv.DictReader(open(results, newline="")))
        if any(row["outcome"] not in ("accepted", "refused") for row in rows) or len(rows) != count:
            raise NotRunning(f"{len(rows)} final answers of {count}")
        return [float(row["milliseconds"]) for row in rows]

    def open_campaign(self):
        campaign, classes = uuid.uuid4(), [uuid.uuid4() for _ in range(CLASSES)]
        now = datetime.datetime.now(datetime.timezone.utc)
        opens_at, begins = now + datetime.timedelta(seconds=OPENING_IN), now + datetime.timedelta(days=9 + self.rounds)
        accepted(self.operator.ask(command("training.plan_campaign", {
            "campaign_id": campaign, "organisation_id": self.union, "name_zh": "夜校", "name_en": "Evening school",
            "opens_at": opens_at, "closes_at": now + datetime.timedelta(days=5), "classes_per_person": CLASSES,
            "offer_seconds": 600})))
        for number, one in enumerate(classes):
            hour = begins + datetime.timedelta(hours=2 * number)
            accepted(self.operator.ask(command("training.open_class", {
                "class_id": one, "campaign_id": campaign, "course_id": self.course, "capacity": SEATS, "venue": "文化宫",
                "sessions": [{"starts_at": hour, "ends_at": hour + datetime.timedelta(minutes=90)}]})))
        return campaign, classes, opens_at

    def beyond_its_rights(self):
        """What it was let do, if anything."""
        if self.said.exists():
            yield f"it was answered {self.said.read_text()}"
        for service in self.operator.ask(Request("hub._status", {})).data["services"]:
            for one in service["partitions"]:
                if (one["instance"] == "rogue-0") != (service["service"] == "rogue"):
                    yield f"{one['source']} is held by {one['instance']}"
        for service in self.district.services:
            for source, seq in self.district.rows(service, "SELECT source, seq FROM cursors WHERE source LIKE '%rogue%'"):
                yield f"{service} follows {source}"
            status = self.operator.ask(Request(f"{service}._status", {}, partition=0)).data
            for name in ("undecodable", "parked"):
                if status["counters"][name]:
                    yield f"{service} counts {status['counters'][name]} {name}"
        for (encoded,) in self.district.rows("training", "SELECT bytes FROM log"):
            if unpack(encoded)["dataschema"].startswith("rogue"):
                yield "an event of the rogue's stands in training's log"

    def end(self):
        self.district.stop()


def percentile(values, share):
    return sorted(values)[int(share * (len(values) - 1))]


def change(before, after):
    return round(statistics.median(one / other for one, other in zip(after, before)) - 1, 3)


def likely(before, after):
    """Bootstrap of the change."""
    chance, pairs = random.Random(1), [*zip(before, after)]
    changes = [change(*zip(*chance.choices(pairs, k=len(pairs)))) for _ in range(DRAWS)]
    return [percentile(changes, share) for share in (0.025, 0.975)]


def played(mood, arguments):
    """In a district of its own: the hub keeps out for long who was out before."""
    with tempfile.TemporaryDirectory(prefix="gonghui-chaos-") as folder:
        hostile = Hostile(arguments, pathlib.Path(folder))
        try:
            return hostile.play(mood)
        finally:
            hostile.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--hostile", dest="moods", action="append", choices=[*MOODS, "all"], help="may be given again")
    parser.add_argument("--rate", type=int, default=1000, help="enrollments per second")
    parser.add_argument("--seconds", type=float, default=24.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--rights-alone", action="store_true", help="say nothing about times")
    arguments = parser.parse_args()
    arguments.moods = MOODS if "all" in arguments.moods else arguments.moods
    figures = {mood: played(mood, arguments) for mood in arguments.moods}
    held = all(not one["beyond_its_rights"] and (arguments.rights_alone or one["change"] < CHANGE_WITHIN)
               for one in figures.values())
    print(json.dumps({"rate": arguments.rate, "moods": figures, "held": held}))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
