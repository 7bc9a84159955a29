#!/usr/bin/python3
"""Measures this bus beside what a union's IT could take in its place. Called by scripts/bench, which builds and
installs. Each side of a row runs once per round, in turns, so that what the machine does meanwhile meets all of them."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "common/sdk/python"))

import report  # noqa: E402
from curves import CURVES  # noqa: E402
from ours import District  # noqa: E402
from peers import leaves_room_for_sockets  # noqa: E402
from rows import ROWS, Bench  # noqa: E402


MICRO = "micro"  # no row with sides: what the steps of our own cost
PEERS = ["nats-server", "redis-server", "rabbitmq-server", "postgresql-15", "libnats-dev", "libhiredis-dev",
         "librabbitmq-dev", "libpq-dev", "wrk"]


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true",
                        help="one round of a second each, the beginnings of the curves: under five minutes in all")
    names = [*ROWS, *CURVES, MICRO]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="ROW", help=f"of {', '.join(names)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one measurement")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--results", type=pathlib.Path, required=True, help="folder of the plots")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/var/tmp"),
                        help="on a local disk; all files of all sides are in a new one below it")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, min(arguments.seconds, 1.0)
    return arguments


def say(line):
    print(line, file=sys.stderr, flush=True)


def machine(folder):
    """What an absolute figure would have to be read with: how long a sync takes here, and what else runs."""
    took = []
    with open(folder / "sync", "wb", buffering=0) as file:
        for _ in range(200):
            file.write(bytes(4096))
            began = time.monotonic()
            os.fdatasync(file.fileno())
            took.append((time.monotonic() - began) * 1000)
    took.sort()
    return {"cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 1),
            "fdatasync_ms": {"p50": round(took[100], 2), "p90": round(took[180], 2), "p99": round(took[198], 2)}}


def run_rounds(row, rounds):
    runs = [[] for _ in row.sides]
    for number in range(rounds):
        for side, figures in zip(row.sides, runs):
            figures.append(side.run())
            rate = figures[-1]["per_second"]
            say(f"  {row.name} {number + 1}/{rounds}  {rate:>10,.0f}/s  {side.name}, {side.encryption}")
    return runs


def measure(arguments, bench):
    results = []
    for name in (name for name in ROWS if name in arguments.only):
        with ROWS[name](bench) as row:
            measured = report.measured_row(row, run_rounds(row, arguments.rounds))
        report.plot(measured, arguments.results / f"{name}.svg")
        print(report.markdown(measured), flush=True)
        results.append(measured)
    return results


def measure_curves(arguments, bench):
    results = []
    for name in (name for name in CURVES if name in arguments.only):
        say(f"  {name} ...")
        curve = CURVES[name](bench)
        if curve.y:
            report.plot_curve(curve, arguments.results / f"{name}.svg")
        print(report.curve_markdown(curve), flush=True)
        results.append({"curve": name, "points": curve.points, **curve.figures})
    return results


def micro(arguments):
    done = subprocess.run([arguments.programs / "bench" / "bench-micro", "--benchmark_format=json"], check=True,
                          capture_output=True, text=True, timeout=120)
    steps = {one["name"].split("/")[0]: round(one["cpu_time"]) for one in json.loads(done.stdout)["benchmarks"]}
    print("### micro: steps of one enrollment on one core, no disk\n\n| step | CPU ns |\n|---|---:|")
    for name, nanoseconds in steps.items():
        print(f"| {name.replace('_', ' ')} | {nanoseconds:,} |", flush=True)
    return steps


def versions():
    done = subprocess.run(["dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *PEERS], capture_output=True,
                          text=True)
    return dict(line.split() for line in done.stdout.splitlines())


def main():
    arguments = parse()
    arguments.results.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gb", dir=arguments.folder))
    folder.chmod(0o755)  # PostgreSQL's user goes through it
    if not leaves_room_for_sockets(folder):
        sys.exit(f"scripts/bench: {folder} is too long for the path of a socket; choose another --folder")
    began = time.monotonic()
    try:
        found = machine(folder)
        print(f"{found['cores']} cores, load {found['load_before']} before; "
              f"fdatasync of 4 KiB, ms: {found['fdatasync_ms']}\n")
        bench = Bench(folder, arguments.programs, District(folder, arguments.programs), arguments.seconds,
                      arguments.quick)
        results = measure(arguments, bench)
        curves = measure_curves(arguments, bench)
        steps = micro(arguments) if MICRO in arguments.only else {}
    finally:
        if "GONGHUI_BENCH_KEEP" in os.environ:
            say(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({"rounds": arguments.rounds, "seconds": arguments.seconds, "machine": found,
                      "load_after": round(os.getloadavg()[0], 1), "versions": versions(), "micro_cpu_ns": steps,
                      "took_seconds": round(time.monotonic() - began, 1), "rows": results, "curves": curves}))


if __name__ == "__main__":
    main()
