"""The row `enroll_http`: an enrollment as a browser sends it, through the gateway, beside what one would write with fastify."""

import base64
import contextlib
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import time
import urllib.request

from campaign import PERSON, THOUSAND, accepted, fill_postgres, id_of, make_stores, reset_postgres
from gonghui import Bus, Hub, KeyPair, Request
from peers import Postgres
from processes import NotRunning, Process, cpu_seconds, free_port

HERE = pathlib.Path(__file__).resolve().parent / "http"
PEOPLE = 20_000
CONNECTIONS = 256
POOL = 16
HALF_FOR = 5  # times as long as the full rate: a few checkpoints of the store
AROUND = 4    # s, before the first attempt is due and after the last
SERVICES = ["training", "gateway"]


def token_of(number):
    return hashlib.sha256(f"a person of the bench {number}".encode()).digest()


def sessions_file(bench):
    """One line a person: cookie, id."""
    file = bench.folder / "sessions.txt"
    if not file.exists():
        file.write_text("".join(f"{base64.urlsafe_b64encode(token_of(n)).decode().rstrip('=')} {id_of(PERSON, n)}\n"
                                for n in range(PEOPLE)))
    return file


def stores_with_sessions(bench):
    """As everybody's stores, and a gateway that has let everybody in."""
    made = bench.folder / "stores-http"
    if made.exists():
        return made
    with bench.district.running("curve", SERVICES, make_stores(bench)):
        bus = Bus(Hub.of(bench.district.folder), KeyPair.load(bench.district.folder / "keys" / "gateway-0.key"))
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        accepted(bus, [Request("gateway.open_session", {
            "session_id": id_of(9, n), "token_hash": hashlib.sha256(token_of(n)).digest(), "person_id": id_of(PERSON, n),
            "kind": "worker", "expires_at": until}) for n in range(PEOPLE)])
        wait_until_level(bench.district.bus())
        bus.close()
    shutil.copytree(bench.district.store, made)
    return made


def wait_until_level(bus, patience=60.0):
    until = time.monotonic() + patience
    with contextlib.closing(bus):
        while time.monotonic() < until:
            head = bus.ask(Request("training._status", {}, partition=0)).data["head"]
            follows = bus.ask(Request("gateway._status", {}, partition=0)).data["follows"]
            if any("/training/" in one["source"] and one["cursor"] == head for one in follows):
                return
            time.sleep(0.1)
    raise NotRunning("the gateway does not follow training")


def wrk(bench, port, lap, seconds, **pace):
    """What it says last."""
    settings = {"SESSIONS": str(sessions_file(bench)), "CAMPAIGN": str(THOUSAND.id), "FIRST_CLASS": str(THOUSAND.first_class),
                "CLASSES": str(THOUSAND.classes), "LAP": str(lap)}
    done = subprocess.run(["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s",
                           "--timeout", "10s", "--latency", "--script", HERE / "enroll.lua", f"http://127.0.0.1:{port}"],
                          env=os.environ | settings | {name: str(value) for name, value in pace.items()},
                          capture_output=True, text=True, timeout=120)
    figures = json.loads(done.stdout.strip().splitlines()[-1])
    if figures["refused"] or figures["failed"] or figures["in_all"] < figures.get("planned", 0):
        raise NotRunning(f"not everybody enrolled: {figures}")
    return figures


def load(bench, port, servers):
    """As much as there is an answer to; then half of that a second, each when it is due."""
    used = cpu_seconds(servers)
    full = wrk(bench, port, 0, max(1, round(bench.seconds)))
    full["cpu_us"] = (cpu_seconds(servers) - used) * 1e6 / full["in_all"]
    rate, seconds = round(full["per_second"] / 2), HALF_FOR * max(1, round(bench.seconds))
    half = wrk(bench, port, full["in_all"] // PEOPLE + 2, seconds + AROUND, RATE=rate, SECONDS=seconds)
    return full | {"half_rate": rate} | {f"half_{name}": half[name] for name in ("p50_ms", "p99_ms", "most_ms")}


def enroll_at_the_gateway(bench):
    stores, port = stores_with_sessions(bench), free_port()
    config = bench.district.folder / "config" / "gateway.toml"
    lines = [line for line in config.read_text().splitlines() if not line.startswith(("edge.listen", "limit."))]
    config.write_text("\n".join([*lines, f'edge.listen = "127.0.0.1:{port}"', "limit.address = 1000000",
                                 "limit.person = 100000"]) + "\n")
    with bench.district.running("curve", SERVICES, stores) as servers:
        servers[-1].wait_for_port(port)
        return load(bench, port, servers)


def enroll_at_fastify(bench, postgres, processes):
    reset_postgres(postgres)
    port = free_port()
    settings = {"PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "PGUSER": "bench", "PGDATABASE": "postgres",
                "PORT": str(port), "PROCESSES": str(processes), "POOL": str(POOL), "SESSIONS": str(sessions_file(bench)),
                "NODE_ENV": "production"}
    server = Process(["node", HERE / "server.mjs"], bench.folder / "fastify.log", env=settings, cwd=HERE)
    try:
        server.wait_for_port(port)
        return load(bench, port, [*postgres.running[-1:], server])
    finally:
        server.stop()


def require_packages():
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def enroll_http(bench, row, side):
    require_packages()
    with Postgres(bench.folder) as postgres:
        fill_postgres(postgres)
        yield row("enroll_http", f"Enroll over HTTP into 1,000 classes: {CONNECTIONS} connections that are kept, "
                  f"{PEOPLE:,} people who are logged in", "enrollments",
                  [side("Gonghui, gateway and training", "synced per batch, before the answer", "CURVE behind the gateway",
                        lambda: enroll_at_the_gateway(bench), True, "gateway"),
                   *(side(f"fastify and pg, {processes} process{'es' if processes > 1 else ''}, PostgreSQL",
                          "synced per commit, commits in groups", "none",
                          lambda p=processes: enroll_at_fastify(bench, postgres, p)) for processes in (1, 2))],
                  ["gateway"],
                  ["Load by wrk, on the same cores. At half the rate an attempt's time is counted from when it was due, whether or "
                   "not a connection was free then. Both look the session up in memory and check the body against a schema; "
                   "PostgreSQL checks neither caps nor eligibility nor clashes of time."])
