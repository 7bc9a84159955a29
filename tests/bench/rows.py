"""What is measured: rows of sides. A side says what it promises and returns the figures of one run."""

import contextlib
import dataclasses
import json
import sqlite3
import subprocess
import time
import typing

from campaign import HOT, MEMBERS, THOUSAND, fill_postgres, make_stores, reset_postgres
from http_row import enroll_http
from ours import LEDGER, MIRROR
from peers import Nats, Postgres, RabbitMq, Redis
from processes import NotRunning, cpu_seconds

SYNCED = "synced per batch, before the answer"
SYNCED_PER_COMMIT = "synced per commit, commits in groups"
BOTH_SYNCED = "synced at both ends"
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

    def __init__(self, folder, programs, district, seconds, is_quick=False):
        self.folder, self.programs, self.district = folder, programs, district
        self.seconds, self.is_quick = seconds, is_quick
        self.warm_up = 0.5

    def client(self, program, *arguments, servers=(), patience=30):
        """The JSON that a load client says last, and what those who served it used of the processor."""
        used = cpu_seconds(servers)
        command = [self.programs / "bench" / program, "--seconds", self.seconds, "--warm-up", self.warm_up, *arguments]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                              timeout=self.seconds + self.warm_up + patience)
        if done.returncode != 0:
            raise NotRunning(f"{program} ended with {done.returncode}: {done.stderr.strip()}")
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        if servers:
            figures["cpu_us"] = (cpu_seconds(servers) - used) * 1e6 / figures["in_all"]
        return figures


# --- append ---

def append_over_the_bus(bench, encryption, events, services):
    """`events` in a command; as many events are under way as on every other side."""
    window = UNDER_WAY // CONNECTIONS // events
    with bench.district.running(encryption, services) as servers:
        figures = bench.client(f"{encryption}/append-gonghui", *bench.district.client_arguments(), "--connections",
                               CONNECTIONS, "--window", window, "--events", events, servers=servers)
        return figures | behind(bench, services, MIRROR, "copies", figures["in_all"])


def behind(bench, services, follower, table, count):
    """How much of what was accepted the follower has not committed when the load ends."""
    if follower not in services:
        return {}
    return {"behind": 1 - rows_in(bench.district.store / f"{follower}-0.db", table) / count}


def rows_in(store, table, number="number"):
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        return database.execute(f"SELECT max({number}) FROM {table}").fetchone()[0] or 0


def append_to(bench, peer, program, window):
    return bench.client(program, *peer.arguments, "--connections", CONNECTIONS, "--window", window,
                        servers=peer.running)


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
        title = f"Append events of 300 bytes, {CONNECTIONS} connections, {UNDER_WAY} under way"
        yield Row("append", title, "events", sides,
                  ["plain64", "curve64", "follower64", "curve1"])


# --- deliver ---

PACED = 5_000  # events/s


def deliver_over_the_bus(bench, encryption, events, arguments):
    """Until the mirror has committed a row for the last event that the ledger has taken."""
    district = bench.district
    with district.running(encryption, [LEDGER, MIRROR], tell_moments=[LEDGER, MIRROR]):
        sent = bench.client(f"{encryption}/append-gonghui", *district.client_arguments(), "--events", events,
                            "--connections", CONNECTIONS, "--window", UNDER_WAY // CONNECTIONS // events,
                            "--warm-up", 0, *arguments)
        wait_for_rows(district.store / "mirror-0.db", "copies", sent["in_all"])
    kept, arrived = (read_moments(district.moments(name)) for name in (LEDGER, MIRROR))
    seconds = (arrived[-1][1] - sent["begin_us"]) / 1e6
    return ({"per_second": len(arrived) / seconds}
            | percentiles("", [(there - made) / 1000 for made, there in arrived])
            | percentiles("commit_", [(there - here) / 1000 for (_, here), (_, there) in zip(kept, arrived)]))


def read_moments(file):
    return [tuple(map(int, line.split())) for line in file.read_text().splitlines()]


