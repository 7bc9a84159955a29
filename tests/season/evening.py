"""The chapters at matchmaking: profiles and consent, one evening with a waiting list, codes, choices, couples."""

import datetime
import json
import uuid

import membership
from gonghui import officer, worker
from scene import command

PER_SIDE = 24
PURPOSES = ["profile", "evenings", "contacts"]


def choose_singles(scene, people, per_side):
    """Members in working age, as many of each sex."""
    singles = []
    for sex in ("male", "female"):
        fitting = [one for one in people.values() if one.sex == sex and one.state == "member"
                   and 1980 <= one.birth_year <= 2003]
        singles += scene.random.sample(fitting, per_side)
    return singles


def introduce(scene, singles):
    """The declaration, three consents, a profile; with the name and number that the roster holds."""
    rows = membership.roster_rows(scene, [one.line for one in singles])
    after = scene.after("registration")
    scene.ask_all(None, [
        command("matchmaking.declare_single", {"declaration_id": uuid.uuid4(), "person_id": one.id, "statement": 1},
                actor=worker(one.id), after=after) for one in singles])
    scene.ask_all(None, [
        command("matchmaking.give_consent", {"person_id": one.id, "purpose": purpose}, actor=worker(one.id))
        for one in singles for purpose in PURPOSES])
    scene.ask_all("profiles", [
        command("matchmaking.publish_profile", {
            "person_id": one.id, "name": rows[one.line][0], "contact": rows[one.line][1],
            "nickname": f"夜校同学{number}", "occupation": "技术员", "about": "喜欢爬山和摄影。",
            "visible": ["nickname", "occupation", "about"]}, actor=worker(one.id))
        for number, one in enumerate(singles, start=1)])


def plan(scene, union):
    evening = uuid.uuid4()
    now = datetime.datetime.now(datetime.timezone.utc)
    scene.ask("matchmaking.plan_evening", {
        "evening_id": evening, "organisation_id": union["organisation_id"], "title_zh": "周末桌游之夜",
        "title_en": "An evening of board games", "venue": "职工之家二楼", "starts_at": now,
        "ends_at": now + datetime.timedelta(hours=2), "sign_up_until": now + datetime.timedelta(hours=1),
        "capacity_male": PER_SIDE, "capacity_female": PER_SIDE}, after=scene.after("registration"))
    return evening


def sign_up(scene, evening, singles):
    """All sign up; some cancel, one leaves the union. Who is no longer in."""
    about = [{"evening_id": evening, "person_id": one.id} for one in singles]
    scene.ask_all("signing_up", [command("matchmaking.sign_up", data, actor=worker(data["person_id"])) for data in about])
    half = len(singles) // 2
    gone = singles[:2] + singles[half:half + 2]
    scene.ask_all(None, [command("matchmaking.cancel_sign_up", {"evening_id": evening, "person_id": one.id},
                                 actor=worker(one.id)) for one in gone])
    leaver = singles[PER_SIDE - 1]  # who has a place
    membership.leave(scene, [leaver.id])
    return gone + [leaver]


def my_evening(scene, evening, people):
    replies = scene.ask_all(None, [
        command("matchmaking.my_evening", {"evening_id": evening, "person_id": one.id}, actor=worker(one.id),
                after=scene.after("registration")) for one in people])
    return {one: reply.data for one, reply in zip(people, replies)}


def check_in(scene, evening, people, union, officers):
    """By the code on each phone; one of each side does not come. Who is there."""
    place = union["organisation_id"]
    door = officer(officers[place], place)
    mine = my_evening(scene, evening, people)
    invited = [one for one in people if mine[one]["state"] == "taken"]
    scene.figures["evening"] = {"waiting": sum(one["state"] == "waiting" for one in mine.values())}
    absent = {next(one for one in invited if one.sex == sex) for sex in ("male", "female")}
    present = [one for one in invited if one not in absent]
    scene.ask_all("checking_in", [command("matchmaking.check_in", {"evening_id": evening, "code": mine[one]["code"]},
                                          actor=door) for one in present])
    scene.figures["evening"]["checked_in"] = len(present)
    return present


def choose(scene, evening, present, union, officers):
    """Everybody says yes to some and no to others; a third of the pairs of neighbours say yes to each other."""
    place = union["organisation_id"]
    host = officer(officers[place], place)
    scene.ask("matchmaking.open_choosing", {"evening_id": evening}, actor=host)
    men, women = ([one for one in present if one.sex == sex] for sex in ("male", "female"))
    choices = {}
    for side, others in ((men, women), (women, men)):
        for one in side:
            for other in scene.random.sample(others, min(4, len(others))):
                choices[one, other] = scene.random.random() < 0.6
    for man, woman in list(zip(men, women))[::3]:
        choices[man, woman] = choices[woman, man] = True
    scene.ask_all("choosing", [
        command("matchmaking.choose", {"evening_id": evening, "person_id": one.id, "chosen_id": other.id, "wants": wants},
                actor=worker(one.id)) for (one, other), wants in choices.items()])
    scene.ask("matchmaking.close_choosing", {"evening_id": evening}, actor=host)
    return choices


def results(scene, evening, present):
    """What each of those who were there sees: person -> with whom they are a couple."""
    replies = scene.ask_all(None, [
        command("matchmaking.my_results", {"evening_id": evening, "person_id": one.id}, actor=worker(one.id))
        for one in present])
    return {one: [uuid.UUID(bytes=other["person_id"]) for other in reply.data["couples"]]
            for one, reply in zip(present, replies)}


def play(scene, people, union, officers, per_side=30):
    singles = choose_singles(scene, people, per_side)
    introduce(scene, singles)
    evening = plan(scene, union)
    gone = sign_up(scene, evening, singles)
    present = check_in(scene, evening, [one for one in singles if one not in gone], union, officers)
    choices = choose(scene, evening, present, union, officers)
    seen = results(scene, evening, present)
    scene.figures["couples"] = sum(map(len, seen.values())) // 2
    (scene.results / "evening.json").write_text(json.dumps({
        "evening_id": evening.hex,
        "choices": [[one.id.hex, other.id.hex, wants] for (one, other), wants in choices.items()],
        "seen": {one.id.hex: [other.hex for other in others] for one, others in seen.items()}}))
