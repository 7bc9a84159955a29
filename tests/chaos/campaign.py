"""Rounds of chaos on real processes: while people enroll, cancel, apply, leave and sign up, one program is struck at a
random moment; then everybody gets their answers, every follower becomes level, and verdict.py looks at stores, logs and
what clients were told. Called by scripts/chaos."""

import argparse
import collections
import errno
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

import network  # noqa: E402
from gonghui import Unanswered  # noqa: E402
from clients import Clients  # noqa: E402
from district import PROGRAMS, ByHand, NotRunning, Supervised  # noqa: E402
from load import Town  # noqa: E402
from scene import Unexpected  # noqa: E402
from verdict import NotLevel, level_stores, verdict  # noqa: E402

ROUNDS_PER_DISTRICT = 50  # what is looked at grows with every round
ROUNDS_PER_LOOK = 5       # in between, one blow falls on what the one before has left behind
PATIENCE = 60.0 * int(os.environ.get("GONGHUI_TIMES_SLOWER", 1))  # s, for answers and for followers
ANSWERS_PER_ROUND = 110   # about; the blow falls after some of them


class Kill:
    """SIGKILL, and a new process soon after."""
    way, longest_outage, options = ByHand, 0.2, ["--free-ports"]

    @staticmethod
    def enter():
        """Before the first district."""

    @staticmethod
    def prepare(folder):
        """Of a district that is yet to start."""

    @staticmethod
    def clear(folder):
        """After its end."""

    @staticmethod
    def strike(district, program):
        district.kill_program(program)

    @staticmethod
    def lift(district, program):
        district.start_program(program)


class Restart(Kill):
    """SIGTERM: an end in order."""

    @staticmethod
    def strike(district, program):
        district.stop_program(program)


class Freeze(Kill):
    """SIGSTOP, for so long that the hub sometimes takes it for lost; then SIGCONT."""
    longest_outage = 4.0

    @staticmethod
    def strike(district, program):
        district.freeze_program(program)

    @staticmethod
    def lift(district, program):
        district.thaw_program(program)


