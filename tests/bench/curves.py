"""How the cost grows with the work. A curve is a list of points; all of it is ours, with CURVE, as users run it."""

import dataclasses
import json
import pathlib
import re
import shutil
import signal
import subprocess
import time
import typing

from campaign import CAMPAIGN, MEMBERS, THOUSAND, Campaign, id_of, make_stores, plan, seed
from gonghui import Request
from gonghui.wire import partition_of
from ours import LEDGER, MIRROR, SLOW_DISK, District
from rows import CONNECTIONS, MANY, NOTIFICATIONS, POOL, TRAINING, UNDER_WAY, rows_in, wait_for_rows

ENCRYPTED = "curve"
INSTANCES = 3


@dataclasses.dataclass
class Curve:
    name: str
    title: str
    points: list                # of dicts: column -> figure
    x: str = ""                 # the columns that are plotted; without: a table alone
    y: tuple = ()
    scale: str = "linear"       # of x
    notes: tuple = ()
    figures: dict = dataclasses.field(default_factory=dict)


def decades(bench, first, last):
    return [10**n for n in range(first, (first if bench.is_quick else last) + 1)]


# --- members ---

def members(bench):
    """Enrollments/s by how many members the store has; who tries is anybody of them."""
    points = []
    for count in decades(bench, 4, 7):
        stores = make_stores(bench, count, [TRAINING])
        with bench.district.running(ENCRYPTED, [TRAINING], stores) as servers:
            done = bench.client(f"{ENCRYPTED}/enroll-gonghui", *bench.district.client_arguments(),
                                *THOUSAND.arguments(count), "--campaign", THOUSAND.number, *MANY.arguments(),
                                servers=servers)
            points.append({"members": count, "enrollments/s": round(done["per_second"]),
                           "servers' CPU µs each": round(done["cpu_us"], 1), "p99 ms": round(done["p99_ms"], 1),
                           "store MiB": mib(bench.district.store), "training MiB resident": resident(servers[1])})
        shutil.rmtree(stores)
    ratio = points[-1]["enrollments/s"] / points[min(1, len(points) - 1)]["enrollments/s"]
    return Curve("members", "Enroll into 1,000 classes, by members in the store", points, "members", ("enrollments/s",),
                 "log", figures={"last_to_second": round(ratio, 2)})


def mib(folder):
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20)


def resident(process, what="VmRSS"):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return round(int(re.search(what + r":\s+(\d+) kB", text)[1]) / 1024)


# --- log ---

def log(bench):
    """Ready after a crash, and a new follower, by the length of the log."""
    district, points = bench.district, []
    district.put_stores()
    with district.serving(ENCRYPTED, []):
        for count in decades(bench, 5, 7):
            ledger = district.program(ENCRYPTED, LEDGER)
            append_until(bench, count)
            crash(bench, ledger)
            ready, ledger = started(district, LEDGER)
            try:
                length = rows_in(store_of(district, LEDGER), "log", "seq")
                forget(district, MIRROR)
                took, mirror = followed(district, length)
                point = {"events": length, "ready after a crash, s": round(ready, 2),
                         "a new follower, events/s": round(length / took), "log MiB": mib(district.store)}
                mirror.stop()
                points.append(point | under_traffic(bench, length))
            finally:
                ledger.stop()
    return Curve("log", "A log grows: ready after a crash, a new follower", points, "events",
                 ("a new follower, events/s",), "log",
                 notes=("Ready: from the start of a program that was killed while it appended, until it answers. *Meanwhile*: "
                        "5,000 events/s are appended while the new follower reads.",))


def append(bench, *arguments, seconds=2.0):
    return bench.client(f"{ENCRYPTED}/append-gonghui", *bench.district.client_arguments(), "--connections", CONNECTIONS,
                        "--seconds", seconds, "--warm-up", 0, *arguments, patience=seconds + 30)


def append_until(bench, count):
    bench.district.wait_until_held(ENCRYPTED, [LEDGER])
    store = store_of(bench.district, LEDGER)
    while (missing := count - rows_in(store, "log", "seq")) > 0:
        append(bench, "--events", 64, "--window", UNDER_WAY // CONNECTIONS // 64,
               seconds=min(10.0, max(0.3, missing / 200_000)))


