#!/usr/bin/python3
"""One act at the edge, seen through every service: what a collector gets of it. The collector is a small HTTP server here,
since Debian has none; it refuses whatever is not the JSON of an ExportTraceServiceRequest (OTLP 1.x).

    traces_test.py <folder of the executables>
"""

import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import unittest
import urllib.request
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from district import Supervised  # noqa: E402
from gonghui import Request  # noqa: E402
from generate import check_digit, organisation_code  # noqa: E402

PROGRAMS = None
PATIENCE = 30.0
NAME, PHONE = "欧阳追踪", "13911112222"
USAGE = 64
NUMBER = re.compile(r"[0-9]{1,19}")


class Wrong(Exception):
    pass


def require(holds, what):
    if not holds:
        raise Wrong(what)


def members(value, required, optional=()):
    require(isinstance(value, dict), f"an object is wanted: {value!r}")
    require(set(required) <= set(value) <= {*required, *optional}, f"members {sorted(value)}")
    return value


def is_hex(text, digits):
    return isinstance(text, str) and re.fullmatch(f"[0-9a-f]{{{digits}}}", text) and set(text) != {"0"}


def attributes(listed):
    found = {}
    for one in listed:
        members(one, ["key", "value"])
        (kind, value), = members(one["value"], [], ["stringValue", "intValue"]).items()
        require(isinstance(value, str) and (kind == "stringValue" or NUMBER.fullmatch(value)), f"{one}")
        found[one["key"]] = value
    return found


def spans_in(body):
    """Of an export, as opentelemetry-proto's trace.proto has it in JSON: ids in hex, 64-bit numbers as texts."""
    found = []
    for resource in members(body, ["resourceSpans"])["resourceSpans"]:
        members(resource, ["resource", "scopeSpans"])
        about = attributes(members(resource["resource"], ["attributes"])["attributes"])
        require("service.name" in about, "a resource has a service.name")
        for scope in resource["scopeSpans"]:
            members(members(scope, ["scope", "spans"])["scope"], ["name"])
            for span in scope["spans"]:
                members(span, ["traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes",
                               "links", "status"], ["parentSpanId"])
                require(is_hex(span["traceId"], 32) and is_hex(span["spanId"], 16), f"ids of {span}")
                require(is_hex(span.get("parentSpanId", "1" * 16), 16), f"parent of {span}")
                require(span["kind"] in range(1, 6) and span["name"], f"{span}")
                begin, end = span["startTimeUnixNano"], span["endTimeUnixNano"]
                require(NUMBER.fullmatch(begin) and NUMBER.fullmatch(end) and int(begin) <= int(end), f"times of {span}")
                for link in span["links"]:
                    members(link, ["traceId", "spanId"])
                    require(is_hex(link["traceId"], 32) and is_hex(link["spanId"], 16), f"{link}")
                members(span["status"], [], ["code", "message"])
                found.append(span | {"service": about["service.name"], "said": attributes(span["attributes"])})
    return found


class Collector:
    """Keeps what is sent to it, and what was wrong with it."""

    def __init__(self):
        self.spans, self.problems, self.bodies = [], [], []
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    require(self.path == "/v1/traces" and self.headers["Content-Type"] == "application/json", self.path)
                    collector.spans += spans_in(json.loads(body))
                    status, answer = 200, b"{}"
                except (Wrong, ValueError, TypeError, KeyError) as problem:
                    collector.problems.append(f"{type(problem).__name__}: {problem}")
                    status, answer = 400, b""
                collector.bodies.append(body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}/v1/traces"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def applicant():
    seventeen = "33009919800101999"
    return {"name": NAME, "id_number": seventeen + check_digit(seventeen), "phone": PHONE}


