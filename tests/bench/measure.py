#!/usr/bin/python3
"""Measures this bus beside what a union's IT could take in its place. Called by scripts/bench, which builds and installs.
Each side of a row runs once per round, in turns, so that what the machine does meanwhile meets all of them."""

import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

import report
from ours import District
from peers import longest_path_is_short_enough
from rows import ROWS, Bench


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds of a second each: under five minutes in all")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one measurement")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--results", type=pathlib.Path, required=True, help="folder of the plots")
    parser.add_argument("--folder", type=pathlib.Path, help="on a local disk, for all stores; by default a new one in /var/tmp")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = min(arguments.rounds, 2), min(arguments.seconds, 1.0)
    return arguments


def say(line):
    print(line, file=sys.stderr, flush=True)


def run_rounds(row, rounds):
    runs = [[] for _ in row.sides]
    for number in range(rounds):
        for side, figures in zip(row.sides, runs):
            figures.append(side.run())
            say(f"  {row.name} {number + 1}/{rounds}  {figures[-1]['per_second']:>10,.0f}/s  {side.name}, {side.encryption}")
    return runs


def measure(arguments, folder):
    district = District(folder, arguments.programs)
    bench = Bench(folder, arguments.programs, district, arguments.seconds)
    results = []
    for name in arguments.only or ROWS:
        with ROWS[name](bench) as row:
            measured = report.measured_row(row, run_rounds(row, arguments.rounds))
        report.plot(measured, arguments.results / f"{name}.svg")
        print(report.markdown(measured), flush=True)
        results.append(measured)
    return results


def main():
    arguments = parse()
    arguments.results.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gb", dir=arguments.folder or "/var/tmp"))
    folder.chmod(0o755)  # PostgreSQL's user goes through it
    if not longest_path_is_short_enough(folder):
        sys.exit(f"scripts/bench: {folder} is too long for the path of a socket; choose another --folder")
    began = time.monotonic()
    try:
        results = measure(arguments, folder)
    finally:
        if "GONGHUI_BENCH_KEEP" in os.environ:
            say(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({"rounds": arguments.rounds, "seconds": arguments.seconds, "cores": os.cpu_count(),
                      "took_seconds": round(time.monotonic() - began, 1), "rows": results}))


if __name__ == "__main__":
    main()
