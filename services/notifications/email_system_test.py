#!/usr/bin/python3
"""An e-mail's whole way through real processes: a worker is admitted at a stall, and a mail server takes the welcome.

    email_system_test.py <folder of the executables>
"""

import base64
import datetime
import email.header
import email.parser
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parents[1] / "tests"
sys.path[:0] = [str(TESTS.parent / "common/sdk/python"), str(TESTS / "season")]

from gonghui import Feed, KeyPair, Request, worker  # noqa: E402
from district import ByHand  # noqa: E402

PROGRAMS = None
CITY, DISTRICT, TOWNSHIP, UNION = (uuid.uuid4() for _ in range(4))
# All synthetic: a region code that does not exist, and check digits by GB 11643.
ID_NUMBERS = iter(["330099199001010016", "330099199001010032"])


class AnEmail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Cleanups, last first, run even when a later line of this fails.
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        base = pathlib.Path(folder.name)
        cls.mails = base / "mails"
        cls.mails.mkdir()
        sink = subprocess.Popen(["/usr/bin/python3", HERE / "mail" / "smtp_sink.py", cls.mails],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        cls.addClassCleanup(sink.communicate)  # the end of its input ends it
        os.environ |= {"GONGHUI_MAIL_HOST": "127.0.0.1", "GONGHUI_MAIL_PORT": sink.stdout.readline().decode().strip(),
                       "GONGHUI_MAIL_ENCRYPTION": "none", "GONGHUI_MAIL_FROM": "no-reply@union.example"}
        cls.district = ByHand(base / "331083", PROGRAMS, ["--free-ports"])
        cls.addClassCleanup(cls.stop_the_district)
        cls.district.start()
        cls.operator = cls.district.bus("ctl")
        cls.addClassCleanup(cls.operator.close)
        key = KeyPair.load(cls.district.folder / "keys" / "ctl.key")
        cls.log = Feed(cls.district.hub(), key, cls.operator, "331083/notifications/0")
        cls.addClassCleanup(cls.log.close)
        for place, parent, kind in ((CITY, None, "city"), (DISTRICT, CITY, "district"), (TOWNSHIP, DISTRICT, "township"),
                                    (UNION, TOWNSHIP, "union")):
            cls.found(place, parent, kind)
        # Whatever the hour at which this test runs, it is not the night.
        cls.accepted("notifications.set_quiet_hours", district_id=DISTRICT, begins_minute=0, ends_minute=0,
                     utc_offset_minutes=480)

    @classmethod
    def stop_the_district(cls):
        code = cls.district.stop()
        assert code == 0, f"a program ended with {code}"

    @classmethod
    def accepted(cls, message, /, after=None, **data):
        reply = cls.operator.ask(Request(message, data, after=after))
        assert reply.outcome == "accepted", f"{message}: {reply}"
        return reply

    @classmethod
    def found(cls, place, parent, kind):
        more = {"form": "joint"} if kind == "union" else {}
        if parent:
            more["parent_id"] = parent
        founded = cls.accepted("registration.found_organisation", organisation_id=place, kind=kind,
                               name=f"示例{kind}", **more)
        # Notifications has heard of it, too.
        cls.accepted("notifications.deliveries", after=founded.at)

    def admit(self, address):
        application = uuid.uuid4()
        self.accepted("registration.submit_application", application_id=application, organisation_id=UNION,
                      name="张示例", id_number=next(ID_NUMBERS), phone="13800000001", email=address, language="en")
        reply = self.accepted("registration.approve_application", application_id=application, verification="officer")
        return uuid.UUID(bytes=reply.data["person_id"])

    def until(self, *types):
        """The first event of one of these types; the log is followed, nothing is slept."""
        for _ in range(100):
            for event in self.log.events(0.3):
                if event["type"] in types:
                    return event
        self.fail(f"none of {types} came")

    def test_is_taken_by_the_mail_server_and_marked_as_sent(self):
        person = self.admit("zhang@example.org")
        sent = self.until("email_sent", "email_failed")
        self.assertEqual("email_sent", sent["type"])
        mail = email.parser.BytesParser().parsebytes((self.mails / "1.eml").read_bytes())
        self.assertEqual("<zhang@example.org>", mail["To"])
        self.assertEqual("Welcome to the union", str(email.header.make_header(email.header.decode_header(mail["Subject"]))))
        self.assertIn("示例union", base64.b64decode(mail.get_payload()).decode())
        self.assertTrue(mail["Message-ID"].startswith(f"<{uuid.UUID(bytes=sent['data']['message_id'])}@"))
        self.assertIsNotNone(datetime.datetime.strptime(mail["Date"], "%a, %d %b %Y %H:%M:%S %z"))

        inbox = self.operator.ask(Request("notifications.inbox", {"person_id": person}, actor=worker(person)))
        self.assertEqual(["入会申请已通过"], [one["title"] for one in inbox.data["messages"]])

    def test_that_is_refused_for_good_is_given_up_with_its_reason(self):
        person = self.admit("never@example.org")
        self.until("email_failed")
        reply = self.accepted("notifications.deliveries", person_id=person)
        (delivery,) = reply.data["deliveries"]
        self.assertEqual(("failed", "refused_for_good", 1), (delivery["state"], delivery["reason"], delivery["attempts"]))
        self.assertNotIn("due", delivery)


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1))
    unittest.main()
