#!/usr/bin/python3
"""The rules, without a store and without a bus."""

import dataclasses
import datetime
import pathlib
import sys
import unittest
from uuid import UUID

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "common/sdk/python")]

import codes  # noqa: E402
import hours  # noqa: E402
import rules  # noqa: E402
import words  # noqa: E402
from gonghui import Accepted, Actor  # noqa: E402
from gonghui.messages import Unfit  # noqa: E402
from messages import Change, CheckIn, Close, DayPeriod, Description, ExceptionalDay, MendFault, Register  # noqa: E402
from messages import RenewCode, ReportFault, WeeklyPeriod  # noqa: E402

STATION, UNION, PERSON, OTHER = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
CODES, MARKS = b"c" * 32, b"m" * 32
IN_PLACE = rules.Standing(holds_role=True, covers=True)
ELSEWHERE = rules.Standing(holds_role=True, covers=False)
CLAIMED = rules.Standing(holds_role=False, covers=True)
NOBODYS = rules.Standing()


def at(text):
    """In Shanghai."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=hours.SHANGHAI)


NOON = at("2026-03-02 12:00")  # a Monday


def weekly(*periods):
    return [WeeklyPeriod(weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in periods]


def description(**more):
    return Description(**{"organisation_id": UNION, "name_zh": "工会驿站", "name_en": "Station", "address_zh": "人民路 1 号",
                          "latitude": 28_000_000, "longitude": 121_000_000, "offers": ["water", "rest"],
                          "weekly": weekly((1, 480, 1200)), "exceptions": [], "code": "printed"} | more)


@dataclasses.dataclass
class Request:
    data: object
    actor: Actor
    now: datetime.datetime = NOON


def actor(role="worker", person=PERSON):
    return Actor(role, person, UNION, "portal")


def facts(**more):
    return rules.StationFacts(**{"description": description()} | more)


class Hours(unittest.TestCase):
    def open_at(self, one, moment):
        return hours.is_open(one, at(moment))

    def test_the_minute_of_opening_is_in_and_that_of_closing_is_out(self):
        one = description()
        self.assertEqual([False, True, True, False], [self.open_at(one, f"2026-03-02 {time}") for time in
                                                      ("07:59", "08:00", "19:59", "20:00")])
        self.assertFalse(self.open_at(one, "2026-03-03 12:00"), "Tuesday")

    def test_a_night_goes_on_after_midnight(self):
        one = description(weekly=weekly((7, 1320, 1800)))  # Sunday 22:00 to Monday 06:00
        self.assertEqual([False, True, True, False], [self.open_at(one, moment) for moment in (
            "2026-03-01 21:59", "2026-03-01 22:00", "2026-03-02 05:59", "2026-03-02 06:00")])

    def test_around_the_clock(self):
        one = description(weekly=weekly(*[(weekday, 0, 1440) for weekday in range(1, 8)]))
        self.assertTrue(all(self.open_at(one, f"2026-03-0{day} {time}") for day in (1, 2, 3) for time in ("00:00", "23:59")))

    def test_an_exceptional_day_counts_instead_of_the_week(self):
        monday, tuesday = datetime.date(2026, 3, 2), datetime.date(2026, 3, 3)
        one = description(exceptions=[ExceptionalDay(day=monday, periods=[]), ExceptionalDay(
            day=tuesday, periods=[DayPeriod(opens=600, closes=660)])])
        self.assertFalse(self.open_at(one, "2026-03-02 12:00"))
        self.assertTrue(self.open_at(one, "2026-03-03 10:30"))
        self.assertTrue(self.open_at(one, "2026-03-09 12:00"), "the week after")

    def test_time_is_shanghais_wherever_the_question_comes_from(self):
        utc = datetime.datetime(2026, 3, 2, 0, 0, tzinfo=datetime.timezone.utc)  # 08:00 in Shanghai
        self.assertTrue(hours.is_open(description(), utc))
        self.assertFalse(hours.is_open(description(), utc - datetime.timedelta(minutes=1)))

    def test_hours_that_make_no_sense(self):
        day = datetime.date(2026, 3, 2)
        for one, code in ((description(weekly=weekly((1, 600, 600))), "period_ends_before_it_begins"),
                          (description(weekly=weekly((1, 0, 1441))), "period_ends_before_it_begins"),
                          (description(weekly=weekly((1, 600, 700), (1, 699, 800))), "periods_overlap"),
                          (description(exceptions=[ExceptionalDay(day=day, periods=[])] * 2), "exception_twice"),
                          (description(weekly=weekly((1, 600, 700), (1, 700, 800), (2, 650, 750))), None)):
            self.assertEqual(code, hours.fault(one))

    def test_what_people_read(self):
        self.assertEqual("开放中；今天 08:00-20:00", words.today(description(), NOON, None))
        self.assertEqual("open now; today 08:00-20:00", words.today(description(), NOON, "en"))
        self.assertEqual("未开放；今天休息", words.today(description(), at("2026-03-03 12:00"), "zh_cn"))
        night = description(weekly=weekly((1, 1320, 1800)))
        self.assertEqual("closed now; today 22:00-06:00 (next day)", words.today(night, NOON, "en"))
        self.assertEqual("饮水、休息座椅", words.listed(words.OFFERS, ["water", "rest"], "zh_cn"))
        self.assertEqual("工会驿站", words.name(description(name_en=None), "en"), "there is no English one")


class Rights(unittest.TestCase):
    # role -> who may manage a station: in their place, elsewhere, with a role that they do not hold.
    TABLE = {"worker": (False, False, False), "officer": (True, False, False), "township": (True, False, False),
             "district": (True, True, False), "city": (True, True, False), "service": (True, True, True)}

    def test_every_command_of_officers_against_every_role_and_place(self):
        for role, row in self.TABLE.items():
            for standing, may in zip((IN_PLACE, ELSEWHERE, CLAIMED), row):
                who, one = actor(role), facts(faults=frozenset({"no_water"}))
                for outcome in (
                        rules.register(Request(Register(station_id=STATION, description=description()), who), None, True,
                                       standing),
                        rules.change(Request(Change(station_id=STATION, description=description(name_zh="新名")), who), one,
                                     True, standing, IN_PLACE),
                        rules.close(Request(Close(station_id=STATION), who), one, standing),
                        rules.renew_code(Request(RenewCode(station_id=STATION), who), one, standing),
                        rules.mend_fault(Request(MendFault(station_id=STATION, fault="no_water"), who), one, standing),
                        rules.show_code(who, one, standing) or Accepted(),
                        rules.show_visits(who, one, standing) or Accepted()):
                    with self.subTest(role=role, standing=standing, outcome=outcome):
                        self.assertEqual(may, isinstance(outcome, Accepted))
                        if not may:
                            self.assertEqual("not_permitted", outcome.code)

    def test_nobody_hands_a_station_to_others_unasked(self):
        request = Request(Change(station_id=STATION, description=description(organisation_id=OTHER)), actor("officer"))
        self.assertEqual("not_permitted", rules.change(request, facts(), True, IN_PLACE, ELSEWHERE).code)

    def test_a_worker_does_not_learn_whether_a_station_exists_from_its_code(self):
        self.assertEqual("not_permitted", rules.show_code(actor(), None, NOBODYS).code)
        self.assertEqual("unknown_station", rules.show_code(actor("officer"), None, ELSEWHERE).code)


class Directory(unittest.TestCase):
    def register(self, old=None, exists=True, **more):
        request = Request(Register(station_id=STATION, description=description(**more)), actor("service"))
        return rules.register(request, old, exists, NOBODYS)

    def test_it_is_registered_once_and_in_an_organisation(self):
        self.assertEqual([STATION], [event.station_id for event in self.register().events])
        self.assertEqual("station_exists", self.register(old=facts()).code)
        self.assertEqual("unknown_organisation", self.register(exists=False).code)
        self.assertEqual("periods_overlap", self.register(weekly=weekly((1, 0, 100), (1, 50, 150))).code)

    def test_a_change_that_changes_nothing_is_no_event(self):
        request = Request(Change(station_id=STATION, description=description()), actor("service"))
        self.assertEqual((), rules.change(request, facts(), True, NOBODYS, NOBODYS).events)

    def test_what_is_closed_stays_so(self):
        for rule, message in ((rules.close, Close), (rules.renew_code, RenewCode)):
            self.assertEqual("station_closed", rule(Request(message(station_id=STATION), actor("service")),
                                                    facts(is_closed=True), NOBODYS).code)
        self.assertIsNone(rules.show_visits(actor("service"), facts(is_closed=True), NOBODYS), "its visits can be looked at")

    def test_places_outside_the_country_do_not_fit(self):
        with self.assertRaises(Unfit):
            description(latitude=121_000_000, longitude=28_000_000)  # the wrong way round

    def test_distances(self):
        # Linhai to Wenling, some 53 km; and two metres.
        self.assertAlmostEqual(54_300, rules.metres(28_858_000, 121_145_000, 28_372_000, 121_186_000), delta=500)
        self.assertEqual(2, rules.metres(28_858_000, 121_145_000, 28_858_018, 121_145_000))
        south, north, west, east = rules.box_around(28_858_000, 121_145_000, 1000)
        for latitude, longitude in ((south, 121_145_000), (north, 121_145_000), (28_858_000, west), (28_858_000, east)):
            self.assertAlmostEqual(1000, rules.metres(28_858_000, 121_145_000, latitude, longitude), delta=2)

    def test_a_fault_is_reported_once_and_mended_once(self):
        report = Request(ReportFault(station_id=STATION, fault="no_water"), actor())
        self.assertNotIn(str(PERSON), str(rules.report_fault(report, facts()).events))
        self.assertEqual("already_reported", rules.report_fault(report, facts(faults=frozenset({"no_water"}))).code)
        mend = Request(MendFault(station_id=STATION, fault="no_water"), actor("service"))
        self.assertEqual("not_reported", rules.mend_fault(mend, facts(), NOBODYS).code)


class CheckingIn(unittest.TestCase):
    def code(self, one=None, moment=NOON):
        one = one or facts()
        return codes.valid_codes(CODES, STATION, one.description.code, one.generation, moment)[0]

    def check_in(self, code, one=None, moment=NOON, marks=(), who=None, person=PERSON):
        request = Request(CheckIn(station_id=STATION, person_id=person, code=code), who or actor(), moment)
        return rules.check_in(request, one or facts(), 6, lambda mark: mark in marks, CODES, MARKS)

    def test_it_counts_a_visit_and_names_nobody(self):
        outcome = self.check_in(self.code())
        self.assertEqual(7, outcome.reply.visits_today)
        (event,) = outcome.events
        self.assertEqual((STATION, datetime.date(2026, 3, 2), 12), (event.station_id, event.day, event.hour))
        self.assertNotIn(PERSON.bytes, [getattr(event, name) for name in ("station_id", "mark")])

    def test_once_per_clock_hour(self):
        (event,) = self.check_in(self.code()).events
        self.assertEqual("already_checked_in", self.check_in(self.code(), marks=[event.mark],
                                                             moment=at("2026-03-02 12:59")).code)
        self.assertIsInstance(self.check_in(self.code(), marks=[event.mark], moment=at("2026-03-02 13:00")), Accepted)
        self.assertIsInstance(self.check_in(self.code(), marks=[event.mark], who=actor(person=OTHER), person=OTHER), Accepted)

    def test_marks_tell_nothing_to_others(self):
        hour = codes.hour_number(NOON)
        one = codes.mark(MARKS, STATION, PERSON, hour)
        others = {codes.mark(MARKS, UUID(int=9), PERSON, hour), codes.mark(MARKS, STATION, PERSON, hour + 1),
                  codes.mark(b"x" * 32, STATION, PERSON, hour), codes.mark(MARKS, STATION, OTHER, hour)}
        self.assertEqual((4, 16), (len(others - {one}), len(one)))
        self.assertEqual(at("2026-03-02 12:00"), codes.begin_of(hour))

    def test_a_printed_code_is_good_until_it_is_renewed(self):
        printed = self.code()
        self.assertIsInstance(self.check_in(printed, moment=at("2026-05-04 12:00")), Accepted)
        self.assertIsInstance(self.check_in(f" {printed[:8].lower()}-{printed[8:]} "), Accepted)
        self.assertEqual("wrong_code", self.check_in(printed, one=facts(generation=1)).code)

    def test_a_rotating_code_is_good_for_ten_to_twenty_minutes(self):
        one = facts(description=description(code="rotating"))
        shown = self.code(one, at("2026-03-02 12:05"))
        self.assertEqual(at("2026-03-02 12:10"), codes.until("rotating", at("2026-03-02 12:05")))
        for moment, outcome in (("12:00", True), ("12:19", True), ("12:20", False), ("11:59", False)):
            found = self.check_in(shown, one=one, moment=at(f"2026-03-02 {moment}"))
            self.assertEqual(outcome, isinstance(found, Accepted), moment)

    def test_other_codes_are_wrong(self):
        elsewhere = codes.valid_codes(CODES, UUID(int=9), "printed", 0, NOON)[0]
        forged = codes.valid_codes(b"x" * 32, STATION, "printed", 0, NOON)[0]
        for code in (elsewhere, forged, "A", "中文", self.code()[:-1]):
            self.assertEqual("wrong_code", self.check_in(code).code)

    def test_who_and_when(self):
        self.assertEqual("not_permitted", self.check_in(self.code(), person=OTHER).code)
        self.assertEqual("not_permitted", self.check_in(self.code(), who=actor("service")).code)
        self.assertEqual("not_open", self.check_in(self.code(), moment=at("2026-03-02 20:00")).code)
        self.assertEqual("station_closed", self.check_in(self.code(), one=facts(is_closed=True)).code)


if __name__ == "__main__":
    unittest.main()
