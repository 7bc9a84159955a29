#!/usr/bin/python3
"""Plays a season in one district: organisations, a roster, an evening campaign and its rush, leavers, one matchmaking
evening; then lets check.py look at stores and logs from outside, prints a table and, as its last line, one JSON object.

    play.py --programs build/release/bin --folder var/331083 --once

Everybody in it is synthetic. It plays on stores that are there already, too: organisations and members stay, the campaign
and the evening are new ones.
"""

import argparse
import json
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "common/sdk/python"))

import enrollment  # noqa: E402
import evening  # noqa: E402
import membership  # noqa: E402
import open_house  # noqa: E402
from gonghui import Unanswered  # noqa: E402
from district import SERVICES, ByHand, NotRunning, Supervised  # noqa: E402
from scene import Scene, Unexpected  # noqa: E402
from telling import Teller, language_of_the_environment, table  # noqa: E402


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("var/331083"), help="of the district")
    parser.add_argument("--free-ports", action="store_true", help="beside another district on this machine")
    parser.add_argument("--once", action="store_true", help="end after the season instead of serving on")
    parser.add_argument("--lang", choices=["zh-CN", "en"], default=language_of_the_environment())
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--bad", type=int, default=370)
    parser.add_argument("--unions", type=int, default=606)
    parser.add_argument("--enrollees", type=int, default=20_000)
    parser.add_argument("--attempts", type=int, default=50_000)
    parser.add_argument("--processes", type=int, default=2, help="client processes of the rush")
    parser.add_argument("--window", type=int, default=512, help="requests of each that are under way at a time")
    parser.add_argument("--opening-in", type=float, default=3.0, help="seconds from the campaign's planning")
    parser.add_argument("--stop", choices=SERVICES, help="stop this service for the length of the rush (training: for 5 s "
                                                         "in its middle) and start it again")
    arguments = parser.parse_args()
    if arguments.stop and not arguments.once:
        parser.error("--stop is for a season that ends by itself; say --once, too")
    return arguments


def generate(arguments, data):
    subprocess.run([HERE / "generate.py", "--seed", str(arguments.seed), "--folder", data,
                    "--members", str(arguments.members), "--bad", str(arguments.bad), "--unions", str(arguments.unions),
                    "--enrollees", str(arguments.enrollees), "--attempts", str(arguments.attempts)], check=True)


