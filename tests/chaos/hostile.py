"""A rush at a steady rate, with and without a hostile plug-in beside it: how much longer the slowest of a hundred
enrollments take, and that the plug-in did nothing beyond its rights. Called by scripts/chaos --hostile.

Rounds alternate, in the order calm, hostile, hostile, calm, so that whatever else the machine does falls on both. Each is
looked at in windows of half a second, and of their percentiles the median counts, since a slow write of the disk or a
pause of a shared machine lifts the one that it falls on tenfold (TMPDIR=/dev/shm spares the disk). `likely` is between
what and what the change lies in 95 of 100 draws from the same windows. The plug-in (rogue.py) is plugged in as an operator would, by `gonghui plug`, and is
well-behaved in the calm rounds."""

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

MOODS = ("floods", "frames", "crawls", "crashes", "lies", "spins")
CLASSES, SEATS = 5, 200
OPENING_IN = 1.5   # s; by then the client has its requests ready
SETTLING = 0.5     # s of the plug-in's mood before the first enrollment
WINDOW = 0.5       # s; with 500 enrollments and more, p99 is not the slowest of all
DRAWS = 2000
CHANGE_WITHIN = 0.10
PATIENCE = 100.0   # s
STRANGERS, TRIES = 0.1, 4  # processors that others may use in a round; how often a round is tried
RIGHTS = 'service = "rogue"\nfollow = ["registration", "training"]\ncall = ["training.campaign_status"]\n'


class Hostile:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.district = Supervised(folder / "331083", arguments.programs, ["--free-ports"])
        self.plug_in = folder / "rogue"
        self.mood, self.said = self.plug_in / "mood", self.plug_in / "said"
        self.rounds = 0

    def play(self):
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
        return {mood: self.compare(mood) for mood in self.arguments.moods}

    def plug(self):
        self.plug_in.mkdir()
        (self.plug_in / "rights.toml").write_text(RIGHTS)
        run = self.plug_in / "run"
        run.write_text(f'#!/bin/sh\nexec /usr/bin/python3 "{HERE}/rogue.py" --mood "{self.mood}" --said "{self.said}" "$@"\n')
        run.chmod(0o755)
        subprocess.run(self.district.command("plug", self.plug_in), check=True, stdout=subprocess.DEVNULL)

    def compare(self, mood):
        self.wait_until_let_in()
        self.disturbed, before = 0, self.rogue()
        p50, p99 = {"calm": [], mood: []}, {"calm": [], mood: []}
        for number in range(self.arguments.rounds):
            for name in ("calm", mood) if number % 2 == 0 else (mood, "calm"):
                self.mood.write_text("" if name == "calm" else mood)
                time.sleep(SETTLING)
                found = self.undisturbed_rush()
                for window in self.windows(found):
                    p50[name].append(percentile(window, 0.5))
                    p99[name].append(percentile(window, 0.99))
        self.mood.write_text("")
        time.sleep(SETTLING)
        calm, hostile = (statistics.median(p99[name]) for name in ("calm", mood))
        after = self.rogue()
        return {"windows": len(p99[mood]), "p99_calm_ms": round(calm, 2), "p99_hostile_ms": round(hostile, 2),
                "change": round(hostile / calm - 1, 3), "likely": likely(p99["calm"], p99[mood]),
                "p50_calm_ms": round(statistics.median(p50["calm"]), 2),
                "p50_hostile_ms": round(statistics.median(p50[mood]), 2),
                "disturbed_rounds": self.disturbed, "beyond_its_rights": list(self.beyond_its_rights()),
                "at_the_hub": {name: after[name] - before[name] for name in after
                               if isinstance(after[name], int) and after[name] != before[name]}}

    def windows(self, found):
        size = max(1, round(self.arguments.rate * min(WINDOW, self.arguments.seconds)))
        return [found[begin:begin + size] for begin in range(0, len(found) - size + 1, size)]

    def rogue(self):
        peers = self.operator.ask(Request("hub._status", {})).data["peers"]
        return next(peer for peer in peers if peer["instance"] == "rogue-0")

    def wait_until_let_in(self):
        """In a calm: what was done in the mood before is paid for, too."""
        until = time.monotonic() + PATIENCE
        while self.rogue()["is_kept_out"] or self.rogue()["in_flight"]:
            if time.monotonic() > until:
                raise NotRunning(f"the hub does not let the plug-in in again: {self.rogue()}")
            time.sleep(0.1)

    def undisturbed_rush(self):
        """Again, a few times, when somebody else was using the processors: what they cost is not the plug-in's doing."""
        for is_last in [False] * (0 if self.arguments.rights_alone else TRIES - 1) + [True]:
            before, since = self.processor_seconds(), time.monotonic()
            found = self.rush()
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

    def rush(self):
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
        done = subprocess.run(
            [self.district.programs / "gonghui-rush", attempts, results, "--hub-request", hub.request, "--hub-key",
             hub.public_key, "--key", self.district.folder / "keys" / "ctl.key", "--campaign", str(campaign), "--window",
             str(count), "--over", str(self.arguments.seconds), "--start-at", str(microseconds(opens_at))],
            capture_output=True, text=True, check=False, timeout=120)
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


def likely(calm, hostile):
    """Bootstrap of the change between two medians."""
    chance = random.Random(1)
    changes = [statistics.median(chance.choices(hostile, k=len(hostile))) / statistics.median(chance.choices(calm, k=len(calm))) - 1
               for _ in range(DRAWS)]
    return [round(percentile(changes, share), 3) for share in (0.025, 0.975)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--hostile", dest="moods", action="append", choices=[*MOODS, "all"], help="may be given again")
    parser.add_argument("--rate", type=int, default=1000, help="enrollments per second")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=4, help="of either kind")
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--rights-alone", action="store_true", help="say nothing about times")
    arguments = parser.parse_args()
    arguments.moods = MOODS if "all" in arguments.moods else arguments.moods
    with tempfile.TemporaryDirectory(prefix="gonghui-chaos-") as folder:
        hostile = Hostile(arguments, pathlib.Path(folder))
        try:
            figures = hostile.play()
        finally:
            hostile.end()
    held = all(not one["beyond_its_rights"] and (arguments.rights_alone or one["change"] < CHANGE_WITHIN)
               for one in figures.values())
    print(json.dumps({"rate": arguments.rate, "moods": figures, "held": held}))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
