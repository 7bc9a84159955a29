#!/usr/bin/python3
"""The service in a real district, plugged in by `gonghui plug`.

    stations_test.py <folder of the executables>
"""

import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "common/sdk/python"), str(ROOT / "tests/season"), str(ROOT / "tests/system")]

import hours  # noqa: E402
import messages  # noqa: E402
from district import Supervised  # noqa: E402
from gonghui import Request, officer, worker  # noqa: E402
from gonghui.schemas import registration  # noqa: E402
from small_town import number_of  # noqa: E402

PROGRAMS = None
COUNT = 2500  # stations of the load that is broken off
PATIENCE = 20.0
ALWAYS = [messages.WeeklyPeriod(weekday=weekday, opens=0, closes=1440) for weekday in range(1, 8)]
LINHAI = {"latitude": 28_858_000, "longitude": 121_145_000}


# Somebody else's service, which knows of this one what its schemas say.
FOOTFALL = {
    "rights.toml": 'service = "footfall"\nfollow = ["stations"]\n',
    "run": f"#!/bin/sh\nPYTHONPATH='{ROOT}/common/sdk/python' exec /usr/bin/python3 \"$(dirname \"$0\")/service.py\" \"$@\"\n",
    "service.py": """
from uuid import UUID
from gonghui import Service
from gonghui.messages import event, query, record

@event("stations/visited.v1", subject="station_id")
class Visited:
    station_id: UUID

@record
class CountedReply:
    visits: int
    stations: int

@query("footfall.counted", reply=CountedReply)
class Counted:
    pass

service = Service("footfall", tables=["CREATE TABLE visits (station_id BLOB)"], read_models={"stations": ["visits"]})
service.keeps_nothing_about_people()

@service.evolve(Visited)
def visited(db, event):
    db.execute("INSERT INTO visits VALUES (?)", (event.data.station_id,))

@service.query(Counted)
def counted(db, request):
    visits, stations = db.execute("SELECT count(*), count(DISTINCT station_id) FROM visits").fetchone()
    return CountedReply(visits=visits, stations=stations)

service.run()
"""}


class WithRegistration(Supervised):
    services = ["registration"]