def crash(bench, program):
    """Killed while it appends."""
    load = subprocess.Popen([str(part) for part in
                             [bench.programs / "bench" / ENCRYPTED / "append-gonghui",
                              *bench.district.client_arguments(), "--connections", CONNECTIONS, "--window", 8,
                              "--events", 64, "--seconds", 30, "--warm-up", 0]],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.4)
    program.stop(signal.SIGKILL)
    load.kill()
    load.wait()


def started(district, name):
    began = time.monotonic()
    process = district.program(ENCRYPTED, name)
    district.wait_until_held(ENCRYPTED, [name])
    return time.monotonic() - began, process


def store_of(district, name):
    return district.store / f"{name}-0.db"


def forget(district, name):
    for file in district.store.glob(f"{name}-*"):
        file.unlink()


def followed(district, length):
    began = time.monotonic()
    mirror = district.program(ENCRYPTED, MIRROR)
    wait_for_rows(store_of(district, MIRROR), "copies", length, patience=600)
    return time.monotonic() - began, mirror


def under_traffic(bench, length):
    """The same once more, while others append at the pace of a busy evening."""
    forget(bench.district, MIRROR)
    began = time.monotonic()
    mirror = bench.district.program(ENCRYPTED, MIRROR)
    seconds = max(2.0, length / 100_000)
    done = append(bench, "--events", 1, "--window", 64, "--rate", 5_000, seconds=seconds)
    try:
        wait_for_rows(store_of(bench.district, MIRROR), "copies", length, patience=600)
        took = time.monotonic() - began
    finally:
        mirror.stop()
    return {"meanwhile, level within s": round(took, 1), "meanwhile, an append's p99 ms": round(done["p99_ms"], 1)}


# --- load ---

SHARES = (0.25, 0.5, 0.75, 0.9)


def load(bench):
    """How long an enrollment takes, by how much of the capacity is asked for."""
    points, capacity = [], None
    for share in (None, *SHARES):
        rate = ["--rate", round(share * capacity)] if share else []
        with bench.district.running(ENCRYPTED, [TRAINING], make_stores(bench)) as servers:
            done = bench.client(f"{ENCRYPTED}/enroll-gonghui", *bench.district.client_arguments(), *THOUSAND.arguments(),
                                "--campaign", THOUSAND.number, "--connections", POOL, "--window", 128, *rate,
                                servers=servers)
        capacity = capacity or done["per_second"]
        points.append({"asked for": f"{share:.0%}" if share else "all that it takes",
                       "enrollments/s": round(done["per_second"]), "p50 ms": round(done["p50_ms"], 2),
                       "p99 ms": round(done["p99_ms"], 2), "p99.9 ms": round(done["p999_ms"], 2)})
    return Curve("load", f"Enroll into 1,000 classes over {POOL} connections: how long one takes", points,
                 "enrollments/s", ("p50 ms", "p99 ms", "p99.9 ms"),
                 notes=("From the moment at which it was due, so that waiting to be sent counts.",))


# --- followers ---

