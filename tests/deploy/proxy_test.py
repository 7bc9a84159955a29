"""A real nginx, set up from the example, between browsers and a real gateway: TLS, HTTP/2, events as they come, and whose
address counts.

    proxy_test.py <folder of the executables> <services/ctl/operations>
"""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "system")]

import gateway_test  # noqa: E402
import small_town  # noqa: E402

OPERATIONS = None
NAME = "portal.example.org"
PATIENCE = 10.0
SOMEWHERE_ELSE = "127.0.0.9"
# What a whole nginx has around the example, in a folder of its own and without a service.
AROUND = """daemon off;
user root;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/gonghui;
}}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class BehindNginx(gateway_test.AtTheGateway):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "web/portal").mkdir(parents=True)
        (self.folder / "web/portal/index.html").write_text("<!doctype html>")
        (self.folder / "web/portal/index.html.br").write_bytes(b"made by brotli")
        self.LIMITS = f'edge.proxies = 1\nedge.web = "{self.folder}/web"\n'
        super().setUp()
        self.start_nginx()

    def start_nginx(self):
        self.plain, self.secure = free_port(), free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
                        "-keyout", self.folder / "key.pem", "-out", self.folder / "fullchain.pem"],
                       check=True, capture_output=True)
        example = (OPERATIONS / "nginx.conf").read_text()
        for what, here in (("server 127.0.0.1:8080;", f"server {self.address};"), ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
                           ("listen 443 ", f"listen 127.0.0.1:{self.secure} "), ("/etc/ssl/gonghui", str(self.folder))):
            self.assertIn(what, example)
            example = example.replace(what, here)
        (self.folder / "gonghui").write_text(example)
        around = AROUND if os.getuid() == 0 else AROUND.replace("user root;\n", "")
        (self.folder / "nginx.conf").write_text(around.format(folder=self.folder))
        nginx = subprocess.Popen(["nginx", "-e", self.folder / "error.log", "-c", self.folder / "nginx.conf"],
                                 stderr=subprocess.PIPE, text=True)
        self.addCleanup(nginx.stderr.close)
        self.addCleanup(nginx.wait, 30)
        self.addCleanup(nginx.send_signal, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.secure)).close()
            except OSError:
                if nginx.poll() is not None:
                    self.fail(nginx.stderr.read())
                self.assertLess(time.monotonic(), until, "nginx does not listen")
                time.sleep(0.02)

    def curl(self, *words):
        return ["curl", "--silent", "--show-error", "--cacert", self.folder / "fullchain.pem",
                "--resolve", f"{NAME}:{self.secure}:127.0.0.1", "--resolve", f"{NAME}:{self.plain}:127.0.0.1", *words]

    def fetch(self, path, *words, port=None):
        """Protocol, status, headers, body."""
        where = f"http://{NAME}:{self.plain}" if port == self.plain else f"https://{NAME}:{self.secure}"
        body = self.folder / "body.out"
        done = subprocess.run(self.curl("--dump-header", "-", "--output", body, *words, where + path), capture_output=True,
                              timeout=30, check=True, text=True)
        first, *lines = done.stdout.strip().splitlines()
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        protocol, status = first.split()[:2]
        return protocol, int(status), headers, body.read_bytes() if body.exists() else b""

    def log_in(self, account, *words):
        wanted = {"login": account["login"], "password": account["password"], "totp": gateway_test.totp(account["secret"])}
        return self.fetch("/api/v1/session", "--header", "Content-Type: application/json", "--header", "X-Gonghui: 1",
                          "--header", f"Origin: https://{NAME}:{self.secure}", "--data", json.dumps(wanted), *words)

    def test_pages_come_over_http_2_as_they_were_compressed(self):
        protocol, status, headers, body = self.fetch("/", "--header", "Accept-Encoding: gzip, br")
        self.assertEqual(("HTTP/2", 200, "br", b"made by brotli"), (protocol, status, headers["content-encoding"], body))
        self.assertIn("default-src 'self'", headers["content-security-policy"])
        self.assertIn("max-age", headers["strict-transport-security"])
        _, status, headers, _ = self.fetch("/classes", port=self.plain)
        self.assertEqual((301, f"https://{NAME}/classes"), (status, headers["location"]))
        much = self.folder / "much"
        much.write_bytes(bytes(2 << 20))
        self.assertEqual(413, self.fetch("/api/v1/session", "--data-binary", f"@{much}")[1])

    def test_an_officer_comes_in_and_hears_at_once_what_changes(self):
        person = gateway_test.uuid7()
        protocol, status, headers, body = self.log_in(self.account("zhang", person))
        self.assertEqual(("HTTP/2", 200), (protocol, status), body)
        self.assertRegex(headers["set-cookie"], "^__Host-gonghui=.*; Secure")
        cookie = headers["set-cookie"].split(";")[0]
        campaign, lesson = self.campaign()
        self.district.wait_until_level(services=gateway_test.SERVICES)
        stream = subprocess.Popen(self.curl("--no-buffer", "--http2", "--header", f"Cookie: {cookie}",
                                            f"https://{NAME}:{self.secure}/api/v1/stream?campaign_id={campaign}"),
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(stream.stdout.close)
        self.addCleanup(stream.wait, 10)
        self.addCleanup(stream.terminate)
        self.assertEqual(0, self.seats(stream)["taken"])
        member = self.join_by_officer()
        asked = time.monotonic()
        self.ask("training.enroll", {"campaign_id": uuid.UUID(campaign), "class_id": uuid.UUID(lesson),
                                     "person_id": uuid.UUID(bytes=member)})
        self.assertEqual(1, self.seats(stream)["taken"])
        self.assertLess(time.monotonic() - asked, 3.0, "a second is the gateway's own step")

    @staticmethod
    def seats(stream):
        """The next event of seats; the test's own time limit ends a wait in vain."""
        for line in stream.stdout:
            if line.startswith("data:") and "taken" in line:
                return json.loads(line.removeprefix("data:"))
        raise AssertionError("the stream has ended")

    def join_by_officer(self):
        application = uuid.UUID(gateway_test.uuid7())
        reply = self.ask("registration.submit_application", {
            "application_id": application, "organisation_id": self.union, "name": "王小明",
            "id_number": gateway_test.number_of(7), "phone": "13800000007"})
        self.ask("registration.approve_application", {"application_id": application, "verification": "officer"})
        self.district.wait_until_level(services=gateway_test.SERVICES)
        return reply["person_id"]

    def test_the_address_is_the_browsers_whatever_it_says(self):
        wrong = {"login": "nobody", "password": "wrong horse battery", "secret": b"nothing"}
        status = self.log_in(wrong, "--interface", SOMEWHERE_ELSE, "--header", "X-Forwarded-For: 198.51.100.7")[1]
        self.assertEqual(401, status)
        log = (self.district.folder / "log/gateway.log").read_text()
        (told,) = [json.loads(line) for line in log.splitlines() if "log_in_failed" in line]
        self.assertEqual(SOMEWHERE_ELSE, told["address"])
        self.assertIsNone(re.search("198.51.100.7", log))


if __name__ == "__main__":
    small_town.PROGRAMS, OPERATIONS = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    if shutil.which("nginx") is None:
        sys.exit("nginx is not installed: scripts/setup test")
    unittest.main(argv=sys.argv[:1])