class Fill(Kill):
    """All stores lie on one small disk, which is full for a while. A program that ends over it is started again by
    `gonghui up`, in vain until there is room. Needs root, for a file system of its own."""
    way, longest_outage = Supervised, 2.0

    @staticmethod
    def prepare(folder):
        (folder / "store").mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m,mode=700", "gonghui-chaos", folder / "store"], check=True)

    @staticmethod
    def clear(folder):
        subprocess.run(["umount", folder / "store"], check=True)

    @staticmethod
    def strike(district, program):
        with open(district.folder / "store" / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    @staticmethod
    def lift(district, program):
        (district.folder / "store" / "ballast").unlink()


class Cut(Kill):
    """The link of a program goes down, often for longer than connections live without a heartbeat."""
    way, longest_outage, options = network.Apart, 6.0, ["--config", network.DISTRICT]

    @classmethod
    def enter(cls):
        network.enter(cls)

    @staticmethod
    def strike(district, program):
        network.plug(program, "down")

    @staticmethod
    def lift(district, program):
        network.plug(program, "up")


class Silence(Cut):
    """The link stays up, and nothing passes."""
    verdict = "drop"

    @classmethod
    def strike(cls, district, program):
        network.judge(program, cls.verdict)

    @staticmethod
    def lift(district, program):
        network.judge(program, "accept")


class Lossy(Silence):
    """A fifth of the packets is lost, in either direction."""
    verdict = "numgen random mod 5 < 1 drop"


class Slow(Cut):
    @staticmethod
    def strike(district, program):
        network.throttle(program)

    @staticmethod
    def lift(district, program):
        network.unthrottle(program)


FAULTS = {"kill": Kill, "restart": Restart, "freeze": Freeze, "fill": Fill,
          "cut": Cut, "silence": Silence, "lossy": Lossy, "slow": Slow}


class Blow:
    """One fault, after a number of answers and a moment more; called all the time."""

    def __init__(self, district, fault, chance):
        self.district, self.fault = district, fault
        self.program = chance.choice(PROGRAMS)
        self.after = chance.randrange(ANSWERS_PER_ROUND)
        self.moment, self.outage = chance.uniform(0, 0.02), chance.uniform(0, fault.longest_outage)
        self.due, self.act = None, self.strike

    def __call__(self, answered):
        """In how many seconds it wants to be called again."""
        now = time.monotonic()
        if self.due is None and answered >= self.after:
            self.due = now + self.moment
        if self.due is None or self.act is None:
            return 0.05
        if now >= self.due:
            self.act()
        return max(0.0, self.due - time.monotonic())

    def strike(self):
        self.fault.strike(self.district, self.program)
        self.due, self.act = time.monotonic() + self.outage, self.lift

    def lift(self):
        self.fault.lift(self.district, self.program)
        self.due, self.act = time.monotonic(), None

    def finish(self):
        """If the load was over before."""
        while self.act:
            self.act()


class Figures:
    def __init__(self):
        self.strikes = collections.Counter(dict.fromkeys(PROGRAMS, 0))
        self.acknowledged = self.answers = self.asked_again = self.rounds = 0
        self.slowest_level = 0.0
        self.broken = collections.Counter()

    def add(self, clients):
        self.acknowledged += sum(one.outcome == "accepted" for one in clients.history.values())
        self.answers += sum(len(one.answers) for one in clients.history.values())
        self.asked_again += clients.asked_again


class Broken(Exception):
    """A promise did not hold: promise -> problems."""


class Stage:
    """One district and the people in it."""

    def __init__(self, folder, programs, chance, fault=Kill):
        self.district = fault.way(folder / "331083", programs, fault.options)
        self.chance, self.fault = chance, fault
        self.clients = self.town = None

    def found(self):
        self.fault.prepare(self.district.folder)
        self.district.start()
        self.clients = Clients(self.district.bus("ctl"), self.chance)
        self.town = Town(self.clients, self.chance)
        self.clients.run([self.town.founding()], PATIENCE)

    def play(self, figures):
        blow = Blow(self.district, self.fault, self.chance)
        self.clients.run(self.town.round(), PATIENCE, blow)
        blow.finish()
        figures.strikes[blow.program] += 1
        figures.rounds += 1

    def look(self, figures):
        began = time.monotonic()
        stores = level_stores(self.district.folder, PATIENCE)
        figures.slowest_level = max(figures.slowest_level, time.monotonic() - began)
        try:
            broken = verdict(stores, self.clients.history.values())
        finally:
            stores.close()
        if broken:
            raise Broken(broken)

    def ask_everything_again(self):
        """Every command of this district has the answer that it had."""
        self.clients.run([self.town.asking_once_more(one) for one in self.town.commands()], PATIENCE)

    def seen_by_the_operator(self):
        """Over a connection of its own: who is silent, who is behind."""
        done = subprocess.run(self.district.command("--lang", "en", "status"), capture_output=True, text=True, timeout=60)
        hub = subprocess.run(self.district.command("--lang", "en", "call", "hub._status", "{}"), capture_output=True,
                             text=True, timeout=60)
        return done.stdout + done.stderr + hub.stdout + hub.stderr

    def end(self, figures):
        if self.clients:
            figures.add(self.clients)
            self.clients.bus.close()
        self.district.stop()
        self.fault.clear(self.district.folder)


def campaign(arguments, figures):
    """What broke, as promise -> problems; the folder is kept then."""
    fault = FAULTS[arguments.fault]
    while (done := figures.rounds) < arguments.rounds:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="gonghui-chaos-"))
        stage = Stage(folder, arguments.programs, random.Random(f"{arguments.seed} {done}"), fault)
        try:
            stage.found()
            for number in range(1, min(ROUNDS_PER_DISTRICT, arguments.rounds - done) + 1):
                stage.play(figures)
                if number % ROUNDS_PER_LOOK == 0:
                    stage.look(figures)
            stage.ask_everything_again()
            stage.look(figures)
        except (Broken, Unanswered, NotLevel, NotRunning, Unexpected) as error:
            print(f"seed {arguments.seed}, district of round {done + 1}, after {figures.rounds} rounds: {error}\n"
                  f"kept: {folder}\n{stage.seen_by_the_operator()}", file=sys.stderr)
            return error.args[0] if isinstance(error, Broken) else {type(error).__name__: [str(error)]}
        finally:
            stage.end(figures)
        shutil.rmtree(folder)
        print(f"{figures.rounds:6} rounds, {figures.acknowledged} commands accepted, level within {figures.slowest_level:.2f} s",
              flush=True)
    return {}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", choices=FAULTS, default="kill")
    arguments = parser.parse_args()
    FAULTS[arguments.fault].enter()
    figures, began = Figures(), time.monotonic()
    broken = campaign(arguments, figures)
    count = {name: len(problems) for name, problems in broken.items()}
    print(json.dumps({
        "rounds": figures.rounds, "fault": arguments.fault, "struck": dict(figures.strikes), "seed": arguments.seed,
        "acknowledged": figures.acknowledged, "answers": figures.answers, "asked_again": figures.asked_again,
        "lost": count.get("lost", 0) + count.get("vanished", 0),
        "oversold": count.get("oversold", 0) + count.get("evenings", 0), "doubled": count.get("doubled", 0),
        "level_seconds_max": round(figures.slowest_level, 2), "seconds": round(time.monotonic() - began, 1),
        "broken": count, "held": not broken}))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