def followers(bench):
    """Deliveries/s, by how many services follow."""
    points = []
    for count in [1, 4] if bench.is_quick else [1, 4, 16, 64]:
        names = [f"mirror{n}" for n in range(count)]
        for name in names:
            add_mirror(bench.district, name)
        with bench.district.running(ENCRYPTED, [LEDGER, *names]) as processes:
            done = append(bench, "--events", 64, "--window", UNDER_WAY // CONNECTIONS // 64, seconds=1.0)
            for name in names:
                last = wait_for_rows(bench.district.store / f"{name}-0.db", "copies", done["in_all"], patience=120)
            points.append({"followers": count, "appended/s": round(done["per_second"]),
                           "applied/s, all together": round(count * done["in_all"] / ((last - done["begin_us"]) / 1e6)),
                           "hub MiB at most": resident(processes[0], "VmHWM")})
    return Curve("followers", "Append with 64 per command for a second, and all followers apply it", points, "followers",
                 ("applied/s, all together",), "log")


def add_mirror(district, name):
    program = district.programs / "bench" / ENCRYPTED / f"gonghui-{name}"
    program.unlink(missing_ok=True)
    program.symlink_to(f"gonghui-{MIRROR}")
    if not (district.folder / "config" / f"{name}.toml").exists():
        district.add(name, follow=LEDGER)


# --- memory ---

def memory(bench):
    names = ["hub", TRAINING, NOTIFICATIONS]
    with bench.district.running(ENCRYPTED, names[1:], make_stores(bench)) as processes:
        idle = [resident(one) for one in processes]
        bench.client(f"{ENCRYPTED}/enroll-gonghui", *bench.district.client_arguments(), *THOUSAND.arguments(),
                     "--campaign", THOUSAND.number, *MANY.arguments())
        most = [resident(one, "VmHWM") for one in processes]
    return Curve("memory", f"Resident, MiB, with {MEMBERS:,} members; 1,024 enrollments under way",
                 [{"process": name, "idle": quiet, "at most": peak} for name, quiet, peak in zip(names, idle, most)])


# --- instances ---

PLAN = f"""district = "331083"
[hub]
[services.training]
partitions = {INSTANCES + 1}
instances = {INSTANCES}
"""


def instances(bench):
    """Campaigns on a disk that takes 5 ms more for a sync: one, and three in as many partitions, which one process holds
    or three."""
    folder = bench.folder / "instances"
    folder.mkdir(exist_ok=True)
    file = folder / "district.toml"
    file.write_text(PLAN)
    district = District(folder, bench.programs, file)
    stores = stores_of_partitions(bench, district, folder)
    points, figures = [], {}
    for under_way in (64, 1_024):
        rates = []
        for campaigns, processes in ((1, 1), (INSTANCES, 1), (INSTANCES, INSTANCES)):
            services = [TRAINING, *(f"{TRAINING}-{n}" for n in range(1, processes))]
            district.put_stores(stores)
            with district.serving(SLOW_DISK, services):
                wait_until_shared(district, processes)
                rates.append(enroll_in_each(bench, district, apart()[:campaigns], under_way))
            points.append({"under way for each": under_way, "campaigns": campaigns, "instances": processes,
                           "enrollments/s": round(rates[-1])})
        figures[f"three_to_one_{under_way}"] = round(rates[-1] / rates[0], 2)
    return Curve("instances", "Campaigns in partitions of their own, on a disk that takes 5 ms per sync", points,
                 notes=("CURVE. A campaign's wall is its one writer: with 64 under way the disk, with 1,024 its core.",),
                 figures=figures)


def apart():
    """Campaigns of one class, each in a partition of its own."""
    found = {}
    number = 10
    while len(found) < INSTANCES:
        found.setdefault(partition_of(id_of(CAMPAIGN, number), INSTANCES + 1),
                         Campaign(number, 10_000 + number, 1, "one class", 5_000))
        number += 1
    return list(found.values())


def stores_of_partitions(bench, district, folder):
    seeded, made = folder / "seeded", folder / "stores"
    seed(bench, seeded, MEMBERS, INSTANCES + 1)
    district.put_stores(seeded)
    with district.serving(ENCRYPTED, [TRAINING]):
        bus = district.bus()
        plan(bus, apart())
        bus.close()
    shutil.copytree(district.store, made)
    return made


def wait_until_shared(district, processes, patience=20.0):
    """Until every instance holds its share, and no partition is on its way."""
    bus, until = district.bus(), time.monotonic() + patience
    while time.monotonic() < until:
        services = bus.ask(Request("hub._status", {})).data["services"]
        holders = [one["instance"] for service in services for one in service["partitions"] if one["held"]]
        if len(holders) == INSTANCES + 1 and len(set(holders)) == processes:
            bus.close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"{processes} instances do not share the partitions: {holders}")


def enroll_in_each(bench, district, campaigns, under_way):
    command = [bench.programs / "bench" / ENCRYPTED / "enroll-gonghui", *district.client_arguments(), "--seconds",
               bench.seconds, "--warm-up", bench.warm_up, "--connections", POOL, "--window", under_way // POOL]
    running = [subprocess.Popen([str(part) for part in [*command, *one.arguments(), "--campaign", one.number]],
                                stdout=subprocess.PIPE, text=True) for one in campaigns]
    return sum(rate_of(process) for process in running)


def rate_of(process):
    output, _ = process.communicate(timeout=120)
    if process.returncode != 0:
        raise RuntimeError(f"{process.args[0]} ended with {process.returncode}")
    return json.loads(output.strip().splitlines()[-1])["per_second"]


CURVES: dict[str, typing.Callable] = {one.__name__: one for one in (members, log, load, followers, memory, instances)}