def percentiles(what, milliseconds):
    milliseconds.sort()
    return {f"{what}p50_ms": milliseconds[len(milliseconds) // 2],
            f"{what}p99_ms": milliseconds[len(milliseconds) * 99 // 100]}


def wait_for_rows(store, table, count, patience=30.0):
    """Looks at a store from outside, a hundred times a second; the moment, in microseconds as the clients tell it."""
    until = time.monotonic() + patience
    while (found := rows_in(store, table) if has_table(store, table) else 0) < count:
        if time.monotonic() > until:
            raise NotRunning(f"{store.name}: {found} of {count} rows after {patience:.0f} s")
        time.sleep(0.01)
    return time.monotonic_ns() // 1000


def deliver_by(bench, kind, program, window, arguments):
    with kind(bench.folder) as peer:
        return bench.client(program, *peer.arguments, "--connections", CONNECTIONS, "--window", window, *arguments)


def delivering(bench, arguments, events):
    for encryption in ("plain", "curve"):
        yield Side(f"Gonghui, {events} per command, a row per event", BOTH_SYNCED, ENCRYPTION[encryption],
                   lambda e=encryption: deliver_over_the_bus(bench, e, events, arguments), True, encryption)
    yield Side("NATS JetStream, pull and acknowledge, no effect", NOT_SYNCED, NONE,
               lambda: deliver_by(bench, Nats, "bench-deliver-nats", UNDER_WAY // CONNECTIONS, arguments))
    yield Side("Redis Streams, group and acknowledge, no effect", SYNCED, NONE,
               lambda: deliver_by(bench, Redis, "bench-deliver-redis", UNDER_WAY // CONNECTIONS, arguments))


NO_EFFECT = ("Ours is delivered when a second service has committed a row for it, synced; with the peers, when it was "
             "acknowledged: a consumer that stores an effect once would cost them a database more. p50 and p99 are from "
             "its making; *from commit* is from its commit in the first service to that in the second.")


@contextlib.contextmanager
def deliver(bench):
    yield Row("deliver", "Append, and apply in a second service, until the last has arrived", "events",
              list(delivering(bench, [], 64)), ["plain", "curve"], [NO_EFFECT])


@contextlib.contextmanager
def deliver_paced(bench):
    yield Row("deliver_paced", f"The same at {PACED:,} events/s: how long one takes", "events",
              list(delivering(bench, ["--rate", PACED], 1)), [], [NO_EFFECT])


def has_table(store, table):
    """A service that is starting makes its store and its tables first."""
    if not store.exists():
        return False
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        return bool(database.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchall())


# --- enroll ---

CLIENTS = 64
POOL = 8  # connections that all clients share: of a gateway to the bus, of a pool to the database
TRAINING, NOTIFICATIONS = "training", "notifications"


@dataclasses.dataclass
class Crowd:
    """Clients that try again as soon as they are answered."""
    key: str
    name: str
    connections: int
    under_way: int

    def arguments(self):
        return ["--connections", self.connections, "--window", self.under_way // self.connections]


OWN_CONNECTIONS = Crowd("64", f"{CLIENTS} clients, a connection each", CLIENTS, CLIENTS)
POOLED = Crowd("64pooled", f"{CLIENTS} clients on {POOL} connections", POOL, CLIENTS)
MANY = Crowd("1024", f"1,024 under way on {CLIENTS} connections", CLIENTS, 1_024)
CROWDS = [OWN_CONNECTIONS, POOLED, MANY]


def enroll_over_the_bus(bench, encryption, campaign, crowd, services):
    stores = make_stores(bench)
    with bench.district.running(encryption, services, stores) as servers:
        figures = bench.client(f"{encryption}/enroll-gonghui", *bench.district.client_arguments(),
                               *campaign.arguments(), "--campaign", campaign.number, *crowd.arguments(),
                               servers=servers)
        return figures | behind(bench, services, NOTIFICATIONS, "messages", figures["in_all"])


def enroll_at_postgres(bench, postgres, campaign, method, connections, window):
    reset_postgres(postgres)
    return bench.client("bench-enroll-postgres", *postgres.arguments, *campaign.arguments(), "--method", method,
                        "--connections", connections, "--window", window, servers=postgres.running[-1:])


def enroll_over_nats(bench, postgres, campaign, crowd):
    reset_postgres(postgres)
    with Nats(bench.folder) as nats:
        return bench.client("bench-enroll-nats-postgres", *nats.arguments, *postgres.arguments, *campaign.arguments(),
                            *crowd.arguments(), servers=[*postgres.running[-1:], *nats.running])


def ours_enrolling(bench, campaign):
    for crowd in CROWDS:
        for key, encryption, services in (("plain", "plain", [TRAINING]), ("curve", "curve", [TRAINING]),
                                          ("follower", "curve", [TRAINING, NOTIFICATIONS])):
            name = f"Gonghui, {crowd.name}" + (", one follower" if key == "follower" else "")
            yield Side(name, SYNCED, ENCRYPTION[encryption],
                       lambda e=encryption, c=crowd, s=services: enroll_over_the_bus(bench, e, campaign, c, s),
                       True, f"{key}{crowd.key}")


def postgres_enrolling(bench, postgres, campaign):
    for connections, clients in ((CLIENTS, f"{CLIENTS} clients, a connection each"),
                                 (POOL, f"{CLIENTS} clients on a pool of {POOL}")):
        for method, name in (("for_update", "SELECT FOR UPDATE"), ("conditional", "conditional UPDATE")):
            yield Side(f"PostgreSQL, {name}, {clients}", SYNCED_PER_COMMIT, NONE,
                       lambda m=method, c=connections: enroll_at_postgres(bench, postgres, campaign, m, c, 1))
    for crowd in CROWDS:
        yield Side(f"PostgreSQL, a worker's batches, asked over NATS, {crowd.name}", SYNCED, NONE,
                   lambda c=crowd: enroll_over_nats(bench, postgres, campaign, c))
    for batch in (CLIENTS, 1_024):
        yield Side(f"PostgreSQL, batches of {batch} without anybody who asks", SYNCED, NONE,
                   lambda b=batch: enroll_at_postgres(bench, postgres, campaign, "batch", 1, b))


@contextlib.contextmanager
def enroll(bench, name, campaign):
    with Postgres(bench.folder) as postgres:
        fill_postgres(postgres)
        title = f"Enroll into {campaign.title}, {MEMBERS:,} members"
        yield Row(name, title, "enrollments",
                  [*ours_enrolling(bench, campaign), *postgres_enrolling(bench, postgres, campaign)],
                  ["plain64", "plain64pooled", "curve64pooled", "plain1024", "curve1024"],
                  [f"A class has {campaign.capacity:,} seats; who comes later is put in line, on both sides. "
                   "PostgreSQL does not check caps, eligibility and clashes of time; Gonghui does. Batches without "
                   "anybody who asks are made up in the worker: for reference, as no client gets an answer. Its worker "
                   "over NATS is a thread of the load client: its processor time is not in the column."])


# --- it_stack ---

def notify_over_the_bus(bench, encryption, crowd):
    """Until the last who got a seat, or a place in line, has a message in the other service's store."""
    district = bench.district
    with district.running(encryption, [TRAINING, NOTIFICATIONS], make_stores(bench)):
        enrolled = bench.client(f"{encryption}/enroll-gonghui", *district.client_arguments(), *THOUSAND.arguments(),
                                "--campaign", THOUSAND.number, *crowd.arguments(), "--warm-up", 0)
        last = wait_for_rows(district.store / "notifications-0.db", "messages", enrolled["in_all"])
    return {"per_second": enrolled["in_all"] / ((last - enrolled["begin_us"]) / 1e6)}


def notify_by(bench, postgres, enroll):
    reset_postgres(postgres)
    with Nats(bench.folder) as nats:
        between = subprocess.Popen([bench.programs / "bench" / "bench-it-stack", *nats.arguments, *postgres.arguments,
                                    "--notifications", postgres.of("notifications")], stdout=subprocess.PIPE, text=True)
        try:
            between.stdout.readline()
            enrolled = enroll(nats)
            between.terminate()
            output, _ = between.communicate(timeout=60)
        finally:
            between.kill()
            between.wait()
    done = json.loads(output.strip().splitlines()[-1])
    if done["written"] != enrolled["in_all"]:
        raise NotRunning(f"{done['written']} notifications of {enrolled['in_all']} enrollments")
    return {"per_second": done["written"] / ((done["last_us"] - enrolled["begin_us"]) / 1e6)}


def it_stacks(bench, postgres):
    def directly(method, connections):
        return lambda _: bench.client("bench-enroll-postgres", *postgres.arguments, *THOUSAND.arguments(), "--method",
                                      method, "--connections", connections, "--window", 1, "--warm-up", 0)

    def over_nats(crowd):
        return lambda nats: bench.client("bench-enroll-nats-postgres", *nats.arguments, *postgres.arguments,
                                         *THOUSAND.arguments(), *crowd.arguments(), "--warm-up", 0)

    ways = [(f"conditional UPDATE, {CLIENTS} clients, a connection each", directly("conditional", CLIENTS)),
            (f"conditional UPDATE, {CLIENTS} clients on a pool of {POOL}", directly("conditional", POOL))]
    ways += [(f"a worker's batches over NATS, {crowd.name}", over_nats(crowd)) for crowd in CROWDS]
    for name, way in ways:
        yield Side(f"PostgreSQL, outbox, JetStream, PostgreSQL: {name}", BOTH_SYNCED + "; the broker is not", NONE,
                   lambda w=way: notify_by(bench, postgres, w))


@contextlib.contextmanager
def it_stack(bench):
    sides = [Side(f"Gonghui, training and notifications, {crowd.name}", BOTH_SYNCED, ENCRYPTION[encryption],
                  lambda e=encryption, c=crowd: notify_over_the_bus(bench, e, c), True, f"{encryption}{crowd.key}")
             for crowd in CROWDS for encryption in ("plain", "curve")]
    with Postgres(bench.folder) as postgres:
        fill_postgres(postgres)
        yield Row("it_stack", "Enroll into 1,000 classes, until the last notification's row is committed",
                  "enrollments", [*sides, *it_stacks(bench, postgres)], [side.key for side in sides],
                  ["Both databases of the peer are in one server, so that their commits share the disk."])


ROWS = {
    "append": append,
    "enroll_hot": lambda bench: enroll(bench, "enroll_hot", HOT),
    "enroll_1000": lambda bench: enroll(bench, "enroll_1000", THOUSAND),
    "enroll_http": lambda bench: enroll_http(bench, Row, Side),
    "deliver": deliver,
    "it_stack": it_stack,
    "deliver_paced": deliver_paced,
}
