"""A follower that comes late: when a log holds so many events, a service begins with an empty store, while people go on to
apply and join. How long until it is level; and whether it then holds what the logs say, and what it holds when it is built
once more with nobody about. Called by scripts/chaos --events."""

import argparse
import datetime
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from check import FOLLOWS  # noqa: E402
from district import ByHand, NotRunning  # noqa: E402
from generate import check_digit  # noqa: E402
from levelling import Levels, Stream  # noqa: E402
from load import accepted  # noqa: E402
from scene import command  # noqa: E402
from verdict import PROMISES, level_stores  # noqa: E402

UNIONS = 600
PATIENCE = 1800.0  # s
FOLLOWED = "registration"
# Of a service's store, what it does not owe to others: its own events and answers, and who holds it since when.
ITS_OWN = {"log", "segments", "epochs", "claims", "answers", "schema_versions", "damages"}


def grow(district, operator, events, data):
    """Organisations and a roster of so many members, each an event."""
    subprocess.run([HERE.parent / "season" / "generate.py", "--folder", data, "--members", str(events), "--bad", "0",
                    "--unions", str(UNIONS), "--enrollees", "1000", "--attempts", "2000"], check=True)
    organisations = json.loads((data / "organisations.json").read_text())
    organisations = [{name: uuid.UUID(value) if name.endswith("_id") else value for name, value in one.items()}
                     for one in organisations]
    for reply in operator.ask_all([command("registration.found_organisation", one) for one in organisations]):
        accepted(reply)
    subprocess.run(district.command("import", data / "roster.csv"), check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return [one["organisation_id"] for one in organisations if one["kind"] == "union"]


def joining(unions):
    """People who are in no roster: their numbers of the day begin where those of the generator end."""
    number = 0
    while True:
        born = datetime.date(1970, 1, 1) + datetime.timedelta(days=number // 99)
        seventeen = f"330099{born:%Y%m%d}{901 + number % 99}"
        application = uuid.uuid4()
        yield command("registration.submit_application", {
            "application_id": application, "organisation_id": unions[number % len(unions)], "name": "张安",
            "id_number": seventeen + check_digit(seventeen), "phone": f"139{number:08d}"})
        yield command("registration.approve_application", {"application_id": application, "verification": "officer"})
        number += 1


def begin_anew(district, service):
    district.stop_program(service)
    for file in (district.folder / "store").glob(f"{service}-0.db*"):
        file.unlink()
    district.start_program(service)


def until_level(levels, stream):
    """In seconds, with the stream running."""
    began = time.monotonic()

    def until():
        if time.monotonic() - began > PATIENCE:
            raise NotRunning(f"not level after {PATIENCE:.0f} s")
        return levels.are_level()
    stream.run(until)
    return round(time.monotonic() - began, 1)


def holds(district, service):
    """Of every table that it owes to others, a digest."""
    tables = [name for (name,) in district.rows(service, "SELECT name FROM sqlite_schema WHERE type = 'table'")]
    digests = {}
    for table in set(tables) - ITS_OWN:
        digest = hashlib.blake2b()
        for row in sorted(district.rows(service, f"SELECT * FROM {table}"), key=repr):
            digest.update(repr(row).encode())
        digests[table] = digest.hexdigest()
    return digests


def broken_promises(district):
    stores = level_stores(district.folder, PATIENCE)
    try:
        stores.read_logs()
        return {name: broken for name in ("logs", "level", "read_models") if (broken := list(PROMISES[name](stores, [])))}
    finally:
        stores.close()


def play(arguments, folder):
    service, district = arguments.follower, ByHand(folder / "331083", arguments.programs, ["--free-ports"])
    try:
        district.start()
        operator = district.bus("ctl")
        began = time.monotonic()
        levels, unions = Levels(district), grow(district, operator, arguments.events, folder / "data")
        load = Stream(operator, joining(unions), 0)
        until_level(levels, load)
        figures = {"follower": service, "grown_in": round(time.monotonic() - began, 1)}
        load.rate = arguments.rate
        load.run(lambda: load.answers > arguments.rate)
        figures["events"], began, answers = levels.heads()[FOLLOWED], time.monotonic(), load.answers
        begin_anew(district, service)
        figures["level_seconds"] = until_level(levels, load)
        figures["answers_per_second"] = round((load.answers - answers) / (time.monotonic() - began))
        figures["resident_mib"] = district.resident_mib()[service]
        load.rate = 0
        load.run(lambda: not load.under_way)
        until_level(levels, load)
        built_under_load, broken = holds(district, service), broken_promises(district)
        begin_anew(district, service)
        figures["level_seconds_alone"] = until_level(levels, load)
        again = holds(district, service)
        broken |= {"rebuild": tables} if (tables := [one for one in again if again[one] != built_under_load[one]]) else {}
        return figures | {"broken": broken, "held": not broken}
    finally:
        district.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--events", type=int, default=1_000_000, help="in the log when it begins")
    parser.add_argument("--rate", type=int, default=200, help="requests per second meanwhile")
    parser.add_argument("--follower", choices=[one for one in FOLLOWS if one not in ("notifications", "gateway")], default="matchmaking")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gonghui-chaos-") as folder:
        figures = play(arguments, pathlib.Path(folder))
    print(json.dumps(figures))
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
