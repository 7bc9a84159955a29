#!/usr/bin/python3
"""Somebody asks for a copy of everything that is held about them: it is all there, nothing of others is, and the log says
who looked. Once they are erased nothing is held.

    export_test.py <folder of the executables>
"""

import datetime
import json
import stat
import sys
import unittest
import uuid

import small_town
from small_town import PURPOSES, SmallTown, number_of, worker

UNAVAILABLE, CANNOT_CREATE = 69, 73


class Export(SmallTown):
    def setUp(self):
        super().setUp()
        self.plain = {"name": "欧阳试验甲", "id_number": number_of(1), "phone": "13900000001",
                      "email": "asks.for.a.copy@example.invalid"}
        self.person = self.join(self.plain)
        self.partner, self.admirer, self.enemy, self.offender = (
            self.join({"name": "司徒试验乙", "id_number": number_of(number), "phone": f"1390000000{number}"})
            for number in (2, 4, 6, 8))
        self.profile = {"name": "欧阳试验甲", "contact": "微信号 shiyan-jia-1990", "nickname": "山间试验来客",
                        "occupation": "试验工程技师", "about": "喜欢在试验山里爬山。", "hobbies": "试验摄影",
                        "wishes": "找一个喜欢试验的人"}
        self.file = self.district.folder.parent / "copy.json"

    # --- something in every service ---

    def live(self):
        about = {"person_id": self.person}
        self.ask("give_consent", about | {"purpose": "membership_benefits"}, actor=worker(self.person))
        self.ask("grant_role", about | {"role": "officer", "place_id": self.union})
        self.ask("set_preference", about | {"topic": "matchmaking", "channel": "email", "wanted": False},
                 "notifications", actor=worker(self.person))
        self.introduce(self.person, self.profile)
        for number, other in enumerate((self.partner, self.admirer, self.enemy, self.offender)):
            self.introduce(other, {"name": "司徒试验乙", "contact": f"secret-contact-{number}", "nickname": f"旁人{number}"})
        self.study()
        self.met = self.meet()
        for chooser, chosen in ((self.person, self.partner), (self.partner, self.person), (self.admirer, self.person)):
            self.choose(self.met, chooser, chosen)
        self.ask("close_choosing", {"evening_id": self.met}, "matchmaking")
        self.meeting = self.meet()
        self.choose(self.meeting, self.person, self.offender)
        self.report(self.person, self.offender, "试验举报的话")
        self.report(self.enemy, self.person, "不是单身的试验者")
        self.district.wait_until_level()

    def study(self):
        self.classes = [uuid.uuid4() for _ in range(2)]
        course, campaign = uuid.uuid4(), uuid.uuid4()
        now = datetime.datetime.now(datetime.timezone.utc)
        self.ask("add_course", {"course_id": course, "title_zh": "试验茶艺", "title_en": "Tea"}, "training")
        self.ask("plan_campaign", {"campaign_id": campaign, "organisation_id": self.union, "name_zh": "夜校",
                                   "name_en": "Evenings", "opens_at": now - datetime.timedelta(hours=1),
                                   "closes_at": now + datetime.timedelta(hours=1)}, "training")
        for day, class_id in enumerate(self.classes, start=7):
            begin = now + datetime.timedelta(days=day)
            self.ask("open_class", {"class_id": class_id, "campaign_id": campaign, "course_id": course, "capacity": 1,
                                    "venue": "试验楼", "sessions": [{"starts_at": begin,
                                                                  "ends_at": begin + datetime.timedelta(hours=2)}]}, "training")
        for class_id, people in zip(self.classes, ((self.person, self.enemy), (self.enemy, self.person))):
            for person in people:
                self.ask("enroll", {"campaign_id": campaign, "class_id": class_id, "person_id": person}, "training",
                         actor=worker(person))

    def meet(self):
        """Everybody is let in, and choosing is open."""
        evening = uuid.uuid4()
        now = datetime.datetime.now(datetime.timezone.utc)
        self.ask("plan_evening", {"evening_id": evening, "organisation_id": self.union, "title_zh": "试验之夜",
                                  "title_en": "An evening", "venue": "试验楼", "starts_at": now,
                                  "ends_at": now + datetime.timedelta(hours=2),
                                  "sign_up_until": now + datetime.timedelta(hours=1), "capacity_male": 9,
                                  "capacity_female": 9}, "matchmaking")
        for person in (self.person, self.partner, self.admirer, self.enemy, self.offender):
            about = {"evening_id": evening, "person_id": person}
            self.ask("sign_up", about, "matchmaking", actor=worker(person))
            code = self.ask("my_evening", about, "matchmaking", actor=worker(person))["code"]
            self.ask("check_in", {"evening_id": evening, "code": code}, "matchmaking")
        self.ask("open_choosing", {"evening_id": evening}, "matchmaking")
        return evening

    def choose(self, evening, chooser, chosen):
        self.ask("choose", {"evening_id": evening, "person_id": chooser, "chosen_id": chosen, "wants": True}, "matchmaking",
                 actor=worker(chooser))

    def report(self, reporter, reported, note):
        """And a block."""
        self.ask("report_person", {"report_id": uuid.uuid4(), "person_id": reporter, "reported_id": reported,
                                   "reason": "other", "note": note}, "matchmaking", actor=worker(reporter))
        self.ask("block_person", {"block_id": uuid.uuid4(), "person_id": reporter, "blocked_id": reported}, "matchmaking",
                 actor=worker(reporter))

    def export(self, **expected):
        return self.gonghui("export", self.person, "--reason", "本人申请", "--output", self.file, **expected)

    # --- promises ---

    def test_everything_is_in_the_file_and_nothing_of_others(self):
        self.live()
        done = self.export()
        self.assertIn(str(self.file), done.stdout)
        self.assertEqual(0o600, stat.S_IMODE(self.file.stat().st_mode))
        text = self.file.read_text()
        copy = json.loads(text)
        self.assertEqual(str(self.person), copy["person_id"])
        held = copy["held"]

        registration = held["registration"]
        for field, value in self.plain.items():
            self.assertEqual(value, registration["person"][field])
            self.assertEqual(value, registration["applications"][0][field])
        self.assertEqual(("member", "officer", str(self.union)),
                         tuple(registration["person"][field] for field in ("state", "verification", "organisation_id")))
        self.assertEqual("approved", registration["applications"][0]["state"])
        self.assertEqual([{"role": "officer", "place_id": str(self.union)}], registration["roles"])
        self.assertEqual(["membership_benefits"], [one["purpose"] for one in registration["consents"]])
        self.assertEqual([("ctl", "export: 本人申请")],
                         [(one["by_service"], one["purpose"]) for one in registration["looks"]])

        enrollments = {one["class_id"]: one["state"] for one in held["training"]["enrollments"]}
        self.assertEqual({str(self.classes[0]): "taken", str(self.classes[1]): "waiting"}, enrollments)

        matchmaking = held["matchmaking"]
        self.assertEqual(sorted(PURPOSES), [one["purpose"] for one in matchmaking["consents"]])
        self.assertEqual(1, matchmaking["declaration"]["statement"])
        self.assertEqual(self.profile | {"visible": ["nickname"]},
                         {field: matchmaking["profile"][field] for field in (*self.profile, "visible")})
        self.assertEqual({str(self.met): "checked_in", str(self.meeting): "checked_in"},
                         {one["evening_id"]: one["state"] for one in matchmaking["sign_ups"]})
        self.assertEqual([str(self.met)], [one["evening_id"] for one in matchmaking["couples"]])
        self.assertEqual([], matchmaking["choices"], "the one chosen is blocked by now: an absence to both")
        self.assertEqual([str(self.offender)], [one["blocked_id"] for one in matchmaking["blocks"]])
        self.assertEqual([(str(self.offender), "试验举报的话")],
                         [(one["reported_id"], one["note"]) for one in matchmaking["reports"]])

        notifications = held["notifications"]
        self.assertEqual([{"topic": "matchmaking", "channel": "email", "wanted": False}], notifications["preferences"])
        self.assertTrue(notifications["contact"]["has_email"])
        self.assertIn("membership_approved", [one["template"] for one in notifications["messages"]])
        self.assertIn("报名成功：试验茶艺", [one["title"] for one in notifications["messages"]])

        for other in (self.partner, self.admirer, self.enemy):
            self.assertNotIn(str(other), text)
        for secret in ("司徒试验乙", "secret-contact", "旁人", "不是单身的试验者", *map(number_of, (2, 4, 6, 8))):
            self.assertNotIn(secret, text)

    def test_the_look_is_in_the_log(self):
        self.export()
        log = self.gonghui("log", "registration", "--type", "person_unmasked", "--json").stdout.splitlines()
        self.assertEqual([(str(self.person), "export: 本人申请", "ctl")],
                         [tuple(json.loads(line)["data"][field] for field in ("person_id", "purpose", "by_service"))
                          for line in log])

    def test_a_file_is_never_overwritten(self):
        self.file.write_text("mine")
        done = self.export(exit_code=CANNOT_CREATE)
        self.assertIn("it is not overwritten", done.stderr)
        self.assertEqual("mine", self.file.read_text())
        self.assertEqual([], self.district.rows("registration", "SELECT * FROM looks"), "nothing was looked at in vain")

    def test_a_copy_is_whole_or_there_is_none(self):
        self.district.wait_until_level()
        self.district.stop_program("matchmaking")
        for language, said in (("en", "matchmaking does not tell what it holds"), ("zh-CN", "matchmaking 没有给出其保存的信息")):
            done = self.gonghui("export", self.person, "--reason", "本人申请", "--output", self.file, "--timeout", "1",
                                language=language, exit_code=UNAVAILABLE)
            self.assertIn(said, done.stderr)
        self.assertEqual([], list(self.file.parent.glob("copy*")))

    def test_of_who_was_erased_nothing_is_held(self):
        self.live()
        about = {"person_id": self.person}
        self.ask("revoke_role", about | {"role": "officer", "place_id": self.union})
        self.ask("leave", about | {"reason": "resigned"})
        self.ask("erase_person", about)
        self.district.wait_until_level()
        self.assertIn("No service holds anything about this person.", self.export().stdout)
        self.assertFalse(self.file.exists())


if __name__ == "__main__":
    small_town.PROGRAMS = sys.argv.pop(1)
    unittest.main(verbosity=2)
