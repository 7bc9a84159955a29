"""A crowd at one class: in one second everybody tries for a few seats, several times each, from a few connections, and does
what `retry` tells them. How long until everybody has a final answer, and that nobody got more than there was. Called by
scripts/chaos --crowd."""

import argparse
import csv
import datetime
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui.wire import microseconds  # noqa: E402
from district import PROGRAMS, ByHand, NotRunning  # noqa: E402
from load import accepted  # noqa: E402
from newcomer import grow  # noqa: E402
from scene import command  # noqa: E402

CLIENTS = 2         # processes, each with one connection
COMES_WITHIN = 1.0  # s
OPENING_IN = 8.0    # s; by then the clients have their requests ready
ANSWERED_WITHIN = 5.0  # s after the opening, everybody
ACCEPTED_WITHIN = 1.0  # s after the first attempt, of 99 in a hundred accepted answers


def open_class(operator, organisation, seats):
    course, campaign, one = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    now = datetime.datetime.now(datetime.timezone.utc)
    opens_at, begins = now + datetime.timedelta(seconds=OPENING_IN), now + datetime.timedelta(days=9)
    for request in (
            command("training.add_course", {"course_id": course, "title_zh": "摄影", "title_en": "Photography"}),
            command("training.plan_campaign", {
                "campaign_id": campaign, "organisation_id": organisation, "name_zh": "夜校", "name_en": "Evening school",
                "opens_at": opens_at, "closes_at": now + datetime.timedelta(days=5), "classes_per_person": 1,
                "offer_seconds": 600}),
            command("training.open_class", {
                "class_id": one, "campaign_id": campaign, "course_id": course, "capacity": seats, "venue": "文化宫",
                "sessions": [{"starts_at": begins, "ends_at": begins + datetime.timedelta(minutes=90)}]})):
        accepted(operator.ask(request))
    return campaign, one, opens_at


def write_attempts(path, people, class_id, attempts):
    """Everybody equally often, in any order."""
    order = [people[i % len(people)] for i in range(attempts)]
    random.Random(1).shuffle(order)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["person_id", "class_id", "kind", "of"])
        writer.writerows([person, class_id, "first", ""] for person in order)


def rush(district, path, results, campaign, opens_at, window):
    hub = district.hub()
    clients = [subprocess.Popen(
        [district.programs / "gonghui-rush", path, results / f"{i}.csv", "--hub-request", hub.request, "--hub-key",
         hub.public_key, "--key", district.folder / "keys" / "ctl.key", "--campaign", str(campaign), "--share",
         f"{i + 1}/{CLIENTS}", "--window", str(window), "--over", str(COMES_WITHIN), "--start-at", str(microseconds(opens_at))],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for i in range(CLIENTS)]
    summaries = []
    for client in clients:
        said, complaint = client.communicate(timeout=120)
        if client.returncode != 0:
            raise NotRunning(f"gonghui-rush ended with {client.returncode}: {complaint}")
        summaries.append(json.loads(said.strip().splitlines()[-1]))
    return summaries


def peak_mib(district):
    def of(program):
        text = pathlib.Path(f"/proc/{district.pid(program)}/status").read_text()
        return round(int(re.search(r"VmHWM:\s+(\d+) kB", text)[1]) / 1024, 1)
    return {program: of(program) for program in PROGRAMS}


def play(arguments, folder):
    district = ByHand(folder / "331083", arguments.programs, ["--free-ports"])
    try:
        district.start()
        operator = district.bus("ctl")
        unions = grow(district, operator, arguments.people, folder / "data")
        district.wait_until_level()
        people = [uuid.UUID(bytes=one) for (one,) in district.rows("training", "SELECT person_id FROM members")]
        before = peak_mib(district)
        campaign, class_id, opens_at = open_class(operator, unions[0], arguments.seats)
        attempts = folder / "attempts.csv"
        write_attempts(attempts, people, class_id, arguments.crowd)
        summaries = rush(district, attempts, folder, campaign, opens_at, arguments.crowd)
        answers = [row for i in range(CLIENTS) for row in csv.DictReader(open(folder / f"{i}.csv", newline=""))]
        district.wait_until_level()
        states = dict(district.rows("training", "SELECT state, count(*) FROM enrollments GROUP BY state"))
        took = sorted(float(one["milliseconds"]) / 1000 for one in answers if one["outcome"] == "accepted")
        figures = {
            "attempts": arguments.crowd, "people": len(people), "seats": arguments.seats, "winners": states.get(1, 0),
            "waiting": states.get(3, 0), "final_answers": len(answers),
            "answered_seconds": round((max(one["ended_at"] for one in summaries) - microseconds(opens_at)) / 1e6, 2),
            "accepted_p50": round(took[len(took) // 2], 3), "accepted_p99": round(took[int(0.99 * (len(took) - 1))], 3),
            "told_to_come_back": sum(one["retries"] for one in summaries),
            "asked_again": sum(one["asked_again"] for one in summaries), "peak_mib": peak_mib(district),
            "peak_mib_before": before}
        right = (figures["winners"] == arguments.seats and figures["waiting"] == len(people) - arguments.seats and
                 figures["final_answers"] == arguments.crowd)
        return figures | {"right": right, "held": right and figures["answered_seconds"] <= ANSWERED_WITHIN and
                          figures["accepted_p99"] <= ACCEPTED_WITHIN}
    finally:
        district.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--crowd", type=int, default=50_000, help="attempts")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seats", type=int, default=500)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gonghui-chaos-") as folder:
        figures = play(arguments, pathlib.Path(folder))
    print(json.dumps(figures))
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
