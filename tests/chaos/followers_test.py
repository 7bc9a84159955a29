#!/usr/bin/python3
"""Followers that cannot keep up or begin late: real processes under a steady load.

    followers_test.py <folder of the executables>
"""

import os
import pathlib
import random
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui import Feed, KeyPair, Request  # noqa: E402
from campaign import PATIENCE, Figures, Stage  # noqa: E402
from levelling import Stream, coming_and_going, for_seconds, places  # noqa: E402
from verdict import PROMISES, level_stores  # noqa: E402

PROGRAMS = None
LEAST_HIGH_WATER = 1000  # frames, the least that the hub's configuration takes
RATE = 3000
MORE = 25_000  # events, some 8 MiB
GROWTH = 3.2  # MiB, of 8; an allocator grows by 2 at a time, and a sanitizer's keeps what is freed
IS_MEMORY_TOLD = not os.environ.get("GONGHUI_SANITIZE")


class Followers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.stage = Stage(pathlib.Path(folder.name), PROGRAMS, random.Random(1))
        self.district = self.stage.district
        self.addCleanup(self.stage.end, Figures())
        self.stage.found()
        self.operator = self.district.bus("ctl")
        self.addCleanup(self.operator.close)
        self.stream = Stream(self.stage.clients.bus, coming_and_going(places(self.stage)), RATE)

    def inbox(self):
        return self.district.rows("notifications", "SELECT person_id, message_id, template FROM messages")

    def look(self, *promises):
        """The named promises, at the next moment at which everybody is level."""
        stores = level_stores(self.district.folder, PATIENCE)
        self.addCleanup(stores.close)
        stores.read_logs()
        self.assertEqual({}, {name: broken for name in promises if (broken := list(PROMISES[name](stores, [])))})

    def test_one_that_lost_its_store_builds_the_same_inbox(self):
        self.stream.run(for_seconds(5))
        self.look("level", "told", "doubled", "read_models")
        before = sorted(self.inbox())
        self.assertGreater(len(before), 1000)
        self.district.stop_program("notifications")
        for file in (self.district.folder / "store").glob("notifications-0.db*"):
            file.unlink()
        self.district.start_program("notifications")
        self.district.wait_until_ready()
        self.look("level", "told", "doubled", "read_models")
        self.assertEqual(before, sorted(self.inbox()))

    def test_one_that_the_hub_dropped_events_for_reads_them_from_the_log(self):
        self.restart_hub_with(f"limits.event_high_water = {LEAST_HIGH_WATER}")
        undisturbed = self.seconds_for(MORE)
        slow = self.follower("331083/training/0")
        until = time.monotonic() + PATIENCE
        self.stream.run(lambda: slow.say_what_is_followed() or self.dropped() > 0 or time.monotonic() > until)
        dropped, resident = self.dropped(), self.district.resident_mib()["hub"]
        self.assertGreater(dropped, 0, "it has to pass the high-water mark")
        stalled = self.seconds_for(MORE, slow.say_what_is_followed)
        # Now and then an answer is a refusal, and the last events are still on their way when it comes.
        self.assertGreater(self.dropped() - dropped, 0.9 * MORE, "it takes nothing of what is published meanwhile")
        if IS_MEMORY_TOLD:
            grown = self.district.resident_mib()["hub"] - resident
            self.assertLess(grown, GROWTH, "the hub keeps nothing of it, either")
        self.assertLess(stalled, 3 * undisturbed, "nobody waits for it")
        while slow.seq < self.head("training") and time.monotonic() < until:
            slow.events(0.1)
        chain = self.district.rows("training", "SELECT chain FROM log WHERE seq = ?", slow.seq)[0][0]
        self.assertEqual((self.head("training"), chain), (slow.seq, slow.chain))
        self.assertGreater(slow.from_pages, 0)
        self.look("level", "told", "doubled", "read_models")

    def seconds_for(self, events, meanwhile=lambda: None):
        began, goal = time.monotonic(), self.stream.answers + events
        self.stream.run(lambda: meanwhile() or self.stream.answers > goal)
        return time.monotonic() - began

    def restart_hub_with(self, line):
        self.district.stop_program("hub")
        with open(self.district.folder / "config" / "hub.toml", "a") as config:
            config.write(line + "\n")
        self.district.start_program("hub")
        self.district.wait_until_ready()

    def follower(self, source):
        """One that the hub knows, and that reads nothing until it is told to. It expects no heartbeat, as a connection ends
        whose heartbeats lie unread behind events; what it says from time to time keeps it to the hub."""
        one = Feed(self.district.hub(), KeyPair.load(self.district.folder / "keys" / "ctl.key"), self.operator,
                       source, rcvhwm=10, rcvbuf=65536, heartbeat_ivl=0)
        self.addCleanup(one.close)
        until = time.monotonic() + PATIENCE
        while not one.confirmed and time.monotonic() < until:
            one.events(0.1)
        return one

    def dropped(self):
        """Events of this test's own follower, by the hub's count; it has had one connection all the time."""
        status = self.operator.ask(Request("hub._status", {}))
        (mine,) = [one for one in status.data["followers"] if one["service"] == "ctl"]
        return mine["dropped"]

    def head(self, service):
        return self.district.rows(service, "SELECT max(seq) FROM log")[0][0]


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
