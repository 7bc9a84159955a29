"""The chapters at registration: organisations and officers, the roster, a stall, transfers and leavers."""

import csv
import datetime
import json
import random
import subprocess
import time
import uuid

from gonghui import officer, worker
from generate import GIVEN, SURNAMES, check_digit
from scene import Unexpected, command
from telling import Bar


class Person:
    def __init__(self, line, person_id, sex, birth_year, state):
        self.line, self.id, self.sex, self.birth_year, self.state = line, person_id, sex, birth_year, state


# --- organisations and officers ---

def found_organisations(scene):
    organisations = [{name: uuid.UUID(value) if name.endswith("_id") else value for name, value in one.items()}
                     for one in scene.read("organisations.json")]
    for kind in ("city", "district", "township", "union"):  # from the top, so that every parent is there
        founding = [command("registration.found_organisation", one) for one in organisations if one["kind"] == kind]
        try:
            scene.ask_all("organisations" if kind == "union" else None, founding, but=["organisation_exists"])
        except Unexpected as error:
            if "code_taken" in str(error):
                raise Unexpected("these stores hold the season of another seed; choose another --folder") from None
            raise
    scene.figures["organisations"] = len(organisations)
    return organisations


def appoint_officers(scene, organisations):
    """One for every organisation, with the role of its kind; place -> person."""
    roles = {"union": "officer", "township": "township", "district": "district", "city": "city"}
    officers = {one["organisation_id"]: scene.fixed_id(f"officer of {one['organisation_id']}") for one in organisations}
    scene.ask_all("officers", [
        command("registration.grant_role", {"person_id": officers[one["organisation_id"]], "role": roles[one["kind"]],
                                            "place_id": one["organisation_id"]})
        for one in organisations], but=["role_already_held"])
    return officers


# --- the roster ---

def import_roster(scene, title, errors):
    """Through `gonghui import`, as an officer does; its own summary."""
    with open(scene.data / "roster.csv", "rb") as file:
        rows = sum(1 for _ in file) - 1
    before = head(scene)["head"]
    process = subprocess.Popen(
        scene.district.command("import", scene.data / "roster.csv", "--errors", scene.results / errors, "--json"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with Bar(scene.teller, scene.teller.say(title), rows) as bar:
        while process.poll() is None:
            bar(head(scene)["head"] - before)
            time.sleep(0.2)
    output, complaint = process.communicate()
    if process.returncode not in (0, 1):  # 1: some rows were bad, which is what the season wants
        raise Unexpected(f"gonghui import ended with {process.returncode}: {complaint.strip() or output.strip()}")
    stands = head(scene)
    scene.at["registration"] = {"source": stands["source"], "epoch": stands["epoch"], "seq": stands["head"]}
    summary = json.loads(output.strip().splitlines()[-1])
    scene.import_id = uuid.UUID(summary["import_id"])
    return summary


def head(scene):
    return scene.district.status(["registration"])["registration"]


def people_of_the_roster(scene):
    """Line of the roster -> person. Read from the store, as no client may list everybody at once."""
    rows = scene.district.rows("registration", "SELECT import_line, person_id, sex, birth_year, state FROM persons "
                                               "WHERE import_id = ?", scene.import_id.bytes)
    return {line: Person(line, uuid.UUID(bytes=person), sex, birth_year, state)
            for line, person, sex, birth_year, state in rows}


def roster_rows(scene, lines):
    """name, phone of some lines."""
    wanted, found = set(lines), {}
    with open(scene.data / "roster.csv", encoding="utf-8", errors="replace", newline="") as file:
        for line, row in enumerate(csv.reader(file), start=1):
            if line in wanted:
                found[line] = (row[0], row[2])
    return found


# --- a stall in the street ---

def applicant(chance):
    born = datetime.date(1970, 1, 1) + datetime.timedelta(days=chance.randrange(12000))
    seventeen = f"330099{born:%Y%m%d}{chance.randrange(901, 1000)}"  # beyond the numbers of any roster
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
    return {"name": name, "id_number": seventeen + check_digit(seventeen), "phone": f"139{chance.randrange(10**8):08d}"}


def stall(scene, union, officers, applications=12, refused=3):
    """People apply at a stall, an officer of the union decides on the spot; one is left waiting. Who was approved."""
    place = union["organisation_id"]
    decider = officer(officers[place], place)
    chance = random.SystemRandom()  # other people every time
    ids = [uuid.uuid4() for _ in range(applications)]
    scene.ask_all("stall", [
        command("registration.submit_application", {"application_id": one, "organisation_id": place} | applicant(chance),
                actor=decider) for one in ids])
    approved = scene.ask_all(None, [
        command("registration.approve_application", {"application_id": one, "verification": "officer"}, actor=decider)
        for one in ids[refused + 1:]])
    scene.ask_all(None, [
        command("registration.refuse_application", {"application_id": one, "reason": "identity_not_proven"},
                actor=decider) for one in ids[1:refused + 1]])
    scene.figures["applications"] = {"approved": len(approved), "refused": refused, "waiting": 1}
    return [uuid.UUID(bytes=reply.data["person_id"]) for reply in approved]


# --- transfers and leavers ---

def transfer(scene, people, unions, district, officers):
    """Each to another union, by the district's officer."""
    place = district["organisation_id"]
    actor = officer(officers[place], place, role="district")
    moves = [command("registration.transfer_member", {"person_id": person, "to_organisation_id": one["organisation_id"]},
                     actor=actor) for person, one in zip(people, scene.random.choices(unions, k=len(people)))]
    replies = scene.ask_all("transferring", moves, but=["same_union"])
    scene.figures["transferred"] = sum(reply.outcome == "accepted" for reply in replies)


def leave(scene, people):
    """Three in four by themselves, the others by the operator."""
    scene.ask_all("leaving" if len(people) > 1 else None, [
        command("registration.leave", {"person_id": person, "reason": "moved_away" if i % 4 == 0 else "resigned"},
                actor=None if i % 4 == 0 else worker(person)) for i, person in enumerate(people)])
    scene.figures["left"] = scene.figures.get("left", 0) + len(people)
