"""People, classes and campaigns that the rows about enrolling share: the same on every side (people.hpp)."""

import datetime
import os
import pathlib
import shutil
import subprocess
import time
import uuid

from gonghui import Request

HERE = pathlib.Path(__file__).resolve().parent
MEMBERS = 150_000
PERSON, CLASS, CAMPAIGN, ORGANISATION, COURSE = range(5)
BASE = 0x019000000000


def id_of(kind, number):
    return uuid.UUID(f"{BASE + number:012x}700{kind}8000{number:012x}")


class Campaign:
    def __init__(self, number, first_class, classes, title, capacity):
        self.number, self.first_class, self.classes, self.title = number, first_class, classes, title
        self.capacity = capacity
        self.id = id_of(CAMPAIGN, number)

    def arguments(self, members=MEMBERS):
        return ["--members", members, "--classes", self.classes, "--first-class", self.first_class]


HOT = Campaign(0, 0, 1, "one class", 5_000)
THOUSAND = Campaign(1, 1, 1_000, "1,000 classes", 30)


# --- ours ---

def make_stores(bench, members=MEMBERS, services=("training", "notifications")):
    """The folder with stores of these services that know members, campaigns and classes; made once, by the commands
    that an officer would give."""
    made = bench.folder / f"stores-{members}-{len(services)}"
    if made.exists():
        return made
    seeded = bench.folder / "seeded"
    seed(bench, seeded, members)
    with bench.district.running("curve", services, seeded):
        bus = bench.district.bus()
        plan(bus, [HOT, THOUSAND])
        if "notifications" in services:
            wait_until_level(bus)
        bus.close()
    shutil.rmtree(seeded)
    shutil.copytree(bench.district.store, made)
    return made


def seed(bench, folder, members, partitions=1):
    folder.mkdir()
    subprocess.run([bench.programs / "bench" / "bench-seed-training", folder / "training-0.db", str(members)], check=True)
    for partition in range(1, partitions):
        shutil.copy(folder / "training-0.db", folder / f"training-{partition}.db")


def plan(bus, campaigns):
    now = datetime.datetime.now(datetime.timezone.utc)
    course = accepted(bus, [Request("training.add_course",
                                    {"course_id": id_of(COURSE, 0), "title_zh": "茶艺", "title_en": "Tea"})])[0].at
    accepted(bus, [planning(campaign, now, course) for campaign in campaigns])
    accepted(bus, [opening(campaign, number, now + datetime.timedelta(days=60, hours=2 * number), course)
                   for campaign in campaigns
                   for number in range(campaign.first_class, campaign.first_class + campaign.classes)])


def accepted(bus, requests):
    replies = bus.ask_all(requests)
    for reply in replies:
        if reply.outcome != "accepted":
            raise RuntimeError(f"setting up: {reply}")
    return replies


def planning(campaign, now, after):
    return Request("training.plan_campaign", {
        "campaign_id": campaign.id, "organisation_id": id_of(ORGANISATION, 0), "name_zh": "夜校", "name_en": "Evenings",
        "opens_at": now - datetime.timedelta(hours=1), "closes_at": now + datetime.timedelta(days=30),
        "classes_per_person": 100}, key=campaign.id, after=after)


def opening(campaign, number, starts, after):
    return Request("training.open_class", {
        "class_id": id_of(CLASS, number), "campaign_id": campaign.id, "course_id": id_of(COURSE, 0),
        "capacity": campaign.capacity, "venue": "301",
        "sessions": [{"starts_at": starts, "ends_at": starts + datetime.timedelta(minutes=90)}]},
                   key=campaign.id, after=after)


def wait_until_level(bus, patience=60.0):
    until = time.monotonic() + patience
    while True:
        head = bus.ask(Request("training._status", {}, partition=0)).data["head"]
        status = bus.ask(Request("notifications._status", {}, partition=0)).data
        if any(one["source"].split("/")[1] == "training" and one["cursor"] == head for one in status["follows"]):
            return
        if time.monotonic() > until:
            raise RuntimeError(f"notifications do not follow: {status['follows']}, parked {status['parked']}")
        time.sleep(0.1)


# --- PostgreSQL ---

def fill_postgres(postgres):
    postgres.psql("postgres", (HERE / "enroll.sql").read_text())
    postgres.psql("postgres", "CREATE DATABASE notifications")
    postgres.psql("notifications", (HERE / "it_stack.sql").read_text())
    made_id = "(lpad(to_hex({base} + n), 12, '0') || '700{kind}8000' || lpad(to_hex(n), 12, '0'))::uuid"
    person, wanted = (made_id.format(base=BASE, kind=kind) for kind in (PERSON, CLASS))
    postgres.psql("postgres", f"""
        INSERT INTO members SELECT {person}, '{id_of(ORGANISATION, 0)}', true FROM generate_series(0, {MEMBERS - 1}) n;
        INSERT INTO classes (class_id, capacity)
            SELECT {wanted}, CASE n WHEN 0 THEN {HOT.capacity} ELSE {THOUSAND.capacity} END FROM generate_series(0, 1000) n;
        """)
    postgres.psql("postgres", "VACUUM ANALYZE")


def reset_postgres(postgres):
    postgres.psql("postgres", "TRUNCATE enrollments, answers, outbox; UPDATE classes SET taken = 0, waiting = 0;")
    postgres.psql("notifications", "TRUNCATE notifications")
    postgres.psql("postgres", "VACUUM ANALYZE classes")
    postgres.psql("postgres", "CHECKPOINT")
    os.sync()
