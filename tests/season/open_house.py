"""After the season the house is open: a visitor finds portal, console, accounts, and on one page what lies outside of a
district: the phone that one-time codes arrive on (a real SMTP server stands for the text-message gateway), the officers'
authenticator app, and a button that opens a campaign in half a minute, for which a crowd comes.

The page listens on loopback alone. Everybody in it is synthetic but the visitor.
"""

import base64
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import pathlib
import random
import re
import secrets
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import enrollment
import membership
from enrollment import Rush
from gonghui.wire import microseconds
from scene import Unexpected

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OPENS_IN = 30  # seconds
CROWD = 20_000
CROWD_COMES_OVER = 30  # seconds: slow enough to be watched
MOST_TEXTS = 20


class Phone:
    """The text-message gateway: takes mails, and shows the last ones."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        sink = ROOT / "services/notifications/mail/smtp_sink.py"
        self.process = subprocess.Popen([sys.executable, sink, self.folder.name], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def texts(self):
        """The newest first: number, what it says."""
        files = sorted(pathlib.Path(self.folder.name).glob("*.eml"), key=lambda file: int(file.stem), reverse=True)
        return [self._read(file) for file in files[:MOST_TEXTS]]

    @staticmethod
    def _read(file):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        return {"to": str(mail["To"]).partition("@")[0].strip("<\" "), "text": mail.get_content().strip()}

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.folder.cleanup()


class Account:
    """An officer's, as `gonghui accounts add` has made it."""

    def __init__(self, login, person, said):
        self.login, self.person = login, person
        self.password = re.search(r"[:：]\s*(\S+)", said.splitlines()[0])[1]
        self.secret = base64.b32decode(re.search(r"secret=(\w+)", said)[1])

    def code(self):
        """RFC 6238, as the officer's authenticator app shows it now."""
        digest = hmac.new(self.secret, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
        number = struct.unpack_from(">I", digest, digest[-1] & 15)[0] & 0x7FFFFFFF
        return f"{number % 10**6:06d}"


def open_account(scene, login, person):
    done = subprocess.run(scene.district.command("accounts", "add", login, "--person", person), capture_output=True, text=True)
    if done.returncode != 0:
        raise Unexpected(f"gonghui accounts add: {done.stderr.strip()}")
    return Account(login, person, done.stdout)


class OpenHouse:
    """`settings` go to the district before it starts; `open` is for when the season is over."""

    def __init__(self):
        self.phone = Phone()
        self.wanted = threading.Event()  # a campaign
        self.campaign = None  # what the page says of it
        self.key = secrets.token_urlsafe(16)  # of the page's button: no other page may press it
        self.server = None
        self.environment = {
            "GONGHUI_SERVICES_NOTIFICATIONS_SETTINGS":
                f'sms.host = "127.0.0.1"\nsms.port = {self.phone.port}\nsms.encryption = "none"\n'}

    def open(self, scene, organisations, officers):
        self.scene = scene
        self.district = next(one for one in organisations if one["kind"] == "district")
        union = next(one for one in organisations if one["kind"] == "union")
        self.accounts = [open_account(scene, login, officers[place["organisation_id"]])
                         for login, place in (("district", self.district), ("stall", union))]
        people = membership.people_of_the_roster(scene)
        self.people = [one.id for one in people.values() if one.state == "member"]
        lines = sorted(line for line, one in people.items() if one.state == "member")[:3]
        self.members = [{"name": name, "phone": phone} for name, phone in membership.roster_rows(scene, lines).values()]
        self.newcomer = membership.applicant(random.SystemRandom()) | {"organisation": union["name"]}
        port = gateway_port(scene.district.folder)
        self.gateway = f"http://localhost:{port}"
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        wait_for_gateway(f"http://127.0.0.1:{port}")  # a bare machine may not know that name

    def tell(self):
        say, line = self.scene.teller.say, self.scene.teller.line
        line(f"  {say('portal')}: {self.gateway}/")
        line(f"  {say('console')}: {self.gateway}/console/")
        line(f"  {say('open_house')}: http://localhost:{self.server.server_port}/")
        for one in self.accounts:
            line(f"    {say('account')}: {one.login}  {one.password}")
        for one in self.members:
            line(f"    {say('member')}: {one['name']}  {one['phone']}")

    def serve(self):
        """Until the district ends."""
        while self.scene.district.is_alive():
            if self.wanted.wait(0.5):
                self._hold_campaign()
                self.wanted.clear()

    def close(self):
        if self.server:
            self.server.shutdown()
        self.phone.close()

    def _hold_campaign(self):
        campaign = enrollment.plan_campaign(self.scene, self.district, OPENS_IN)
        self.campaign = {"opens_at": campaign.opens_at.timestamp(), "attempts": 0, "of": CROWD}
        path = self.scene.results / "crowd.csv"
        with open(path, "w") as file:
            file.write("person_id,class_id,kind,of\n")
            for person in random.choices(self.people, k=CROWD):
                file.write(f"{person},{random.choice(campaign.classes)},first,\n")
        crowd = Rush(self.scene, campaign, path, processes=1, window=512, over=CROWD_COMES_OVER)
        try:
            crowd.follow(lambda done: self.campaign.update(attempts=done))
        finally:
            crowd.end()
        self.campaign["attempts"] = CROWD

    def state(self):
        return {"gateway": self.gateway, "now": time.time(), "texts": self.phone.texts(), "campaign": self.campaign,
                "busy": self.wanted.is_set(), "members": self.members, "newcomer": self.newcomer,
                "accounts": [{"login": one.login, "password": one.password, "code": one.code()} for one in self.accounts]}

    def _handler(house):
        class Handler(http.server.BaseHTTPRequestHandler):
            def is_ours(self):
                """A page of elsewhere whose name has come to mean this machine is not."""
                return self.headers.get("Host") in (f"{name}:{house.server.server_port}" for name in ("localhost", "127.0.0.1"))

            def do_GET(self):
                if not self.is_ours():
                    return self.answer(403, "text/plain", "")
                if self.path == "/state":
                    return self.answer(200, "application/json", json.dumps(house.state()))
                if self.path == "/":
                    page = (HERE / "open_house.html").read_text(encoding="utf-8").replace("{{key}}", house.key)
                    return self.answer(200, "text/html; charset=utf-8", page)
                return self.answer(404, "text/plain", "")

            def do_POST(self):
                if not self.is_ours() or self.path != "/campaign" or self.headers.get("X-Key") != house.key:
                    return self.answer(403, "text/plain", "")
                house.wanted.set()
                return self.answer(202, "text/plain", "")

            def answer(self, status, kind, text):
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass
        return Handler


def gateway_port(folder):
    return re.search(r'edge\.listen = ".*:(\d+)"', (folder / "config" / "gateway.toml").read_text())[1]


def wait_for_gateway(address, patience=30):
    until = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(f"{address}/api/v1/health", timeout=2):
                return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > until:
                raise Unexpected(f"the gateway does not answer: {error}") from None
            time.sleep(0.2)