def play(scene, arguments):
    figures = scene.figures
    began = time.monotonic()
    organisations = membership.found_organisations(scene)
    officers = membership.appoint_officers(scene, organisations)
    district = next(one for one in organisations if one["kind"] == "district")
    unions = [one for one in organisations if one["kind"] == "union"]

    figures["import"] = membership.import_roster(scene, "importing", "import_errors.csv")
    people = membership.people_of_the_roster(scene)
    level(scene)

    campaign = enrollment.plan_campaign(scene, district, arguments.opening_in)
    attempts = enrollment.read_attempts(scene)
    enrollment.attempt_early(scene, campaign, people, attempts)
    enrollment.rush(scene, campaign, people, attempts, arguments.processes, arguments.window,
                    arguments.stop)

    enrollment.cancel(scene, campaign)
    members = [one.id for one in people.values() if one.state == "member"]
    membership.transfer(scene, scene.random.sample(members, min(100, len(members) // 10)), unions, district, officers)
    membership.leave(scene, leavers(scene, campaign, members))
    enrollment.accept_offers(scene, campaign)
    approved = membership.stall(scene, unions[0], officers)
    enrollment.enroll_at_once(scene, campaign, approved)

    present = {person.id: person for person in membership.people_of_the_roster(scene).values()}
    evening.play(scene, present, unions[1], officers)
    level(scene)
    figures["seconds"] = round(time.monotonic() - began, 1)
    return organisations, officers


def leavers(scene, campaign, members, count=200):
    """Half of them hold a seat, some wait for one."""
    taken = [person for people in enrollment.rosters(scene, campaign, "taken").values() for person in people]
    waiting = [person for people in enrollment.rosters(scene, campaign, "waiting").values() for person in people]
    count = min(count, len(members) // 10)
    chosen = dict.fromkeys(scene.random.sample(taken, min(count // 2, len(taken))))
    chosen |= dict.fromkeys(scene.random.sample(waiting, min(count // 4, len(waiting))))
    others = (person for person in scene.random.sample(members, count) if person not in chosen)
    return (list(chosen) + list(others))[:count]


def level(scene):
    behind = scene.district.behind()
    with scene.teller.bar("levelling", behind) as bar:
        scene.district.wait_until_level(lambda left: bar(behind - left))


def look_back(scene, arguments):
    """What is measured once nothing happens any more."""
    figures = scene.figures
    figures["import_again"] = membership.import_roster(scene, "again", "import_errors_again.csv")
    level(scene)
    scene.district.wait_until_idle()
    figures["resident_mib"] = scene.district.resident_mib()
    figures["stores_mib"] = scene.district.stores_mib()
    status = scene.district.status()
    (scene.results / "status.json").write_text(json.dumps({"healthy": not arguments.stop, "services": status}, indent=1))


def check(scene):
    """The separate program: its lines are passed on, its last one is read."""
    process = subprocess.Popen([HERE / "check.py", "--district", scene.district.folder, "--data", scene.data,
                                "--results", scene.results, "--lang", scene.teller.language],
                               stdout=subprocess.PIPE, text=True)
    scene.teller.line(f"  {scene.teller.say('checking')}")
    began, last = time.monotonic(), "{}"
    for line in process.stdout:
        if not line.startswith("{"):
            scene.teller.line(line.rstrip())
        last = line
    process.wait()
    verdict = json.loads(last) if last.startswith("{") else {"invariants_held": False, "broken": {"check.py": last}}
    return verdict | {"seconds": round(time.monotonic() - began, 1)}


def rows_of(figures, verdict):
    """The table, for a person."""
    found, again, season = verdict.get("figures", {}), figures["import_again"], figures["import"]
    yield "members", found.get("members", 0)
    yield "organisations_founded", figures["organisations"]
    yield "imported", season["joined"]
    yield "imported_again", again["joined"]
    yield "bad_rows", season["rejected"]
    for code, count in found.get("bad_rows", {}).items():
        yield code, count, "below"
    yield "attempts", sum(found.get("answers", {}).values())
    for code, count in found.get("answers", {}).items():
        yield code, count, "below"
    yield "repeated", found.get("repeats", 0)
    yield "asked_to_wait", figures["retries"]
    yield "seats", found.get("seats", 0)
    for state in ("taken", "offered", "free"):
        yield state, found.get(state, 0), "below"
    yield "waiting", found.get("waiting", 0)
    for name in ("cancelled", "transferred", "left"):
        yield name, figures[name]
    yield "applications", f"{figures['applications']['approved']} / {figures['applications']['refused']}"
    yield "evening", figures["evening"]["checked_in"]
    yield "evening_waiting", figures["evening"]["waiting"]
    yield "couples", figures["couples"]
    yield "messages", found.get("messages", 0)
    yield "events", found.get("events", 0)
    yield "applied_live", f"{100 * found.get('applied_live', 0):.2f} %"
    yield "rows_per_second", figures["rows_per_second"]
    yield "attempts_per_second", figures["enrollments_per_second"]
    yield "latency", f"{figures['p50_ms']:.0f} / {figures['p99_ms']:.0f}"
    yield "seconds", figures["seconds"]
    yield "resident", f"{sum(figures['resident_mib'].values()):.0f}"
    for program, resident in figures["resident_mib"].items():
        yield program, f"{resident:.0f}", "below"
    yield "stores", figures["stores_mib"]


def conclude(scene, verdict):
    figures = scene.figures
    figures["rows_per_second"] = round(figures["import"]["rows"] / max(0.001, figures["import"]["seconds"]))
    table(scene.teller, list(rows_of(figures, verdict)))
    held = verdict["invariants_held"]
    scene.teller.line(f"  {scene.teller.say('invariants')}: {scene.teller.say('held' if held else 'broken')}")
    return figures | verdict.get("figures", {}) | {
        "resident_mib_all": round(sum(figures["resident_mib"].values()), 1), "check_seconds": verdict["seconds"],
        "invariants_held": held}


def end_in_order():
    """Ctrl-C and SIGTERM alike end the district, too, also when play.py was started in the background."""
    def end(*_):
        raise KeyboardInterrupt
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, end)


def main():
    arguments = parse()
    end_in_order()
    teller = Teller(arguments.lang)
    results = arguments.folder.with_name(arguments.folder.name + ".season")
    results.mkdir(parents=True, exist_ok=True)
    for old in results.glob("*.csv"):
        old.unlink()
    generate(arguments, results / "data")
    house = None if arguments.once else open_house.OpenHouse()
    way = ByHand if arguments.stop else Supervised
    district = way(arguments.folder, arguments.programs, ["--free-ports"] if arguments.free_ports else [],
                   house.environment if house else None)
    try:
        with teller.bar("starting", 5):
            district.grant_client("season")
            district.start()
        scene = Scene(district, teller, results / "data", results, arguments.seed)
        organisations, officers = play(scene, arguments)
        look_back(scene, arguments)
        figures = conclude(scene, check(scene))
        if house:
            house.open(scene, organisations, officers)
            house.tell()
            teller.line(f"  {teller.say('serving')}")
        teller.line(json.dumps(figures, ensure_ascii=False))
        if house:
            house.serve()
        return 0 if figures["invariants_held"] else 1
    except (Unexpected, Unanswered, NotRunning) as error:
        print(f"play.py: {error}", file=sys.stderr)
        return 70
    finally:
        district.stop()
        if house:
            house.close()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
