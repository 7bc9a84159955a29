"""What is measured: rows of sides. A side says what it promises and returns the figures of one run."""

import contextlib
import dataclasses
import json
import subprocess
import typing

from ours import LEDGER, MIRROR
from peers import Nats, RabbitMq, Redis
from processes import NotRunning

SYNCED = "synced per batch, before the answer"
NOT_SYNCED = "none per message: synced every 2 minutes"
CURVE, PLAIN, NONE = "CURVE", "none (bench only)", "none"
ENCRYPTION = {"curve": CURVE, "plain": PLAIN}
CONNECTIONS = 8
UNDER_WAY = 4_096  # unacknowledged events of all connections: what the hub allows one partition


@dataclasses.dataclass
class Side:
    name: str
    durability: str
    encryption: str
    run: typing.Callable
    ours: bool = False
    key: str = ""  # of ours: what its ratios to the peers are called


@dataclasses.dataclass
class Row:
    name: str
    title: str
    unit: str
    sides: list
    columns: list  # keys of ours whose ratios the table shows
    notes: list = dataclasses.field(default_factory=list)


class Bench:
    """What every row works with."""

    def __init__(self, folder, programs, district, seconds):
        self.folder, self.programs, self.district = folder, programs, district
        self.seconds = seconds
        self.warm_up = 0.5

    def client(self, program, *arguments, patience=30):
        """The JSON that a load client says last."""
        command = [self.programs / "bench" / program, "--seconds", self.seconds, "--warm-up", self.warm_up, *arguments]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                              timeout=self.seconds + self.warm_up + patience)
        if done.returncode != 0:
            raise NotRunning(f"{program} ended with {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout.strip().splitlines()[-1])


# --- append ---

def append_over_the_bus(bench, encryption, events, services):
    """`events` in a command; as many events are under way as on every other side."""
    window = UNDER_WAY // CONNECTIONS // events
    with bench.district.running(encryption, services):
        return bench.client(f"{encryption}/append-gonghui", *bench.district.client_arguments(), "--connections",
                            CONNECTIONS, "--window", window, "--events", events)


def append_to(bench, peer, program, window):
    return bench.client(program, *peer.arguments, "--connections", CONNECTIONS, "--window", window)


def append_to_new(bench, kind, program, window):
    with kind(bench.folder) as peer:
        return append_to(bench, peer, program, window)


@contextlib.contextmanager
def append(bench):
    """RabbitMQ takes seconds to start: one for all rounds, and an empty queue for each."""
    sides = []
    for encryption in ("plain", "curve"):
        for events in (64, 1):
            sides.append(Side(f"Gonghui, {events} per command", SYNCED, ENCRYPTION[encryption],
                              lambda e=encryption, n=events: append_over_the_bus(bench, e, n, [LEDGER]), True,
                              f"{encryption}{events}"))
    for events in (64, 1):
        sides.append(Side(f"Gonghui, {events} per command, one follower", SYNCED, CURVE,
                          lambda n=events: append_over_the_bus(bench, "curve", n, [LEDGER, MIRROR]), True,
                          f"follower{events}"))
    with RabbitMq(bench.folder) as rabbit:
        sides += [
            Side("NATS JetStream, asynchronous", NOT_SYNCED, NONE,
                 lambda: append_to_new(bench, Nats, "bench-append-nats", UNDER_WAY // CONNECTIONS)),
            Side("Redis Streams, pipeline 64", SYNCED, NONE,
                 lambda: append_to_new(bench, Redis, "bench-append-redis", 64)),
            Side("Redis Streams, pipeline 512", SYNCED, NONE,
                 lambda: append_to_new(bench, Redis, "bench-append-redis", UNDER_WAY // CONNECTIONS)),
            Side("RabbitMQ, quorum queue, confirms", SYNCED, NONE,
                 lambda: append_to(bench, rabbit, "bench-append-rabbitmq", UNDER_WAY // CONNECTIONS)),
            Side("SQLite in one process, no bus", SYNCED, "no bus",
                 lambda: bench.client("bench-append-sqlite", "--store", bench.folder / "bare.db"))]
        yield Row("append", f"Append events of 300 bytes, {CONNECTIONS} connections, {UNDER_WAY} under way", "events", sides,
                  ["plain64", "curve64", "follower64", "curve1"])


ROWS = {"append": append}
