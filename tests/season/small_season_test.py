#!/usr/bin/python3
"""The main job at a size for every day: a whole season with real processes, played twice on the same stores, and once for
each service that is stopped during its rush.

    small_season_test.py <folder of the executables>
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SIZE = ["--members", "2000", "--bad", "60", "--unions", "60", "--enrollees", "1000", "--attempts", "2500"]
PROGRAMS = None


class ASmallSeason(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "331083"

    def play(self, *options):
        """The last line's figures; everything that was said, if it went wrong."""
        done = subprocess.run([HERE / "play.py", "--programs", PROGRAMS, "--folder", self.folder, "--free-ports", "--once",
                               "--lang", "en", *SIZE, *options], capture_output=True, text=True)
        said = done.stdout + done.stderr
        self.assertEqual(0, done.returncode, said)
        figures = json.loads(done.stdout.splitlines()[-1])
        self.assertTrue(figures["invariants_held"], said)
        return figures

    def test_holds_its_invariants_and_can_be_played_again(self):
        first = self.play()
        self.assertEqual((1940, 60), (first["import"]["joined"], first["import"]["rejected"]))
        self.assertEqual((0, 60), (first["import_again"]["joined"], first["import_again"]["rejected"]))
        self.assertEqual(720, first["seats"])
        self.assertGreater(first["couples"], 0)
        for code in ("already_enrolled", "campaign_not_open", "personal_cap_reached", "time_clash", "accepted"):
            self.assertGreater(first["answers"][code], 0, code)

        second = self.play()
        self.assertEqual((0, 60), (second["import"]["joined"], second["import"]["rejected"]))

    def test_goes_on_without_notifications(self):
        self.play("--stop", "notifications")

    def test_goes_on_without_registration(self):
        self.play("--stop", "registration")

    def test_goes_on_without_matchmaking(self):
        self.play("--stop", "matchmaking")

    def test_gets_over_five_seconds_without_training(self):
        figures = self.play("--stop", "training", "--window", "8")
        self.assertGreater(figures["retries"] + figures["asked_again"], 0)


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