class InADistrict(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        base = pathlib.Path(folder.name).resolve()
        config = base / "331083.toml"
        config.write_text('district = "331083"\n[services.registration]\n')
        self.district = WithRegistration(base / "331083", PROGRAMS, ["--free-ports", "--config", str(config)])
        self.district.start()
        self.addCleanup(lambda: self.assertEqual(0, self.district.stop()))
        self.gonghui("plug", HERE)
        self.bus = self.district.bus("ctl")
        self.addCleanup(lambda: self.bus.close())
        self.city, self.county = uuid.uuid4(), uuid.uuid4()
        self.streets = [uuid.uuid4(), uuid.uuid4()]
        self.found(self.city, "city", "试验市总工会")
        self.found(self.county, "district", "试验区总工会", self.city)
        for number, street in enumerate(self.streets):
            self.found(street, "township", f"试验街道 {number}", self.county)
        self.officers = [self.appoint("township", street) for street in self.streets]

    # --- what people do ---

    def gonghui(self, *words):
        done = subprocess.run(self.district.command("--lang", "en", *words), capture_output=True, text=True, check=False,
                              timeout=60)
        self.assertEqual(0, done.returncode, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def accepted(self, message, **more):
        reply = self.bus.ask(message, after=getattr(self, "at", None), **more)
        self.assertEqual("accepted", reply.outcome, f"{message}: {reply}")
        return reply.data

    def refused(self, message, **more):
        reply = self.bus.ask(message, after=getattr(self, "at", None), **more)
        self.assertEqual("refused", reply.outcome, f"{message}: {reply}")
        return reply.code

    def tell_registration(self, message):
        reply = self.bus.ask(message)
        self.assertEqual("accepted", reply.outcome, str(reply))
        self.at = reply.at

    def found(self, organisation, kind, name, parent=None):
        self.tell_registration(registration.FoundOrganisation(organisation_id=organisation, kind=kind, name=name,
                                                              parent_id=parent))

    def appoint(self, role, place):
        person = uuid.uuid4()
        self.tell_registration(registration.GrantRole(person_id=person, role=role, place_id=place))
        return officer(person, place, role)

    def member(self):
        """Somebody whom registration knows."""
        union, application = uuid.uuid4(), uuid.uuid4()
        self.tell_registration(registration.FoundOrganisation(organisation_id=union, kind="union", name="试验厂工会",
                                                              parent_id=self.streets[0], code="81331083M00000169Y"))
        self.tell_registration(registration.SubmitApplication(application_id=application, organisation_id=union,
                                                              name="欧阳试验甲", id_number=number_of(1), phone="13900000001"))
        return self.accepted(registration.ApproveApplication(application_id=application, verification="officer")).person_id

    def register(self, street=0, actor=None, name="江滨路工会驿站", north=0, **more):
        station = uuid.uuid4()
        description = messages.Description(**{
            "organisation_id": self.streets[street], "name_zh": name, "name_en": "Riverside Station",
            "address_zh": "江滨路 1 号", "offers": ["water", "rest"], "weekly": ALWAYS, "exceptions": [], "code": "printed",
            "latitude": LINHAI["latitude"] + north, "longitude": LINHAI["longitude"]} | more)
        self.accepted(messages.Register(station_id=station, description=description), actor=actor or self.officers[street])
        return station, description

    def code_of(self, station, street=0):
        return self.accepted(messages.Code(station_id=station), actor=self.officers[street]).code

    def check_in(self, station, person, code):
        return messages.CheckIn(station_id=station, person_id=person, code=code)

    def visits(self, station):
        today = hours.local(datetime.datetime.now(datetime.timezone.utc)).date()
        days = self.accepted(messages.Visits(station_id=station, from_=today - hours_day(1), to=today + hours_day(1)),
                             actor=self.officers[0]).days
        return sum(one.visits for one in days)

    def held_about(self, person):
        return self.accepted(messages.HeldAbout(person_id=person), actor=worker(person))

    def in_one_hour(self):
        """So that what is to happen within a clock hour does."""
        here = hours.local(datetime.datetime.now(datetime.timezone.utc))
        left = 3600 - (here.minute * 60 + here.second)
        if left < PATIENCE:
            time.sleep(left + 1)


def hours_day(number):
    return datetime.timedelta(days=number)


class Stations(InADistrict):
    def test_the_directory(self):
        first, description = self.register()
        second, _ = self.register(street=1, north=9_000, offers=["water", "microwave"], weekly=[])
        third, _ = self.register(north=300_000)
        self.assertEqual("not_permitted", self.refused(
            messages.Change(station_id=first, description=description), actor=self.officers[1]))
        self.assertEqual("not_permitted", self.refused(messages.Code(station_id=first), actor=self.officers[1]))
        self.assertEqual("not_permitted", self.refused(messages.Close(station_id=first), actor=worker(uuid.uuid4())))
        stranger = officer(uuid.uuid4(), self.streets[0], "township")  # says so, and is none
        self.assertEqual("not_permitted", self.refused(messages.Close(station_id=first), actor=stranger))

        someone = worker(uuid.uuid4())
        near = self.accepted(messages.Near(**LINHAI), actor=someone)
        self.assertEqual([(first, 0), (second, 1001)], [(one.station_id, one.metres) for one in near.stations])
        self.assertEqual(("江滨路工会驿站", "饮水、休息座椅"), (near.stations[0].name, near.stations[0].offers_text))
        near = self.accepted(messages.Near(**LINHAI, language="en", within_metres=50_000, limit=1), actor=someone)
        self.assertEqual(("Riverside Station", "drinking water, seats", True),
                         (near.stations[0].name, near.stations[0].offers_text, near.stations[0].is_open))
        self.assertEqual([first, second, third], self.pages(messages.Near, someone, **LINHAI, within_metres=50_000))
        self.assertEqual(sorted([first, second, third], key=lambda one: one.bytes), self.pages(messages.List, someone))
        self.assertEqual([second], self.pages(messages.List, someone, organisation_id=self.streets[1]))
        self.assertEqual([second], self.pages(messages.List, someone, offers=["microwave", "water"]))
        now = datetime.datetime.now(datetime.timezone.utc)
        self.assertEqual([first, third], self.pages(messages.Near, someone, **LINHAI, within_metres=50_000, open_at=now))

        self.accepted(messages.Close(station_id=third), actor=self.officers[0])
        self.assertEqual([first, second], self.pages(messages.Near, someone, **LINHAI, within_metres=50_000))
        self.assertTrue(self.accepted(messages.Station(station_id=third), actor=someone).closed)

        self.accepted(messages.ReportFault(station_id=first, fault="no_water"), actor=someone)
        self.assertEqual("already_reported", self.refused(messages.ReportFault(station_id=first, fault="no_water"),
                                                          actor=worker(uuid.uuid4())))
        self.assertEqual("没有水", self.accepted(messages.Station(station_id=first), actor=someone).station.faults_text)
        self.accepted(messages.MendFault(station_id=first, fault="no_water"), actor=self.officers[0])

    def pages(self, query, actor, **more):
        found, after = [], None
        while True:
            page = self.accepted(query(after=after, limit=1, **more), actor=actor)
            found += [one.station_id for one in page.stations]
            after = page.next
            if after is None:
                return found

    def test_checking_in(self):
        station, _ = self.register()
        code, person, other = self.code_of(station), self.member(), uuid.uuid4()
        self.in_one_hour()
        self.assertEqual("wrong_code", self.refused(self.check_in(station, person, "AAAABBBBCCCCDDDD"), actor=worker(person)))
        self.assertEqual("not_permitted", self.refused(self.check_in(station, person, code), actor=worker(other)))
        self.assertEqual(1, self.accepted(self.check_in(station, person, code), actor=worker(person)).visits_today)
        self.assertEqual("already_checked_in", self.refused(self.check_in(station, person, code), actor=worker(person)))
        self.assertEqual(2, self.accepted(self.check_in(station, other, code), actor=worker(other)).visits_today)
        self.assertEqual([station], [one.station_id for one in self.held_about(person).visits])
        self.assertEqual([], self.held_about(uuid.uuid4()).visits)

        copy = self.district.folder.parent / "copy.json"
        self.gonghui("export", person, "--reason", "asked in person", "--output", copy)
        held = json.loads(copy.read_text())["held"]["stations"]
        self.assertEqual([str(station)], [one["station_id"] for one in held["visits"]])

        # Whoever reads the log or the store does not find the person in it.
        self.gonghui("backup", "stations")
        copy = next((self.district.folder / "store/backup").glob("stations-0.*.db")).read_bytes()
        self.assertIn(station.bytes, copy)
        self.assertNotIn(person.bytes, copy)

        self.accepted(messages.RenewCode(station_id=station), actor=self.officers[0])
        third = uuid.uuid4()
        self.assertEqual("wrong_code", self.refused(self.check_in(station, third, code), actor=worker(third)))
        code = self.code_of(station)
        self.accepted(self.check_in(station, third, code), actor=worker(third))

        self.tell_registration(registration.Leave(person_id=person, reason="resigned"))
        self.tell_registration(registration.ErasePerson(person_id=person))
        self.assertEqual([], self.held_about(person).visits, "an erased person is forgotten within the hour, too")
        self.assertEqual(1, len(self.held_about(other).visits))
        self.assertEqual(3, self.visits(station), "counted all the same")

    def test_another_service_follows_its_visits(self):
        folder = self.district.folder.parent / "footfall"
        folder.mkdir()
        for name, text in FOOTFALL.items():
            (folder / name).write_text(text)
        (folder / "run").chmod(0o755)
        self.gonghui("plug", folder)
        station, _ = self.register()
        code = self.code_of(station)
        people = [uuid.uuid4() for _ in range(3)]
        for person in people:
            reply = self.bus.ask(self.check_in(station, person, code), actor=worker(person))
            self.assertEqual("accepted", reply.outcome, str(reply))
        counted = self.bus.ask(Request("footfall.counted", {}, after=reply.at))
        self.assertEqual({"visits": 3, "stations": 1}, counted.data, str(counted))


class Mishaps(InADistrict):
    def load(self):
        return subprocess.Popen([HERE / "load.py", self.district.folder, "--count", str(COUNT)], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)

    def count(self):
        return self.district.rows("stations", "SELECT count(*) FROM stations")[0][0]

    def test_killed_in_the_middle_of_a_load_it_goes_on_without_a_gap(self):
        loader = self.load()
        until = time.monotonic() + PATIENCE
        while self.count() < COUNT // 4:
            self.assertLess(time.monotonic(), until)
        os.kill(self.district.pid("stations"), signal.SIGKILL)
        killed_at = self.count()
        said, _ = loader.communicate(timeout=60)
        self.assertEqual(0, loader.returncode, said)
        self.assertLess(killed_at, COUNT, "it was in the middle")
        self.assertEqual(COUNT, self.count())
        self.assertEqual([(COUNT, COUNT)], self.district.rows("stations", "SELECT count(*), max(seq) FROM log"))
        again = self.load()
        said, _ = again.communicate(timeout=60)
        self.assertIn(f"0 registered, {COUNT} were there", said)

    def test_registration_is_put_back_from_a_copy(self):
        station, description = self.register()
        code, person = self.code_of(station), uuid.uuid4()
        self.accepted(self.check_in(station, person, code), actor=worker(person))
        self.gonghui("backup", "registration")
        late = self.appoint("township", self.streets[0])  # lost with what follows the copy
        self.accepted(messages.Code(station_id=station), actor=late)
        self.assertEqual(0, self.district.stop())
        self.bus.close()
        self.gonghui("restore", "registration")
        self.district.start()
        self.bus, self.at = self.district.bus("ctl"), None
        self.appoint("township", self.streets[1])  # another history under the same numbers
        self.assertEqual("not_permitted", self.refused(messages.Code(station_id=station), actor=late))
        self.assertEqual(code, self.code_of(station), "the first officer is one still, and the code is the same")
        self.assertEqual(1, self.visits(station))
        self.assertIn("registration", self.gonghui("forks", "stations"))

    def test_its_folder_and_the_sdk_are_all_it_needs(self):
        self.gonghui("unplug", "stations")
        folder = self.district.folder.parent / "elsewhere"
        shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
        run = folder / "run"
        run.write_text(run.read_text().replace("$here/../../common/sdk", str(ROOT / "common/sdk")))
        self.gonghui("plug", folder)
        self.register()


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
