"""The chapters at training: courses and a campaign, attempts before its opening, the rush, what follows from it."""

import csv
import datetime
import hashlib
import json
import os
import selectors
import subprocess
import time
import uuid

from gonghui import worker
from gonghui.wire import microseconds
from scene import Unexpected, command
from telling import Bar

COLUMNS = ["attempt", "request_id", "kind", "outcome", "code", "answer", "milliseconds", "retries"]
STOPPED_IN_THE_MIDDLE = "training"  # the one that answers; the others are stopped for the length of the rush
PAUSE_SECONDS = 5


class Campaign:
    def __init__(self, opening):
        self.id = uuid.uuid4()
        self.opens_at = opening
        self.classes = []


def plan_campaign(scene, district, opening_in):
    plan = scene.read("campaign.json")
    scene.ask_all(None, [command("training.add_course", one | {"course_id": uuid.UUID(one["course_id"])})
                         for one in plan["courses"]], but=["course_exists"])
    now = datetime.datetime.now(datetime.timezone.utc)
    campaign = Campaign(now + datetime.timedelta(seconds=opening_in))
    scene.ask("training.plan_campaign", {
        "campaign_id": campaign.id, "organisation_id": district["organisation_id"], "name_zh": "职工夜校秋季班",
        "name_en": "Evening school, autumn", "opens_at": campaign.opens_at,
        "closes_at": now + datetime.timedelta(days=5), "classes_per_person": plan["classes_per_person"],
        "offer_seconds": 86_400}, after=scene.after("registration"))
    # A campaign follows the one before, so that nobody's evenings are taken by last season's classes.
    seasons_before = scene.district.rows("training", "SELECT count(*) FROM campaigns")[0][0] - 1
    weeks = max(one["sessions"] for one in plan["classes"])
    first_week = now + datetime.timedelta(weeks=1 + weeks * seasons_before)
    campaign.classes = [uuid.uuid5(campaign.id, str(i)) for i in range(len(plan["classes"]))]
    scene.ask_all("planning", [
        command("training.open_class", {
            "class_id": class_id, "campaign_id": campaign.id,
            "course_id": uuid.UUID(plan["courses"][one["course"]]["course_id"]), "capacity": one["capacity"],
            "venue": one["venue"], "sessions": sessions(first_week, one["evening"], one["sessions"])})
        for class_id, one in zip(campaign.classes, plan["classes"])])
    scene.figures["seats"] = {"all": sum(one["capacity"] for one in plan["classes"])}
    return campaign


def sessions(first_week, evening, count):
    """Weekly. The first seven evenings are the days of a week, the eighth is the first's late hour."""
    first = (first_week + datetime.timedelta(days=evening % 7)).replace(minute=30, second=0, microsecond=0)
    first = first.replace(hour=10 if evening < 7 else 12)  # 18:30 and 20:30 in Yuhuan
    starts = [first + datetime.timedelta(weeks=week) for week in range(count)]
    return [{"starts_at": start, "ends_at": start + datetime.timedelta(minutes=90)} for start in starts]


# --- attempts ---

def read_attempts(scene):
    with open(scene.data / "attempts.csv", newline="") as file:
        return [(int(row["line"]), int(row["class"]), row["kind"], int(row["of"]) if row["of"] else None)
                for row in csv.DictReader(file)]


def enroll(campaign, person, class_id, after=None):
    data = {"campaign_id": campaign.id, "class_id": class_id, "person_id": person}
    return command("training.enroll", data, actor=worker(person), after=after)


