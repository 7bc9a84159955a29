#!/usr/bin/python3
"""`gonghui conformance`: each plug-in that is broken on purpose is named by the check that is meant for it, and what is
sound passes all of them.

    conformance_test.py <folder of the executables> [Broken|Sound|Unreadable]
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
NODE_PACKAGES = HERE.parents[2] / "common/sdk/node/node_modules/.package-lock.json"  # scripts/setup test installs them
PROGRAMS = None
AT_A_TIME = 4  # they mostly wait

# What is broken (broken.py) -> the checks that are run on it, each of which has to name it.
FAULTS = {
    "answers_a_repetition_anew": ["first-answer"],
    "forgets_answers_at_a_start": ["killed"],
    "takes_any_content_under_an_id": ["id-reused"],
    "applies_nothing": ["event-effect"],
    "decides_for_a_cause_of_its_own": ["command-effect"],
    "tells_half_its_status": ["status"],
    "applies_doubles": ["hints-doubled"],
    "skips_gaps": ["hints-lost", "hints-reordered"],
    "waits_for_the_next_hint": ["tail-lost"],
    "keeps_the_cursor_apart": ["cursor-kept"],
    "publishes_before_it_commits": ["killed"],
    "replies_before_it_commits": ["killed"],
    "ignores_epochs": ["new-epoch"],
    "reacts_again_in_a_rebuild": ["new-epoch"],
    "goes_by_numbers_alone": ["shrunk-log"],
    "believes_any_source": ["lying-source"],
    "lies_about_its_source": ["log-chain"],
    "gives_pages_without_a_beginning": ["log-pages"],
    "knows_every_history": ["log-place"],
    "publishes_under_another_topic": ["published"],
    "makes_ids_up": ["log-chain"],
    "floods": ["beacons"],
    "is_silent": ["beacons"],
    "keeps_its_claim": ["claim"],
    "stays_when_superseded": ["superseded"],
    "ends_without_draining": ["drain"],
    "says_hold_once": ["hub-restart"],
    "fails_at_what_it_does_not_know": ["unknown-type"],
    "skips_newer_versions": ["unknown-version"],
    "lets_lanes_flow": ["unknown-version"],
    "dies_of_a_pause": ["frozen"],
    "has_no_patience": ["slow-network"],
    "dies_of_a_bad_request": ["hostile-requests"],
    "trusts_fields": ["unfit-data"],
    "takes_old_ids": ["ids"],
    "works_after_the_deadline": ["deadline"],
    "waits_for_nobody": ["after"],
    "breaks_its_chain": ["log-chain"],
    "asks_what_it_may_not": ["rights"],
}


def conformance(service, *options, lang="en", **environment):
    done = subprocess.run([PROGRAMS / "gonghui", "--lang", lang, "conformance", service, "--json", *options],
                          capture_output=True, text=True, check=False, timeout=150, env=os.environ | environment)
    lines = done.stdout.splitlines()
    return (json.loads(lines[-1]) if lines else {"failed": [], "passed": []}) | {"code": done.returncode,
                                                                                "said": done.stdout + done.stderr}


class Broken(unittest.TestCase):
    def test_no_check_is_without_one(self):
        said = conformance(HERE / "popular.toml", "--only", "-")["said"]
        checks = set(said.strip().rpartition(": ")[2].split(", "))
        self.assertEqual(checks, {check for found in FAULTS.values() for check in found})

    def test_each_is_named_by_the_check_that_is_meant_for_it(self):
        def run(fault):
            only = [word for check in FAULTS[fault] for word in ("--only", check)]
            return conformance(HERE / "popular.toml", "--program", HERE / "broken.py", *only, BROKEN=fault)
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            for fault, found in zip(FAULTS, pool.map(run, FAULTS)):
                with self.subTest(fault):
                    self.assertEqual((1, FAULTS[fault]), (found["code"], [one["check"] for one in found["failed"]]),
                                     found["said"])


class Sound(unittest.TestCase):
    """What `gonghui new service` writes, a plug-in that reacts, one in C++, and a service of the house."""

    def test_passes_every_check(self):
        languages = ["python", "node"] if NODE_PACKAGES.exists() else ["python"]
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            calls = [[HERE / "matchmaking.toml", "--program", PROGRAMS / "gonghui-matchmaking"],
                     [HERE.parents[2] / "services/pledges", "--program", PROGRAMS / "pledges"]]
            for language in languages:
                service = pathlib.Path(folder) / language
                subprocess.run([PROGRAMS / "gonghui", "new", "service", "notebook", "--in", language, "--into", service],
                               check=True, stdout=subprocess.DEVNULL)
                calls.append([service])
            if "node" in languages:
                calls.append([HERE / "popular.toml", "--program", HERE.parent / "node/popular.mjs"])
            for call, found in zip(calls, pool.map(lambda call: conformance(*call), calls)):
                with self.subTest(" ".join(map(str, call))):
                    self.assertEqual((0, [], []), (found["code"], found["failed"], found["skipped"]), found["said"])
                    self.assertGreater(len(found["passed"]), 30)


class Unreadable(unittest.TestCase):
    """What is wrong with a description is said in one sentence."""

    def test_descriptions(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "conformance.toml"
            for text, said in ((None, "cannot be read"), ("= 1", "is no TOML"), ("", "service: missing"),
                               ("service = 7", "service: must be a text"),
                               ("service = 'x'\nevents = 1", "events: no such key"),
                               ("service = 'x'\n[event]\ntype = 1", "event: needs type"),
                               ("service = 'x'\n[event]\ntyp = 1", "event: no such keys: typ"),
                               ("service = 'x'\n[event]\ntype = 'y'\ndata = { name = 'base64:?' }", "event.data: what stands")):
                if text is not None:
                    file.write_text(text)
                found = conformance(folder)
                with self.subTest(text):
                    self.assertEqual(78, found["code"], found["said"])
                    self.assertIn(said, found["said"])
                    self.assertIn(str(file), found["said"])
                    self.assertEqual(1, len(found["said"].splitlines()))
            file.write_text("")
            self.assertIn("service: 缺少", conformance(folder, lang="zh-CN")["said"])
            wrong = conformance(HERE / "popular.toml", "--only", "everything")
            self.assertEqual((64, True), (wrong["code"], "everything: no such check" in wrong["said"]))
            self.assertEqual(71, conformance(HERE / "popular.toml", "--program", "/nowhere")["code"])


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1))
    unittest.main()
