"""One service is upgraded to another version and taken back, while people enroll and cancel and everything else runs on.
Called by scripts/chaos --other.

Both times as an operator does it: the program is asked to end, and the other one is started on the same store. Its pause is
the longest time without a final answer. If the other version has changed the store, the first one must refuse it and leave
it as it is, and the other one goes on."""

import argparse
import collections
import datetime
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import tomllib
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season"), str(HERE)]

from gonghui import Request  # noqa: E402
from browsers import Browsers, Tap, log_in_all  # noqa: E402
from district import PROGRAMS, ByHand, NotRunning  # noqa: E402
from levelling import for_seconds  # noqa: E402
from load import LONG, accepted  # noqa: E402
from scaling import CALM, PATIENCE, SLOWER, Answers, Scaling  # noqa: E402

# Nobody can reach the cap, and nobody comes to the same class again before a retry is over: no rule has a reason to refuse.
MEMBERS, CLASSES, SEATS = 400, 2, 1
PAUSE_WITHIN = 2.0 * SLOWER  # s without an answer
DATA = 65  # the exit code of a program that finds a newer store


class Upgradable(ByHand):
    """Each program may be another than the one beside the others."""

    def start_program(self, program):
        beside = self.programs
        self.programs = self.others.get(program, beside)
        try:
            super().start_program(program)
        finally:
            self.programs = beside

    others = {}  # program -> folder


class Upgrading(Scaling):
    SETTINGS = ""     # what is added to the district's file, below [services.gateway]
    went_back = True  # to the first version, after the other one

    def __init__(self, folder, arguments):
        arguments.partitions, arguments.instances = 1, []
        super().__init__(folder, arguments)
        self.service = arguments.service
        config = folder / "upgradable.toml"
        # As in Scaling, with one partition.
        self.district = Upgradable(folder / "331083", arguments.programs,
                                   ["--config", str(config), "--free-ports"])
        config.write_text((folder / "district.toml").read_text() + self.SETTINGS)
        self.upgrades, self.outcomes = [], collections.Counter()

    def places(self):
        campaign, classes = uuid.uuid4(), [uuid.uuid4() for _ in range(CLASSES)]

        def planning():
            accepted((yield self.town.plan(campaign, LONG, datetime.timedelta(0))))
            for number, one in enumerate(classes):
                accepted((yield self.town.open(campaign, one, SEATS, datetime.timedelta(hours=2 * number))))
        self.clients.run([planning(), *(self.town.joining(self.town.settling) for _ in range(MEMBERS))], PATIENCE)
        return [{"campaign_id": campaign, "class_id": one, "person_id": person}
                for one, person in itertools.product(classes, self.town.members)]

    def happen(self):
        before = {program: self.district.pid(program) for program in PROGRAMS if program != self.service}
        self.exchange(self.arguments.other)
        self.go_back()
        if before != {program: self.district.pid(program) for program in before}:
            raise NotRunning("another program has ended, too")

    def go_back(self):
        """To the first version; if the other one has changed the store, it has to say so, touch nothing, and leave the way
        to the other one open."""
        since, log = time.monotonic(), self.district.folder / "log" / f"{self.service}.log"
        before = log.stat().st_size
        self.end_service()
        if not self.refuses_the_store():
            return self.serve_again(self.arguments.programs, since)
        words = log.read_bytes()[before:].decode()
        if "install the newer program, the store was not changed" not in words:
            raise NotRunning(f"the older program does not say what is wrong: {words}")
        self.went_back = False
        self.district.others = {self.service: self.arguments.other}
        self.district.start_program(self.service)
        return self.serve_again(self.arguments.other, since)

    def refuses_the_store(self):
        self.district.others = {self.service: self.arguments.programs}
        heads = self.logged()
        self.district.start_program(self.service)
        process = self.district._running[self.service]
        self.load.run(lambda: process.poll() is not None or self.answers())
        if process.poll() is None:
            return False
        if process.returncode != DATA or heads != self.logged():
            raise NotRunning(f"{self.service} ended with {process.returncode}; its log was {heads} and is {self.logged()}")
        return True

    def logged(self):
        return self.district.rows(self.service, "SELECT max(seq) FROM log")

    def exchange(self, folder):
        since = time.monotonic()
        self.end_service()
        self.district.others = {self.service: folder}
        self.district.start_program(self.service)
        self.serve_again(folder, since)

    def end_service(self):
        ending = subprocess.Popen(["kill", "-TERM", str(self.district.pid(self.service))])
        self.load.run(lambda: ending.poll() is not None and self.has_ended())

    def answers(self):
        return any(max(moments) > self.ended_at for moments in self.load.moments.values())

    def serve_again(self, folder, since):
        wanted = version_of(folder / f"gonghui-{self.service}")
        self.load.run(self.answers)
        self.load.run(for_seconds(1.0))
        pause = max(self.load.pauses(since).values())
        runs = self.version()
        if runs != wanted:
            raise NotRunning(f"{runs} runs in place of {wanted}")
        self.upgrades.append({"version": runs, "pause": round(pause, 3)})
        self.load.run(for_seconds(CALM))

    def has_ended(self):
        process = self.district._running.get(self.service)
        if process is None or process.poll() is None:
            return False
        if process.returncode != 0:
            raise NotRunning(f"{self.service} ended with {process.returncode}")
        self.ended_at = time.monotonic()
        return True

    def version(self):
        """Over a connection of its own: the load has the other one."""
        bus = self.district.bus("ctl")
        try:
            return bus.ask(Request(f"{self.service}._status", {}, partition=0), patience=PATIENCE).data["version"]
        finally:
            bus.close()

    def figures(self, rate):
        broken = {name: problems for name, problems in self.verdict().items() if problems}
        refused = collections.Counter(reply.code for _, reply in self.load.given.values() if reply.outcome != "accepted")
        if refused:
            broken["refused"] = [f"{code}: {count}" for code, count in refused.items()]
        return {"upgrades": self.upgrades, "went_back": self.went_back, "answers_per_second": round(rate), "commands": len(self.load.given),
                "broken": {name: problems[:3] for name, problems in broken.items()},
                "held": not broken and all(one["pause"] < PAUSE_WITHIN for one in self.upgrades)}


class UpgradingTheGateway(Upgrading):
    """People enroll and cancel by HTTP, and the gateway between them and training is exchanged."""

    SETTINGS = 'settings = "limit.address = 100000"\n'  # all are behind one address

    tap = staticmethod(Tap)

    def begin(self, places):
        bus = self.district.bus(f"{self.service}-0")
        try:
            sessions = log_in_all(bus, self.town.members)
        finally:
            bus.close()
        config = tomllib.loads((self.district.folder / "config" / f"{self.service}.toml").read_text())
        return Answers(Browsers(config["edge"]["listen"], sessions), self.coming_and_going(places, self.tap),
                       self.arguments.rate)


def version_of(program):
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--other", type=pathlib.Path, required=True,
                        help="folder of another program of the service: an earlier release, or the next one")
    parser.add_argument("--service", choices=("training", "gateway"), default="training")
    parser.add_argument("--rate", type=int, default=1000, help="commands per second")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gonghui-chaos-") as folder:
        kind = UpgradingTheGateway if arguments.service == "gateway" else Upgrading
        upgrading = kind(pathlib.Path(folder), arguments)
        try:
            figures = upgrading.play()
        finally:
            upgrading.end()
    print(json.dumps(figures))
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
