#!/usr/bin/python3
"""Registers synthetic stations in a running district, the same ones for the same seed, and says how fast.

    load.py FOLDER [--count 9000] [--seed 1]

They belong to the organisations that registration has. It can be broken off and started again: what is registered already
is counted as such. Names and places are made up."""

import argparse
import pathlib
import random
import sys
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "common/sdk/python")]

from gonghui import Bus, Hub, KeyPair, Request, Unanswered  # noqa: E402
from gonghui.schemas.registration import OrganisationTree  # noqa: E402
from messages import OFFERS, Description, Register, WeeklyPeriod  # noqa: E402

NAMESPACE = uuid.UUID("5a3d1d4e-8f5b-4f0e-9d0c-6c7f2b1e4a90")
AT_ONCE = 500  # stations between two looks at the clock
PATIENCE = 60.0  # s for so many
# Of a rectangle of land on the coast of Zhejiang, in millionths of a degree.
SOUTH, NORTH, WEST, EAST = 28_250_000, 29_250_000, 120_600_000, 121_550_000
ROADS = ("人民", "解放", "中山", "江滨", "东方", "学院", "工业", "新华", "建设", "环城")
PLACES = (("工会驿站", "Union Station"), ("爱心驿站", "Care Station"), ("户外劳动者服务站", "Outdoor Workers' Station"),
          ("司机之家", "Drivers' Home"), ("骑手驿站", "Riders' Station"))


def weekly(dice):
    """Around the clock, long days, office hours, or nights."""
    opens, closes, days = dice.choices([(0, 1440, 7), (360, 1320, 7), (510, 1050, 5), (1200, 1800, 7)], (3, 10, 6, 1))[0]
    return [WeeklyPeriod(weekday=weekday, opens=opens, closes=closes) for weekday in range(1, days + 1)]


def station(seed, number, organisations):
    dice = random.Random(f"{seed}/{number}")
    zh, en = dice.choice(PLACES)
    road, house = dice.choice(ROADS), dice.randint(1, 999)
    return Register(
        station_id=uuid.uuid5(NAMESPACE, f"{seed}/{number}"),
        description=Description(
            organisation_id=dice.choice(organisations), name_zh=f"{road}路{zh} {number}", name_en=f"{en} {number}",
            address_zh=f"{road}路 {house} 号", latitude=dice.randint(SOUTH, NORTH), longitude=dice.randint(WEST, EAST),
            offers=["water", "rest", *dice.sample([one for one in OFFERS if one not in ("water", "rest")], dice.randint(0, 6))],
            weekly=weekly(dice), exceptions=[], code=dice.choices(["printed", "rotating"], (4, 1))[0]))


def organisations_of(bus):
    reply = bus.ask(OrganisationTree())
    if reply.outcome != "accepted":
        sys.exit(f"registration does not tell its organisations: {reply}")
    open_ones = sorted(one.organisation_id for one in reply.data.organisations if not one.closed)
    if not open_ones:
        sys.exit("registration has no organisations yet; found some first (services/ctl/OPERATING.md)")
    return open_ones, reply.at


def load(bus, count, seed):
    """{what became of them: how many}"""
    organisations, at = organisations_of(bus)
    outcomes = {}
    for begin in range(0, count, AT_ONCE):
        numbers = range(begin, min(count, begin + AT_ONCE))
        requests = [Request.of(station(seed, number, organisations), after=at) for number in numbers]
        for reply in bus.ask_all(requests, patience=PATIENCE):
            what = reply.code or reply.outcome
            outcomes[what] = outcomes.get(what, 0) + 1
        print(f"\r{numbers.stop}/{count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER", help="of the district; its ctl.key is used")
    parser.add_argument("--count", type=int, default=9000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        with Bus(Hub.of(options.folder), KeyPair.load(options.folder / "keys/ctl.key")) as bus:
            begin = time.monotonic()
            outcomes = load(bus, options.count, options.seed)
            seconds = time.monotonic() - begin
    except FileNotFoundError as error:
        sys.exit(f"{error.filename}: there is no such file; is this a district's folder?")
    except Unanswered as error:
        sys.exit(f"{error}; start it again, it goes on where it was")
    new, old = outcomes.pop("accepted", 0), outcomes.pop("station_exists", 0)
    print(f"{options.count} stations: {new} registered, {old} were there; {seconds:.1f} s, {options.count / seconds:.0f}/s")
    for code, number in outcomes.items():
        print(f"{number} were not taken: {code}")
    sys.exit(1 if outcomes else 0)


if __name__ == "__main__":
    main()
