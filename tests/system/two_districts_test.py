#!/usr/bin/python3
"""Two districts on one machine, each from a file of its own: they share nothing, and one restarts beside the other.

    two_districts_test.py <folder of the executables>
"""

import contextlib
import pathlib
import subprocess
import sys
import tempfile
import threading
import tomllib
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui import Bus, Feed, KeyPair, Request, Unanswered  # noqa: E402
from district import SERVICES, ByHand  # noqa: E402

PROGRAMS = None
YUHUAN, YONGJIA = "331083", "330324"
DAMAGED_OR_FOREIGN = 65


CITY = uuid.uuid4()


def found(bus, organisation, kind, **more):
    return bus.ask(Request("registration.found_organisation",
                           {"organisation_id": organisation, "kind": kind, "name": "示例市总工会"} | more)).outcome


def found_another(bus):
    return found(bus, uuid.uuid4(), "district", parent_id=CITY)


class TwoDistricts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.districts = {}
        for code in (YUHUAN, YONGJIA):
            file = pathlib.Path(folder.name) / f"{code}.toml"
            file.write_text(f'district = "{code}"\nfolder = "{folder.name}/{code}"\n')
            district = ByHand(pathlib.Path(folder.name) / code, PROGRAMS, ["--config", str(file), "--free-ports"])
            district.start()
            cls.addClassCleanup(district.stop)
            cls.districts[code] = district
            with contextlib.closing(district.bus("ctl")) as operator:
                assert found(operator, CITY, "city") == "accepted"
        cls.yuhuan, cls.yongjia = cls.districts[YUHUAN], cls.districts[YONGJIA]

    def test_no_key_and_no_port_is_of_both(self):
        def secrets(district):
            return {file.read_bytes() for file in (district.folder / "keys").iterdir() if file.suffix in (".key", ".service")}

        def ports(district):
            plan = tomllib.loads((district.folder / "district.toml").read_text())
            listening = [plan["hub"][name] for name in ("publish", "subscribe", "request", "http")]
            return {one.rsplit(":", 1)[1] for one in listening + [plan["services"][name]["http"] for name in SERVICES]}

        for of in (secrets, ports):
            first, second = of(self.yuhuan), of(self.yongjia)
            self.assertGreaterEqual(min(len(first), len(second)), 8)
            self.assertFalse(first & second)

    def test_a_key_of_one_opens_nothing_in_the_other(self):
        for key in ("ctl", "training-0"):
            stranger = Bus(self.yongjia.hub(), KeyPair.load(self.yuhuan.folder / "keys" / f"{key}.key"))
            self.addCleanup(stranger.close)
            with self.assertRaises(Unanswered):
                stranger.ask(Request("hub._status", {}), patience=2.0)

    def test_a_store_of_one_serves_nothing_in_the_other(self):
        district = self.yongjia
        done = subprocess.run(
            [PROGRAMS / "gonghui-training", "--config", district.folder / "config" / "training.toml"],
            env={"GONGHUI_STORE_FOLDER": str(self.copied_store()), "GONGHUI_HTTP_LISTEN": "off"},
            capture_output=True, text=True, timeout=30)
        self.assertEqual(DAMAGED_OR_FOREIGN, done.returncode, done.stderr)
        self.assertIn(YUHUAN, done.stderr)

    def copied_store(self):
        """As if somebody had copied training's store of the one district to the other."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        with (self.yuhuan.folder / "store" / "training-0.db").open("rb") as store:
            (folder / "training-0.db").write_bytes(store.read())
        for more in ("training-0.db-wal", "training-0.keyring.db"):
            if (self.yuhuan.folder / "store" / more).exists():
                (folder / more).write_bytes((self.yuhuan.folder / "store" / more).read_bytes())
        return folder

    def test_no_event_of_one_is_heard_in_the_other(self):
        for code, district in self.districts.items():
            operator = district.bus("ctl")
            self.addCleanup(operator.close)
            heard = {}
            for followed in self.districts:
                follower = Feed(district.hub(), KeyPair.load(district.folder / "keys" / "ctl.key"), operator,
                                f"{followed}/registration/0")
                self.addCleanup(follower.close)
                follower.events(patience=1.0)  # a beacon, and what was before
                heard[followed] = follower
            for one in self.districts.values():
                with contextlib.closing(one.bus("ctl")) as founder:
                    self.assertEqual("accepted", found_another(founder))
            self.assertEqual({f"{code}/registration/0"},
                             {event["source"] for event in heard[code].events(patience=5.0)})
            other = next(follower for followed, follower in heard.items() if followed != code)
            self.assertEqual([], other.events(patience=2.0))

    def test_one_restarts_and_the_other_does_not_notice(self):
        operator = self.yuhuan.bus("ctl")
        self.addCleanup(operator.close)
        before = {program: self.yuhuan.pid(program) for program in ["hub"] + SERVICES}
        outcomes, restarted = [], threading.Event()

        def work():
            while not restarted.is_set():
                outcomes.append(found_another(operator))

        worker = threading.Thread(target=work)
        worker.start()
        try:
            self.yongjia.stop()
            self.yongjia.start()
        finally:
            restarted.set()
            worker.join()
        self.assertEqual({"accepted"}, set(outcomes))
        self.assertGreater(len(outcomes), 10)
        self.assertEqual(before, {program: self.yuhuan.pid(program) for program in before})


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1))
    unittest.main()