class Traces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.base = pathlib.Path(folder.name).resolve()
        cls.collector = Collector()
        cls.addClassCleanup(cls.collector.close)
        config = cls.base / "331083.toml"
        config.write_text(f"""
            district = "331083"
            traces.endpoint = "{cls.collector.endpoint}"
            [services.registration]
            [services.training]
            [services.matchmaking]
            [services.notifications]
            [services.gateway]
            listen = "127.0.0.1:0"
            """)
        cls.district = Supervised(cls.base / "331083", PROGRAMS, ["--free-ports", "--config", str(config)])
        cls.district.start()
        cls.addClassCleanup(lambda: cls.district.stop())
        cls.city, cls.union = str(uuid.uuid4()), str(uuid.uuid4())
        middle = str(uuid.uuid4())
        with cls.district.bus("ctl") as bus:
            for one, parent, kind, more in (
                    (cls.city, None, "city", {}), (middle, cls.city, "district", {}),
                    (cls.union, middle, "union", {"code": organisation_code("81331083M00000001")})):
                data = {"organisation_id": uuid.UUID(one), "kind": kind, "name": "试验工会"} | more
                reply = bus.ask(Request("registration.found_organisation",
                                        data | ({"parent_id": uuid.UUID(parent)} if parent else {})))
                assert reply.outcome == "accepted", str(reply)
        cls.founded = f"{reply.at['source']}@{reply.at['epoch']}:{reply.at['seq']}"

    def tearDown(self):
        self.assertEqual([], self.collector.problems)

    def gonghui(self, *words, code=0):
        done = subprocess.run([*self.district.command("--lang", "en"), *map(str, words)], capture_output=True, text=True,
                              check=False, timeout=60)
        self.assertEqual(code, done.returncode, f"{words}: {done.stdout}{done.stderr}")
        return done

    def call(self, kind, data, *more):
        """The answer's data and, of a call that is traced, the trace's id."""
        done = self.gonghui("call", kind, json.dumps(data), "--compact", *more)
        found = re.search(r"trace ([0-9a-f]{32})", done.stderr)
        answer = json.loads(done.stdout)
        return answer.get("data", {}), found and found[1], answer

    def spans_of(self, trace, wanted):
        """Once all of those (service, name) are there."""
        until = time.monotonic() + PATIENCE
        while True:
            found = [span for span in self.collector.spans if span["traceId"] == trace]
            missing = set(wanted) - {(span["service"], span["name"]) for span in found}
            if not missing:
                return found
            self.assertLess(time.monotonic(), until, f"{missing} of {[(one['service'], one['name']) for one in found]}")
            time.sleep(0.05)

    def test_one_act_is_one_trace_through_every_service(self):
        application = str(uuid.uuid4())
        self.call("registration.submit_application",
                  {"application_id": application, "organisation_id": self.union} | applicant())
        data, trace, answer = self.call("registration.approve_application",
                                        {"application_id": application, "verification": "officer"}, "--trace")
        self.assertEqual(uuid.UUID(answer["id"]).hex, trace, "whoever knows the request finds its trace")
        apply = "apply registration/member_joined.v1"
        spans = self.spans_of(trace, [
            ("gonghui", "gonghui call registration.approve_application"),
            *(("gonghui-registration", name) for name in ("registration.approve_application", "commit", "publish")),
            *((f"gonghui-{service}", apply) for service in ("training", "matchmaking", "notifications")),
            ("gonghui-notifications", "commit")])
        by_id = {span["spanId"]: span for span in spans}
        self.assertEqual(len(spans), len(by_id))
        roots = [span for span in spans if "parentSpanId" not in span]
        self.assertEqual(["gonghui call registration.approve_application"], [span["name"] for span in roots])
        for span in spans:
            if span not in roots:
                self.assertIn(span["parentSpanId"], by_id, f"the parent of {span['name']}")
        request = next(span for span in spans if span["name"] == "registration.approve_application")
        self.assertEqual(roots[0]["spanId"], request["parentSpanId"])
        self.assertEqual("accepted", request["said"]["gonghui.outcome"])
        for span in spans:
            if span["name"] == apply:
                self.assertEqual(request["spanId"], span["parentSpanId"])
        # The reaction's event goes on with it: notifications' own log says so.
        logged = [json.loads(line) for line in
                  self.gonghui("log", "notifications", "--json", "--type", "message_placed").stdout.splitlines()]
        self.assertIn(trace, [one["traceparent"].split("-")[1] for one in logged])

    def test_nothing_personal_is_sent(self):
        time.sleep(1.0)  # what was under way
        everything = b"\n".join(self.collector.bodies).decode()
        for personal in (NAME, PHONE, applicant()["id_number"]):
            self.assertNotIn(personal, everything)

    def test_what_nobody_asked_to_see_is_not_seen(self):
        before = len(self.collector.spans)
        _, trace, _ = self.call("registration.counts", {})
        self.assertIsNone(trace)
        time.sleep(1.5)
        self.assertEqual([], [span["name"] for span in self.collector.spans[before:] if "counts" in span["name"]])

    def test_a_plug_in_carries_it_on(self):
        folder = self.base / "notebook"
        self.gonghui("new", "service", "notebook", "--into", folder)
        self.gonghui("plug", folder)
        _, trace, _ = self.call("notebook.note", {"organisation_id": self.city, "text": "你好"}, "--trace", "--after",
                                self.founded)
        logged = [json.loads(line) for line in self.gonghui("log", "notebook", "--json").stdout.splitlines()]
        self.assertEqual([trace], [one["traceparent"].split("-")[1] for one in logged])
        self.gonghui("unplug", "notebook")

    def test_a_collector_that_is_away_holds_up_nobody_and_is_counted(self):
        nowhere = self.base / "330324.toml"
        nowhere.write_text('district = "330324"\ntraces.endpoint = "http://127.0.0.1:9/v1/traces"\ntraces.sample = 1000\n'
                           "[services.registration]\n")
        district = OneService(self.base / "330324", PROGRAMS, ["--free-ports", "--config", str(nowhere)])
        district.start()
        self.addCleanup(district.stop)
        done = subprocess.run(district.command("--lang", "en", "call", "registration.found_organisation", json.dumps(
            {"organisation_id": str(uuid.uuid4()), "kind": "city", "name": "试验市总工会"})), capture_output=True, text=True,
            check=False, timeout=60)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("did not take this call's span", done.stderr)
        until = time.monotonic() + PATIENCE
        while self.metric(district, 'gonghui_spans_total{kind="failed"}') < 3:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)
        self.assertEqual(1, (district.folder / "log/registration.log").read_text().count("spans_not_taken"))

    @staticmethod
    def metric(district, name):
        config = tomllib.loads((district.folder / "config/registration.toml").read_text())
        with urllib.request.urlopen(f"http://{config['http']['listen']}/metrics", timeout=PATIENCE) as answer:
            found = re.search(rf"^{re.escape(name)} (\S+)$", answer.read().decode(), re.M)
        return float(found[1]) if found else 0.0

    def test_without_a_collector_nobody_can_ask_to_see(self):
        plain, plan = self.base / "plain", (self.district.folder / "district.toml").read_text()
        plain.mkdir()
        (plain / "keys").symlink_to(self.district.folder / "keys")
        (plain / "district.toml").write_text("".join(line for line in plan.splitlines(True) if not line.startswith("traces.")))
        done = subprocess.run([PROGRAMS / "gonghui", "--lang", "en", "--district-folder", plain, "call", "registration.counts",
                               "{}", "--trace"], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(USAGE, done.returncode, done.stderr)
        self.assertIn("has no traces.endpoint", done.stderr)


class OneService(Supervised):
    services = ["registration"]


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
