"""What tests in a district by hand have in common; and those of one person's data: one union, and people who join it."""

import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui import Request, worker  # noqa: E402
from district import SERVICES, ByHand  # noqa: E402
from generate import check_digit  # noqa: E402

PROGRAMS = None  # folder of the executables
PURPOSES = ("profile", "evenings", "contacts")


def number_of(count):
    """Synthetic: the region 330099 does not exist. Odd: a man's."""
    seventeen = f"33009919900101{count:03d}"
    return seventeen + check_digit(seventeen)


# Logs move into segments when they are a few records long, not some 300,000.
SHORT_LOGS = "".join(f'[services.{service}]\nsettings = "log.hot = 1\\nlog.segment = 4"\n' for service in SERVICES)


class InADistrict(unittest.TestCase):
    CONFIG = ""  # of the district; empty: what `gonghui up` begins with
    DISTRICT = ByHand

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        options = ["--free-ports"]
        if self.CONFIG:
            config = pathlib.Path(folder.name) / "district.toml"
            config.write_text('district = "331083"\n' + self.CONFIG)
            options += ["--config", str(config)]
        self.district = self.DISTRICT(pathlib.Path(folder.name) / "331083", PROGRAMS, options)
        self.district.start()
        self.addCleanup(self.district.stop)
        self.operator = self.district.bus("ctl")
        self.addCleanup(self.operator.close)


class SmallTown(InADistrict):
    def setUp(self):
        super().setUp()
        city, place, self.union = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
        for organisation, parent, kind in ((city, None, "city"), (place, city, "district"), (self.union, place, "union")):
            data = {"organisation_id": organisation, "kind": kind, "name": "试验工会"}
            if kind == "union":
                data["code"] = "81331083M00000169Y"
            self.ask("found_organisation", data | ({"parent_id": parent} if parent else {}))

    def ask(self, request, data, service="registration", expected="accepted", actor=None):
        for _ in range(100):  # a person's key may still be on its way
            reply = self.operator.ask(Request(f"{service}.{request}", data, actor=actor))
            if reply.outcome != "retry":
                break
            time.sleep(0.05)
        self.assertEqual(expected, reply.outcome if reply.outcome == "accepted" else reply.code, str(reply))
        return reply.data

    def join(self, plain):
        application = uuid.uuid4()
        person = self.ask("submit_application", {"application_id": application, "organisation_id": self.union} | plain)
        self.ask("approve_application", {"application_id": application, "verification": "officer"})
        return uuid.UUID(bytes=person["person_id"])

    def introduce(self, person, profile):
        self.district.wait_until_level()
        about = {"person_id": person}
        for request, data in (("declare_single", {"declaration_id": uuid.uuid4(), "statement": 1}),
                              *(("give_consent", {"purpose": purpose}) for purpose in PURPOSES),
                              ("publish_profile", profile | {"visible": ["nickname"]})):
            self.ask(request, about | data, "matchmaking", actor=worker(person))

    def gonghui(self, *arguments, language="en", exit_code=0):
        done = subprocess.run(self.district.command("--lang", language, *arguments), capture_output=True, text=True,
                              check=False, timeout=120)
        self.assertEqual(exit_code, done.returncode, done.stdout + done.stderr)
        return done
