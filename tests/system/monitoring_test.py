#!/usr/bin/python3
"""A real Prometheus beside a real district, set up from the example: every query of the dashboard finds figures, every
alert asks for what is measured, none is raised without a reason, and one is when a program is gone.

    monitoring_test.py <folder of the executables> <services/ctl/operations>
"""

import contextlib
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import unittest
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season"), str(HERE)]

import small_town  # noqa: E402
from district import PROGRAMS  # noqa: E402

OPERATIONS = None
PATIENCE = 30.0
SCRAPE = "1s"
RATE = "10s"
NAME = re.compile(r"\b(?:gonghui_[a-z_]+|up)\b")


class Rules(unittest.TestCase):
    def test_every_alert_is_raised_and_not_raised_as_it_should(self):
        done = subprocess.run(["promtool", "test", "rules", OPERATIONS / "alerts_test.yml"], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        rules = (OPERATIONS / "alerts.yml").read_text()
        tests = (OPERATIONS / "alerts_test.yml").read_text()
        for alert in re.findall(r"alert: (\w+)", rules):
            self.assertRegex(tests, rf"alertname: {alert}\n")  # raised
            self.assertRegex(tests, rf"alertname: {alert}, eval_time: \w+, exp_alerts: \[\]")

    def test_the_guide_says_of_each_alert_what_to_do(self):
        for guide in ("OPERATING.md", "OPERATING.zh-CN.md"):
            text = (OPERATIONS.parent / guide).read_text()
            for alert in re.findall(r"alert: (\w+)", (OPERATIONS / "alerts.yml").read_text()):
                self.assertTrue(f"`{alert}`" in text, f"{guide}: {alert}")


class Monitoring(small_town.SmallTown):
    def setUp(self):
        super().setUp()
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        plan = tomllib.loads((self.district.folder / "district.toml").read_text())
        at = [plan["hub"]["http"]] + [plan["services"][name]["http"] for name in PROGRAMS[1:]]
        example = (OPERATIONS / "prometheus.yml").read_text()
        example = re.sub(r"127\.0\.0\.1:732(\d)", lambda port: at[int(port[1])], example)
        example = example.replace("/usr/share/gonghui", str(OPERATIONS)).replace("scrape_interval: 15s",
                                                                                 f"scrape_interval: {SCRAPE}\n"
                                                                                 f"  evaluation_interval: {SCRAPE}")
        (folder / "prometheus.yml").write_text(example)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = "127.0.0.1:%d" % free.getsockname()[1]
        log = self.enterContext(open(folder / "log", "wb"))
        prometheus = subprocess.Popen(
            ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address={self.address}"], stdout=log, stderr=log)
        self.addCleanup(prometheus.wait, 30)
        self.addCleanup(prometheus.terminate)

    def ask(self, what, data=None, **more):  # of Prometheus, or of the district
        if data is not None:
            return super().ask(what, data, **more)
        query = urllib.parse.urlencode(more)
        with urllib.request.urlopen(f"http://{self.address}/api/v1/{what}?{query}", timeout=10) as answer:
            return json.load(answer)["data"]

    def until(self, what, found):
        give_up = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                if result := found():
                    return result
            self.assertLess(time.monotonic(), give_up, what)
            time.sleep(0.2)

    def query(self, expression):
        return self.ask("query", query=expression)["result"]

    def test_what_is_asked_is_measured(self):
        subprocess.run(self.district.command("backup"), check=True, stdout=subprocess.DEVNULL)
        self.join({"name": "试验", "id_number": small_town.number_of(1), "phone": "13800000001"})
        self.until("all programs are scraped twice", lambda: len(self.query("min_over_time(up[2s]) == 1")) == len(PROGRAMS))

        dashboard = json.loads((OPERATIONS / "dashboard.json").read_text())
        queries = [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel["targets"]]
        self.assertGreater(len(queries), 20)
        for title, expression in queries:
            expression = expression.replace("$district", "331083").replace("$__rate_interval", RATE)
            with self.subTest(title):
                self.until(expression, lambda asked=expression: self.query(asked))

        measured = set(self.ask("label/__name__/values"))
        rules = [rule for group in self.until("rules are evaluated", lambda: self.ask("rules")["groups"])
                 for rule in group["rules"]]
        self.assertEqual(18, len(rules))
        for rule in rules:
            with self.subTest(rule["name"]):
                self.assertEqual(set(), set(NAME.findall(rule["query"])) - measured - {"gonghui_log_check_age_seconds"})
                self.until("it is evaluated", lambda name=rule["name"]: self.health(name) == "ok")
        # What is pending waits for its `for`: whoever fills the disk at this moment would fill it within the day.
        self.assertEqual([], [one for one in self.alerts() if one["state"] == "firing"])
        self.assertEqual([], self.alerts("GonghuiInstanceGone"))

        self.district.stop_program("notifications")
        (raised,) = self.until("the alert", lambda: self.alerts("GonghuiInstanceGone"))
        self.assertEqual(("notifications", "331083"), (raised["labels"]["service"], raised["labels"]["district"]))

    def alerts(self, name=None):
        return [one for one in self.ask("alerts")["alerts"] if name in (None, one["labels"]["alertname"])]

    def health(self, name):
        return next(rule["health"] for group in self.ask("rules")["groups"] for rule in group["rules"]
                    if rule["name"] == name)


if __name__ == "__main__":
    small_town.PROGRAMS, OPERATIONS = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    if shutil.which("prometheus") is None:
        sys.exit("prometheus is not installed: scripts/setup test")
    unittest.main(argv=sys.argv[:1])