def attempt_early(scene, campaign, people, attempts):
    """Before the opening: everybody is told when it will be."""
    early = [(row, people[line].id, campaign.classes[wanted])
             for row, (line, wanted, kind, _) in enumerate(attempts) if kind == "early"]
    requests = [enroll(campaign, person, class_id) for _, person, class_id in early]
    replies = scene.ask_all("early", requests, but=["campaign_not_open", "not_a_member"])
    if any(reply.outcome == "accepted" for reply in replies):
        raise Unexpected("the campaign opened before the early attempts were through; choose a longer --opening-in")
    with open(scene.results / "rush-early.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for (row, _, _), request, reply in zip(early, requests, replies):
            answer = hashlib.blake2b(reply.bytes, digest_size=16).hexdigest()
            writer.writerow([row, request.id.hex, "early", reply.outcome, reply.code, answer, "", 0])


def write_rush(scene, campaign, people, attempts):
    """What the client processes read: ids in place of lines and numbers."""
    rows = [row for row, attempt in enumerate(attempts) if attempt[2] != "early"]
    place = {row: i for i, row in enumerate(rows)}
    path = scene.results / "rush.csv"
    with open(path, "w") as file:
        file.write("person_id,class_id,kind,of\n")
        for row in rows:
            line, wanted, kind, of = attempts[row]
            file.write(f"{people[line].id},{campaign.classes[wanted]},{kind},{'' if of is None else place[of]}\n")
    return path, len(rows)


# --- the rush ---

class Rush:
    """Client processes of their own, all starting at the opening."""

    def __init__(self, scene, campaign, path, processes, window, over=0):
        self.scene = scene
        hub = scene.district.hub()
        self.clients = [
            subprocess.Popen([scene.district.programs / "gonghui-rush", path, scene.results / f"rush-{i}.csv",
                              "--hub-request", hub.request, "--hub-key", hub.public_key,
                              "--key", scene.district.folder / "keys" / "season.key", "--campaign", str(campaign.id),
                              "--share", f"{i + 1}/{processes}", "--window", str(window), "--over", str(over),
                              "--start-at", str(microseconds(campaign.opens_at))],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for i in range(processes)]
        self.done = [0] * processes
        self.summaries = [None] * processes

    def follow(self, progress):
        """Reads what they say until all have ended."""
        selector = selectors.DefaultSelector()
        rest = [b""] * len(self.clients)
        for i, client in enumerate(self.clients):
            os.set_blocking(client.stdout.fileno(), False)
            selector.register(client.stdout, selectors.EVENT_READ, i)
        while selector.get_map():
            for ready, _ in selector.select(0.05):
                heard = ready.fileobj.read()
                if not heard:
                    selector.unregister(ready.fileobj)
                    continue
                *lines, rest[ready.data] = (rest[ready.data] + heard).split(b"\n")
                for line in lines:
                    self.take(ready.data, line.decode())
            progress(sum(self.done))
        for client in self.clients:
            if client.wait() != 0:
                raise Unexpected(f"gonghui-rush ended with {client.returncode}: {client.stderr.read().decode().strip()}")

    def end(self):
        """Whoever has not ended by then, as when the season is broken off."""
        for client in self.clients:
            client.kill()
            client.wait()

    def take(self, client, line):
        if line.startswith("progress "):
            self.done[client] = int(line.split()[1])
        elif line:
            self.summaries[client] = json.loads(line)


class Interruption:
    """Training falls silent in the middle of the rush and comes back; its callers do, too."""

    def __init__(self, scene, total):
        self.scene, self.middle, self.back_at = scene, total // 3, None
        self.is_over = False

    def __call__(self, done):
        if self.back_at is None and done >= self.middle:
            self.scene.district.stop_program(STOPPED_IN_THE_MIDDLE)
            self.back_at = time.monotonic() + PAUSE_SECONDS
        elif self.back_at is not None and not self.is_over and time.monotonic() >= self.back_at:
            self.scene.district.start_program(STOPPED_IN_THE_MIDDLE)
            self.is_over = True

    def require(self):
        if not self.is_over:
            raise Unexpected("the rush was over before training could be stopped in its middle; choose a smaller --window")


def rush(scene, campaign, people, attempts, processes, window, stopped):
    path, total = write_rush(scene, campaign, people, attempts)
    if microseconds(campaign.opens_at) < time.time_ns() // 1000:
        raise Unexpected("the opening came before the clients stood ready; choose a longer --opening-in")
    clients = Rush(scene, campaign, path, processes, window)
    if stopped and stopped != STOPPED_IN_THE_MIDDLE:
        scene.district.stop_program(stopped)
    interruption = Interruption(scene, total) if stopped == STOPPED_IN_THE_MIDDLE else None
    with Bar(scene.teller, scene.teller.say("rush"), total) as bar:
        def progress(done):
            bar(done)
            if interruption:
                interruption(done)
        try:
            clients.follow(progress)
        finally:
            clients.end()
    if interruption:
        interruption.require()
    if stopped and stopped != STOPPED_IN_THE_MIDDLE:
        scene.district.start_program(stopped)
        scene.district.wait_until_ready()
    record(scene, campaign, clients.summaries, total)


def record(scene, campaign, summaries, total):
    ended = max(one["ended_at"] for one in summaries)
    seconds = (ended - microseconds(campaign.opens_at)) / 1_000_000
    scene.figures |= {
        "rush_attempts": total, "rush_seconds": round(seconds, 3), "enrollments_per_second": round(total / seconds),
        "retries": sum(one["retries"] for one in summaries), "asked_again": sum(one["asked_again"] for one in summaries),
        "p50_ms": round(max(one["p50_ms"] for one in summaries), 1),
        "p99_ms": round(max(one["p99_ms"] for one in summaries), 1)}


# --- after the rush ---

def rosters(scene, campaign, state):
    """class -> people in that state, in order, as training knows them after what registration last said."""
    replies = scene.ask_all(None, [
        command("training.class_roster", {"campaign_id": campaign.id, "class_id": one, "state": state, "limit": 5000},
                after=scene.after("registration")) for one in campaign.classes])
    return {one: [uuid.UUID(bytes=entry["person_id"]) for entry in reply.data["entries"]]
            for one, reply in zip(campaign.classes, replies)}


def cancel(scene, campaign, per_class=12):
    """In every class some give back a seat and some leave the line."""
    taken, waiting = rosters(scene, campaign, "taken"), rosters(scene, campaign, "waiting")
    places = [(person, one) for one in campaign.classes
              for person in scene.random.sample(taken[one], min(per_class, len(taken[one]))) +
              scene.random.sample(waiting[one], min(per_class, len(waiting[one])))]
    scene.ask_all("cancelling", [
        command("training.cancel", {"campaign_id": campaign.id, "class_id": one, "person_id": person},
                actor=worker(person)) for person, one in places])
    scene.figures["cancelled"] = len(places)


def accept_offers(scene, campaign, left_open=5):
    """Those next in line take what they are offered, all but a few."""
    offers = [(person, one) for one, people in rosters(scene, campaign, "offered").items() for person in people]
    scene.ask_all("accepting", [
        command("training.accept_offer", {"campaign_id": campaign.id, "class_id": one, "person_id": person},
                actor=worker(person)) for person, one in offers[left_open:]])
    scene.figures["offers_accepted"] = len(offers[left_open:])


def enroll_at_once(scene, campaign, people):
    """Whoever was approved a moment ago may enroll already: training waits until it knows them."""
    scene.ask_all(None, [enroll(campaign, person, scene.random.choice(campaign.classes), scene.after("registration"))
                         for person in people])
