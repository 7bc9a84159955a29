#!/usr/bin/python3
"""Each fault of a link does what it says, and is gone when it is lifted: packets to and from the hub's namespace."""

import socket
import subprocess
import sys
import time
import unittest

from campaign import Cut, Lossy, Silence, Slow, network

HUB = (network.ADDRESSES["hub"].split("/")[0], 7)
ECHO = f"""
import socket
echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
echo.bind({HUB})
print("ready", flush=True)
while True:
    echo.sendto(*echo.recvfrom(2000))
"""
PACKETS = 100  # of 500 bytes; sockets hold some 160 that nobody has read yet
PATIENCE = 0.3  # s for the next one to come back


class Links(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.echo = subprocess.Popen([*network.within("hub"), sys.executable, "-c", ECHO], stdout=subprocess.PIPE)
        cls.addClassCleanup(cls.echo.communicate)
        cls.addClassCleanup(cls.echo.kill)
        cls.echo.stdout.readline()

    def come_back(self):
        """How many packets, and for how long after the last was sent."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as people:
            people.settimeout(PATIENCE)
            for _ in range(PACKETS):
                people.sendto(bytes(500), HUB)
                time.sleep(0.0005)
            sent = last = time.monotonic()
            came = 0
            try:
                while came < PACKETS:
                    people.recv(2000)
                    came, last = came + 1, time.monotonic()
            except OSError:  # none, or the kernel says that there is no way
                pass
            return came, last - sent

    def until_all_come_back(self):
        until = time.monotonic() + 10
        while self.come_back()[0] < PACKETS:
            self.assertLess(time.monotonic(), until, "the link does not come back")

    def strike(self, fault):
        self.until_all_come_back()
        fault.strike(None, "hub")
        try:
            return self.come_back()
        finally:
            fault.lift(None, "hub")
            self.until_all_come_back()

    def test_nothing_passes_a_link_that_is_cut_or_silent(self):
        self.assertEqual(0, self.strike(Cut)[0])
        self.assertEqual(0, self.strike(Silence)[0])

    def test_a_lossy_link_loses_a_fifth_each_way(self):
        came, _ = self.strike(Lossy)
        self.assertAlmostEqual(0.8 * 0.8 * PACKETS, came, delta=29)  # six standard deviations

    def test_a_slow_link_makes_packets_wait_and_drops_what_its_queue_cannot_hold(self):
        came, late = self.strike(Slow)
        self.assertGreater(late, 0.2)
        self.assertTrue(0 < came < PACKETS, came)


if __name__ == "__main__":
    Cut.enter()
    unittest.main(argv=sys.argv[:1])  # no programs are needed
