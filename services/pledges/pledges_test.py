#!/usr/bin/python3
"""The service in a real district, plugged in by `gonghui plug`, with the services that it follows.

    pledges_test.py <folder of the executables>
"""

import datetime
import pathlib
import subprocess
import sys
import tempfile
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "common/sdk/python"), str(ROOT / "tests/season"), str(ROOT / "tests/system"),
                str(HERE.parent / "stations")]

import messages as stations  # noqa: E402
from district import Supervised  # noqa: E402
from gonghui import Request, officer, worker  # noqa: E402
from gonghui.schemas import matchmaking, registration, training  # noqa: E402
from small_town import PURPOSES, number_of  # noqa: E402

PROGRAMS = None
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
DAY = datetime.timedelta(days=1)


class WithThree(Supervised):
    services = ["registration", "training", "matchmaking"]


class Pledges(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        base = pathlib.Path(folder.name).resolve()
        config = base / "331083.toml"
        config.write_text('district = "331083"\n' + "".join(f"[services.{one}]\n" for one in WithThree.services))
        self.district = WithThree(base / "331083", PROGRAMS, ["--free-ports", "--config", str(config)])
        self.district.start()
        self.addCleanup(lambda: self.assertEqual(0, self.district.stop()))
        self.plug_in = base / "pledges"
        self.plug_in.mkdir()
        (self.plug_in / "rights.toml").write_text((HERE / "rights.toml").read_text())
        (self.plug_in / "run").symlink_to(PROGRAMS / "pledges")
        self.bus = self.district.bus("ctl")
        self.addCleanup(lambda: self.bus.close())
        self.at, self.registered, self.people = None, None, 0
        self.now = datetime.datetime.now(datetime.timezone.utc)
        self.year = self.now.astimezone(SHANGHAI).year
        self.city, self.county, self.street, self.other_street, self.union = (uuid.uuid4() for _ in range(5))
        self.found(self.city, "city")
        self.found(self.county, "district", self.city)
        self.found(self.street, "township", self.county)
        self.found(self.other_street, "township", self.county)
        self.found(self.union, "union", self.street, code="81331083M00000169Y")

    # --- what people do ---

    def gonghui(self, *words):
        done = subprocess.run(self.district.command("--lang", "en", *words), capture_output=True, text=True, check=False,
                              timeout=60)
        self.assertEqual(0, done.returncode, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def accepted(self, message, **more):
        reply = self.bus.ask(message, after=self.registered, **more)
        self.assertEqual("accepted", reply.outcome, f"{message}: {reply}")
        return reply

    def tell(self, message, **more):
        """Something that others follow: whoever is asked next knows of it."""
        reply = self.bus.ask(message, **more)
        self.assertEqual("accepted", reply.outcome, f"{message}: {reply}")
        self.at = reply.at
        if "/registration/" in self.at["source"]:
            self.registered = self.at
        return reply.data

    def found(self, organisation, kind, parent=None, **more):
        self.tell(registration.FoundOrganisation(organisation_id=organisation, kind=kind, name="试验工会", parent_id=parent,
                                                 **more))

    def join(self):
        self.people += 1
        application = uuid.uuid4()
        self.tell(registration.SubmitApplication(application_id=application, organisation_id=self.union, name="欧阳试验甲",
                                                 id_number=number_of(self.people), phone=f"139000000{self.people:02}"))
        return self.tell(registration.ApproveApplication(application_id=application, verification="officer")).person_id

    def take_seats(self, *people):
        course, campaign, one = (uuid.uuid4() for _ in range(3))
        self.accepted(training.AddCourse(course_id=course, title_zh="茶艺", title_en="Tea"))
        self.accepted(training.PlanCampaign(campaign_id=campaign, organisation_id=self.county, name_zh="夜校", name_en="Evenings",
                                            opens_at=self.now - DAY, closes_at=self.now + 30 * DAY))
        self.accepted(training.OpenClass(
            class_id=one, campaign_id=campaign, course_id=course, capacity=9, venue="301",
            sessions=[training.Session(starts_at=self.now + 40 * DAY, ends_at=self.now + 41 * DAY)]))
        for person in people:
            self.tell(training.Enroll(campaign_id=campaign, class_id=one, person_id=person), actor=worker(person))
        return lambda person: self.tell(training.Cancel(campaign_id=campaign, class_id=one, person_id=person),
                                        actor=worker(person))

    def hold_an_evening(self, person):
        evening, hour = uuid.uuid4(), datetime.timedelta(hours=1)
        self.accepted(matchmaking.DeclareSingle(declaration_id=uuid.uuid4(), person_id=person, statement=1), actor=worker(person))
        for purpose in PURPOSES:
            self.accepted(matchmaking.GiveConsent(person_id=person, purpose=purpose), actor=worker(person))
        self.accepted(matchmaking.PublishProfile(person_id=person, name="欧阳试验甲", contact="none", nickname="甲",
                                                 visible=["nickname"]), actor=worker(person))
        for one in (evening, uuid.uuid4()):  # to the second one nobody comes
            self.accepted(matchmaking.PlanEvening(
                evening_id=one, organisation_id=self.street, title_zh="试验之夜", title_en="An evening", venue="试验楼",
                starts_at=self.now, ends_at=self.now + 2 * hour, sign_up_until=self.now + hour, capacity_male=9,
                capacity_female=9))
        self.accepted(matchmaking.SignUp(evening_id=evening, person_id=person), actor=worker(person))
        code = self.accepted(matchmaking.MyEvening(evening_id=evening, person_id=person), actor=worker(person)).data.code
        self.tell(matchmaking.CheckIn(evening_id=evening, code=code))

    def visit_a_station(self, *people):
        station = uuid.uuid4()
        always = [stations.WeeklyPeriod(weekday=weekday, opens=0, closes=1440) for weekday in range(1, 8)]
        self.accepted(stations.Register(station_id=station, description=stations.Description(
            organisation_id=self.street, name_zh="试验驿站", address_zh="江滨路 1 号", offers=["water"], weekly=always,
            exceptions=[], code="printed", latitude=28_858_000, longitude=121_145_000)))
        code = self.accepted(stations.Code(station_id=station)).data.code
        for person in people:
            self.tell(stations.CheckIn(station_id=station, person_id=person, code=code), actor=worker(person))

    # --- what the service is told and asked ---

    def ask(self, name, expected="accepted", actor=None, **data):
        reply = self.bus.ask(Request(f"pledges.{name}", data, actor=actor, after=self.at))
        self.assertEqual(expected, reply.outcome if reply.outcome == "accepted" else reply.code, str(reply))
        return reply.data

    def pledge(self, organisation, kind, target, actor=None, expected="accepted", year=None):
        promise = uuid.uuid4()
        self.ask("pledge", pledge_id=promise, organisation_id=organisation, year=year or self.year, kind=kind, target=target,
                 title_zh="试验承诺", actor=actor, expected=expected)
        return promise

    def board(self, organisation, **more):
        return self.ask("board", organisation_id=organisation, **more)

    def progress(self, organisation):
        return {one["kind"]: one["progress"] for one in self.board(organisation)["pledges"]}

    # --- tests ---

    def test_progress_follows_the_other_services(self):
        early = self.join()  # before the service is there
        self.gonghui("plug", self.plug_in)
        for kind, target in (("members", 2), ("trained", 1000), ("evenings", 1), ("visits", 3)):
            self.pledge(self.county, kind, target)
        self.pledge(self.other_street, "members", 5)
        self.assertEqual({"members": 1, "trained": 0, "evenings": 0, "visits": 0}, self.progress(self.county))

        late = self.join()
        cancel = self.take_seats(early, late)
        self.assertEqual(2, self.progress(self.county)["trained"])
        cancel(late)
        self.assertEqual(1, self.progress(self.county)["trained"])
        self.hold_an_evening(early)
        self.assertEqual(1, self.progress(self.county)["evenings"])
        self.gonghui("status")  # whoever is level with all that are there is level
        self.gonghui("plug", HERE.parent / "stations")  # it was followed before it was there
        self.visit_a_station(early, late, uuid.uuid4())
        self.assertEqual({"members": 2, "trained": 1, "evenings": 1, "visits": 3}, self.progress(self.county))
        self.assertEqual({"members": 0}, self.progress(self.other_street))

        today = self.now.astimezone(SHANGHAI).date()
        first = datetime.date(self.year, 1, 1)
        days, of = (today - first).days + 1, (datetime.date(self.year + 1, 1, 1) - first).days
        board = self.board(self.county)
        members, trained = board["pledges"][:2]
        self.assertEqual((self.year, 100 * days // of), (board["year"], board["year_percent"]))
        self.assertEqual(("done", 100), (members["state"], members["percent"]))
        self.assertEqual((1000 * days // of, "behind"), (trained["expected"], trained["state"]))
        self.assertIn("落后", trained["text"])
        self.assertIn("promises", self.board(self.county, language="en")["glance"])
        self.assertEqual({"organisations": 5, "pledges": 5, "members": 2, "trained": 1, "evenings": 1, "visits": 3},
                         self.ask("counts"))

        held = self.ask("held_about", person_id=early, actor=worker(early))
        self.assertEqual([self.union.bytes], [one["organisation_id"] for one in held["memberships"]])
        self.assertEqual(1, len(held["seats"]))
        self.assertEqual({"roles": [], "memberships": [], "seats": []},
                         self.ask("held_about", person_id=(nobody := uuid.uuid4()), actor=worker(nobody)))
        self.tell(registration.Leave(person_id=early, reason="resigned"))
        self.tell(registration.ErasePerson(person_id=early))
        held = self.ask("held_about", person_id=early, actor=worker(early))
        self.assertEqual({"roles": [], "memberships": [], "seats": []}, held)
        self.assertEqual(2, self.progress(self.county)["members"], "counted all the same")

    def test_promises_are_made_changed_and_taken_back(self):
        self.gonghui("plug", self.plug_in)
        chair, neighbour = uuid.uuid4(), uuid.uuid4()
        for person, street in ((chair, self.street), (neighbour, self.other_street)):
            self.tell(registration.GrantRole(person_id=person, role="township", place_id=street))
        chair, neighbour = officer(chair, self.street, "township"), officer(neighbour, self.other_street, "township")
        self.pledge(self.union, "members", 9, actor=neighbour, expected="not_permitted")
        self.pledge(self.union, "members", 9, actor=worker(uuid.uuid4()), expected="not_permitted")
        self.pledge(self.union, "members", 9, actor=officer(uuid.uuid4(), self.street), expected="not_permitted")
        self.pledge(self.union, "members", 9, year=self.year - 1, actor=chair, expected="year_over")
        promise = self.pledge(self.union, "members", 9, actor=chair)
        self.ask("change", pledge_id=promise, target=6, reason="台风", actor=neighbour, expected="not_permitted")
        self.ask("change", pledge_id=promise, target=6, reason="台风", actor=chair)
        self.ask("change", pledge_id=promise, target=6, reason="台风", actor=chair, expected="nothing_changed")
        (one,) = self.board(self.union)["pledges"]
        self.assertEqual((6, 9), (one["target"], one["first_target"]))
        self.ask("withdraw", pledge_id=promise, reason="并入街道", actor=chair)
        self.ask("withdraw", pledge_id=promise, reason="并入街道", actor=chair, expected="pledge_withdrawn")
        board = self.board(self.union)
        self.assertEqual(([], 1, "没有承诺"), (board["pledges"], board["withdrawn"], board["glance"]))
        history = self.ask("history", pledge_id=promise, actor=worker(uuid.uuid4()))["entries"]
        self.assertEqual([("pledged", 9, None), ("changed", 6, "台风"), ("withdrawn", 6, "并入街道")],
                         [(one["what"], one["target"], one.get("reason")) for one in history])
        self.assertEqual({"township"}, {one["by"] for one in history})

    def test_registration_is_put_back_from_a_copy(self):
        self.gonghui("plug", self.plug_in)
        self.pledge(self.county, "members", 10)
        self.join()
        self.assertEqual({"members": 1}, self.progress(self.county))
        self.gonghui("backup", "registration")
        self.join()
        self.assertEqual({"members": 2}, self.progress(self.county))
        self.assertEqual(0, self.district.stop())
        self.bus.close()
        self.gonghui("restore", "registration")
        self.district.start()
        self.bus, self.at, self.registered = self.district.bus("ctl"), None, None
        self.found(uuid.uuid4(), "township", self.county)  # another history under the same numbers
        self.assertEqual({"members": 1}, self.progress(self.county), "what was lost is counted no more")
        self.assertIn("registration", self.gonghui("forks", "pledges"))


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
