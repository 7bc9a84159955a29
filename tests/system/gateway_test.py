"""The gateway with the real district behind it: who comes in and as what, what is answered to whom, and what is not.

gateway_test.py PROGRAMS
"""

import base64
import contextlib
import email
import hashlib
import hmac
import http.client
import json
import pathlib
import re
import secrets
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import uuid

import small_town
from small_town import ByHand, InADistrict, number_of

from gonghui import Request  # noqa: E402  (small_town has said where it is)

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SINK = REPOSITORY / "services/notifications/mail/smtp_sink.py"
OPENAPI = json.loads((REPOSITORY / "schemas/generated/openapi.json").read_text())
SERVICES = ["registration", "training", "matchmaking", "notifications", "gateway"]
ROLES = ("worker", "officer", "township", "district", "city")

# How far each role reaches at each route: n(obody), s(elf), p(lace and below), a(ll), in the order of ROLES. Written by
# hand, so that a change of a schema shows here; a route without a row fails.
TABLE = {
    "/gateway/held_about": "sssss",
    "/matchmaking/block_person": "snnnn",
    "/matchmaking/browse": "snnnn",
    "/matchmaking/cancel_sign_up": "snnnn",
    "/matchmaking/check_in": "nppaa",
    "/matchmaking/choose": "snnnn",
    "/matchmaking/close_choosing": "nppaa",
    "/matchmaking/declare_single": "snnnn",
    "/matchmaking/evening_status": "aaaaa",
    "/matchmaking/evenings": "aaaaa",
    "/matchmaking/give_consent": "snnnn",
    "/matchmaking/held_about": "snnnn",
    "/matchmaking/my_evening": "snnnn",
    "/matchmaking/my_profile": "snnnn",
    "/matchmaking/my_results": "snnnn",
    "/matchmaking/open_choosing": "nppaa",
    "/matchmaking/plan_evening": "nppaa",
    "/matchmaking/publish_profile": "snnnn",
    "/matchmaking/report_person": "snnnn",
    "/matchmaking/reports": "nnnaa",
    "/matchmaking/sign_up": "snnnn",
    "/matchmaking/withdraw_consent": "snnnn",
    "/matchmaking/withdraw_declaration": "snnnn",
    "/matchmaking/withdraw_profile": "snnnn",
    "/notifications/deliveries": "sssas",
    "/notifications/held_about": "sssss",
    "/notifications/inbox": "sssss",
    "/notifications/mark_read": "sssss",
    "/notifications/preferences": "sssss",
    "/notifications/set_preference": "sssss",
    "/notifications/set_quiet_hours": "nnnpp",
    "/notifications/template_preview": "naaaa",
    "/notifications/unread_count": "sssss",
    "/registration/announce": "nppaa",
    "/registration/announcements": "nppaa",
    "/registration/approve_application": "nppaa",
    "/registration/change_contact": "sppaa",
    "/registration/check_roster": "nppaa",
    "/registration/close_organisation": "nnpaa",
    "/registration/counts": "nppaa",
    "/registration/erase_person": "sssaa",
    "/registration/find_member": "nppaa",
    "/registration/found_organisation": "nnpaa",
    "/registration/give_consent": "sssss",
    "/registration/grant_role": "nnpaa",
    "/registration/held_about": "sppaa",
    "/registration/import_roster": "nppaa",
    "/registration/leave": "sppaa",
    "/registration/looks": "nppaa",
    "/registration/member_card": "sppaa",
    "/registration/members_of": "nppaa",
    "/registration/move_organisation": "nnpaa",
    "/registration/officers": "nppaa",
    "/registration/organisation_tree": "aaaaa",
    "/registration/pending_applications": "nppaa",
    "/registration/people": "nppaa",
    "/registration/read_unmasked": "sssss",
    "/registration/refuse_application": "nppaa",
    "/registration/restore_member": "nppaa",
    "/registration/retain_member": "nppaa",
    "/registration/revoke_role": "nnpaa",
    "/registration/submit_application": "appaa",
    "/registration/transfer_member": "nnpaa",
    "/registration/unmask_member": "sppaa",
    "/registration/withdraw_consent": "sssss",
    "/training/accept_offer": "sppaa",
    "/training/add_course": "nnnaa",
    "/training/campaign_status": "aaaaa",
    "/training/campaigns": "aaaaa",
    "/training/cancel": "sppaa",
    "/training/change_campaign": "nppaa",
    "/training/class_roster": "nppaa",
    "/training/courses": "aaaaa",
    "/training/decline_offer": "sppaa",
    "/training/enroll": "sppaa",
    "/training/held_about": "sssss",
    "/training/my_enrollments": "sppaa",
    "/training/my_rank": "sppaa",
    "/training/open_class": "nppaa",
    "/training/plan_campaign": "nppaa",
}
# Whom they are about, they say by another id than a person's: whoever may ask is told of it otherwise (find_member: that
# there is nobody; people: not shown; imports: row by row; looks: that there is no such look).
WITHOUT_A_PLACE = {"/registration/find_member", "/registration/people", "/registration/check_roster",
                   "/registration/import_roster", "/registration/read_unmasked"}
# What is not of the catalogue: method, path, whether it is for anybody.
BESIDE = {("post", "/session/code"): True, ("post", "/session"): True, ("get", "/session"): False,
          ("delete", "/session"): False, ("put", "/session/role"): False, ("get", "/sessions"): False,
          ("put", "/session/password"): False, ("post", "/session/password/removal"): False,
          ("put", "/session/phone"): False,
          ("delete", "/sessions/{session_id}"): False, ("get", "/stream"): False, ("get", "/operations/status"): False,
          ("get", "/health"): True}


def uuid7():
    made = bytearray(int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10))
    made[6], made[8] = 0x70 | made[6] & 0x0F, 0x80 | made[8] & 0x3F
    return str(uuid.UUID(bytes=bytes(made)))


def totp(secret, later=0):
    """`later`: thirty seconds each; the gateway takes the code before and after the present one, too."""
    digest = hmac.new(secret, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Browser:
    """One page's view of the gateway."""

    def __init__(self, address):
        self.address = address
        self.connection = http.client.HTTPConnection(address, timeout=20)
        self.cookie = None

    def __call__(self, method, path, body=None, **headers):
        sent = {"X-Gonghui": "1", "Origin": f"http://{self.address}", "Accept-Language": "en"}
        if body is not None:
            sent["Content-Type"] = "application/json"
        if self.cookie:
            sent["Cookie"] = self.cookie
        for name, value in headers.items():
            sent[name.replace("_", "-")] = value
        sent = {name: value for name, value in sent.items() if value is not None}
        self.connection.request(method.upper(), "/api/v1" + path, None if body is None else json.dumps(body), sent)
        reply = self.connection.getresponse()
        text = reply.read().decode()
        if cookie := reply.headers.get("Set-Cookie"):
            self.cookie = cookie.split(";")[0]
        self.last = reply
        return reply.status, json.loads(text) if text else None

    def command(self, path, body, key=None, **headers):
        return self("post", path, body, Idempotency_Key=key or uuid7(), **headers)


class WithAGateway(ByHand):
    services = SERVICES


class AtTheGateway(InADistrict):
    DISTRICT = WithAGateway
    LIMITS = "limit.person = 100000\nlimit.address = 100000\n"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.mails = pathlib.Path(folder.name)
        sink = subprocess.Popen([sys.executable, SINK, folder.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(sink.wait)
        self.addCleanup(sink.stdout.close)
        self.addCleanup(sink.stdin.close)
        port = sink.stdout.readline().strip()
        self.CONFIG = "".join(f"[services.{name}]\n" for name in SERVICES[:3]) + f'''
            [services.notifications]
            settings = """
            sms.host = "127.0.0.1"
            sms.port = {port}
            sms.encryption = "none"
            sms.domain = "sms.example"
            """
            [services.gateway]
            listen = "127.0.0.1:0"
            settings = """{self.LIMITS}"""
            '''
        self.personal = {"王小明"}  # whatever nobody may write down
        super().setUp()
        self.addCleanup(self.assert_nothing_personal_is_written_down)
        text = (self.district.folder / "config/gateway.toml").read_text()
        self.address = re.search(r'edge\.listen = "(.*)"', text)[1]
        self.wait_for_the_edge()
        self.city, self.place, self.township, self.union = (uuid.uuid4() for _ in range(4))
        for organisation, parent, kind, code in ((self.city, None, "city", None), (self.place, self.city, "district", None),
                                                 (self.township, self.place, "township", None),
                                                 (self.union, self.place, "union", "81331083M00000169Y")):
            data = {"organisation_id": organisation, "kind": kind, "name": "试验工会"}
            data |= {"parent_id": parent} if parent else {}
            data |= {"code": code} if code else {}
            self.ask("registration.found_organisation", data)

    def wait_for_the_edge(self):
        until = time.monotonic() + 20
        while True:
            try:
                if self.browser()("get", "/health")[0] == 200:
                    return
            except OSError:
                self.assertLess(time.monotonic(), until, "the gateway does not listen")
            time.sleep(0.02)

    def ask(self, kind, data):
        reply = self.operator.ask(Request(kind, data))
        self.assertEqual("accepted", reply.outcome, f"{kind}: {reply}")
        return reply.data

    def browser(self):
        page = Browser(self.address)
        self.addCleanup(page.connection.close)
        return page

    def assert_nothing_personal_is_written_down(self):
        """In what the programs say: the gateway above all, through which all of it has come."""
        said = {file.name: file.read_text() for file in (self.district.folder / "log").iterdir()}
        self.assertIn("edge_opened", said["gateway.log"])
        for name, text in said.items():
            for words in sorted(self.personal):
                self.assertNotIn(words, text, name)

    def code_for(self, phone):
        """What has arrived at the number."""
        self.personal.add(phone)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for file in sorted(self.mails.glob("*.eml"), key=lambda one: -int(one.stem)):
                mail = email.message_from_bytes(file.read_bytes())
                if mail["To"] == f"<{phone}@sms.example>":
                    return re.search(r"\b\d{6}\b", mail.get_payload(decode=True).decode())[0]
            time.sleep(0.05)
        self.fail("no code has come")

    def by_phone(self, phone):
        page = self.browser()
        self.assertEqual(202, page("post", "/session/code", {"phone": phone})[0])
        return self.come_in(page, {"phone": phone, "code": self.code_for(phone)})

    def come_in(self, page, proof):
        status, session = page("post", "/session", proof)
        self.assertEqual(200, status, session)
        page.person = session["person_id"]
        self.personal |= {page.cookie.split("=")[1], *(proof[name] for name in ("phone", "password") if name in proof)}
        return page

    def account(self, login, person):
        done = subprocess.run(self.district.command("--lang", "en", "accounts", "add", login, "--person", person),
                              capture_output=True, text=True, check=True)
        return {"login": login, "password": re.search(r"once\): (\S+)", done.stdout)[1],
                "secret": base64.b32decode(re.search(r"secret=(\w+)", done.stdout)[1])}

    def by_password(self, account):
        return self.come_in(self.browser(), {"login": account["login"], "password": account["password"],
                                             "totp": totp(account["secret"])})

    def officer(self, login, role, place):
        person = uuid7()
        self.ask("registration.grant_role", {"person_id": uuid.UUID(person), "role": role, "place_id": place})
        self.district.wait_until_level(services=SERVICES)
        return self.by_password(self.account(login, person))

    def join(self, page, number):
        """Whoever has come in as nobody becomes a member."""
        self.personal.add(number_of(number))
        status, reply = page.command("/registration/submit_application", {
            "application_id": uuid7(), "organisation_id": str(self.union), "name": "王小明", "id_number": number_of(number),
            "phone": f"138000{number:05d}"})
        self.assertEqual(200, status, reply)
        return reply["person_id"]

    def campaign(self, opens_in=-1.0, capacity=1):
        """Its id, and that of its one class."""
        campaign, course, lesson = (uuid.uuid4() for _ in range(3))
        now = int(time.time() * 1e6)
        self.ask("training.add_course", {"course_id": course, "title_zh": "茶艺", "title_en": "Tea"})
        self.ask("training.plan_campaign", {
            "campaign_id": campaign, "organisation_id": self.union, "name_zh": "春", "name_en": "Spring",
            "opens_at": now + int(opens_in * 1e6), "closes_at": now + 7_200_000_000, "classes_per_person": 2,
            "offer_seconds": 0})
        self.ask("training.open_class", {
            "class_id": lesson, "campaign_id": campaign, "course_id": course, "capacity": capacity, "minimum": 0, "venue": "二楼",
            "sessions": [{"starts_at": now + 86_400_000_000, "ends_at": now + 90_000_000_000}]})
        return str(campaign), str(lesson)

    def member(self, number):
        page = self.by_phone(f"138000{number:05d}")
        person = self.join(page, number)
        self.assertEqual(person, page.person, "who applies stays who has logged in")
        application = self.ask("registration.pending_applications", {"organisation_id": self.union})["applications"][-1]
        self.ask("registration.approve_application", {"application_id": application["application_id"], "verification": "officer"})
        self.district.wait_until_level(services=SERVICES)
        return page


class Journeys(AtTheGateway):
    def test_a_worker_comes_in_joins_and_enrolls(self):
        page = self.member(1)
        known = self.ask("registration.person_by_phone", {"phone": "138 0000 0001"})
        self.assertEqual([uuid.UUID(page.person).bytes], known["persons"])
        status, problem = self.browser()("post", "/session/code", {"phone": "+86 13800000001"})
        self.assertEqual((429, "too_many_requests"), (status, problem["code"]), "one a minute")
        campaign, lesson = self.campaign()
        self.district.wait_until_level(services=SERVICES)
        wanted = {"campaign_id": campaign, "class_id": lesson}
        key = uuid7()
        self.assertEqual((200, {"state": "taken"}), page.command("/training/enroll", wanted, key))
        self.assertEqual((200, {"state": "taken"}), page.command("/training/enroll", wanted, key), "the same tap again")
        self.assertRegex(page.last.headers["Gonghui-At"], r"^331083/training/0@1:\d+$")
        self.assertEqual(key, page.last.headers["Idempotency-Key"])
        status, problem = page.command("/training/enroll", wanted)
        self.assertEqual((409, "already_enrolled"), (status, problem["code"]))
        status, problem = page.command("/training/cancel", wanted, key)
        self.assertEqual((422, "id_reused"), (status, problem["code"]))

        status, inbox = page("get", "/notifications/inbox?limit=5", Gonghui_After=page.last.headers["Gonghui-At"])
        self.assertEqual(200, status)
        self.assertIn("training", {message["topic"] for message in inbox["messages"]})
        status, mine = page("get", "/training/my_enrollments")
        self.assertEqual([lesson], [one["class_id"] for one in mine["enrollments"]])
        status, held = page("get", "/gateway/held_about")
        self.assertEqual([{"class_id": lesson}], held["places"])

    def test_what_is_too_early_is_answered_as_the_service_would(self):
        page = self.member(2)
        campaign, lesson = self.campaign(opens_in=3600)
        wanted = {"campaign_id": uuid.UUID(campaign), "class_id": uuid.UUID(lesson), "person_id": uuid.UUID(page.person)}
        service = self.operator.ask(Request("training.enroll", wanted))
        self.district.wait_until_level(services=SERVICES)
        before = self.district.rows("training", "SELECT count(*) FROM answers")
        status, problem = page.command("/training/enroll", {"campaign_id": campaign, "class_id": lesson})
        self.assertEqual((409, service.code), (status, problem["code"]))
        self.assertEqual(before, self.district.rows("training", "SELECT count(*) FROM answers"), "nobody was asked")
        self.assertEqual(list(service.facts), list(problem["facts"]))

    def test_an_officer_acts_in_a_role_and_loses_it(self):
        page = self.officer("zhang", "district", self.place)
        status, session = page("get", "/session")
        self.assertEqual(["worker", "district"], [role["role"] for role in session["roles"]])
        self.assertEqual({"role": "district", "place": str(self.place), "name": "试验工会"}, session["role"])
        self.assertEqual(200, page("get", "/registration/counts")[0])
        self.assertEqual(200, page("put", "/session/role", {"role": "worker"})[0])
        self.assertEqual(403, page("get", "/registration/counts")[0])
        self.assertEqual(403, page("put", "/session/role", {"role": "city", "place": str(self.city)})[0])
        self.assertEqual(200, page("put", "/session/role", {"role": "district", "place": str(self.place)})[0])
        self.ask("registration.revoke_role", {"person_id": uuid.UUID(page.person), "role": "district", "place_id": self.place})
        self.district.wait_until_level(services=SERVICES)
        self.assertEqual(403, page("get", "/registration/counts")[0])
        subprocess.run(self.district.command("accounts", "remove", "zhang"), check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(401, page("get", "/session")[0], "with the account go its sessions")

    def test_a_password_alone_opens_nothing_and_no_code_twice(self):
        account = self.account("li", uuid7())
        page = self.browser()
        good = {"login": "li", "password": account["password"], "totp": totp(account["secret"])}
        for wrong in ({"password": "no"}, {"totp": "000000"}, {"login": "nobody"}):
            status, problem = page("post", "/session", good | wrong)
            self.assertEqual((401, "bad_credentials"), (status, problem["code"]), wrong)
        good["totp"] = totp(account["secret"])
        self.assertEqual(200, page("post", "/session", good)[0])
        self.assertEqual(401, self.browser()("post", "/session", good)[0], "the code was used")
        self.assertNotIn(account["password"], (self.district.folder / "log/gateway.log").read_text())

    def test_sessions_are_shown_and_ended(self):
        page = self.by_phone("13800000003")
        self.assertRegex(page.last.headers["Set-Cookie"],
                         r"^__Host-gonghui=[\w-]{43}; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=\d+$")
        token = page.cookie.split("=")[1]
        raw = base64.urlsafe_b64decode(token + "=")
        for file in (self.district.folder / "store").glob("gateway-0.db*"):
            self.assertNotIn(raw, file.read_bytes(), f"{file} holds a token")
        status, listed = page("get", "/sessions")
        self.assertEqual([True], [one["is_this"] for one in listed["sessions"]])
        self.assertEqual(404, page("delete", f"/sessions/{uuid7()}")[0])
        self.assertEqual(204, page("delete", f"/sessions/{listed['sessions'][0]['session_id']}")[0])
        page.cookie = f"__Host-gonghui={token}"
        self.assertEqual(401, page("get", "/session")[0])

    def test_no_other_site_gets_anything_done(self):
        page = self.by_phone("13800000004")
        for headers, code in (({"Origin": "https://elsewhere.example"}, "foreign_origin"), ({"Origin": None}, "foreign_origin"),
                              ({"Origin": "null"}, "foreign_origin"), ({"X_Gonghui": None}, "no_guard")):
            status, problem = page.command("/registration/give_consent", {"purpose": "x"}, **headers)
            self.assertEqual((403, code), (status, problem["code"]), headers)

    def test_what_is_asked_in_another_way_is_told_how(self):
        page = self.by_phone("13800000021")
        for method, path, allowed in (("put", "/session", "GET, HEAD, POST, DELETE"), ("get", "/session/code", "POST"),
                                      ("post", "/sessions", "GET, HEAD"), ("get", "/training/enroll", "POST"),
                                      ("post", "/notifications/inbox", "GET, HEAD"), ("head", "/stream", "GET")):
            status, _ = page(method, path)
            self.assertEqual((405, allowed, "no-store"),
                             (status, page.last.headers["Allow"], page.last.headers["Cache-Control"]), (method, path))
        self.assertEqual((200, None), page("head", "/session"))
        for path in ("/api", "/api/", "/api/v2/session", "/api/v1", "/api/v1/session/"):
            page.connection.request("GET", path)
            reply = page.connection.getresponse()
            self.assertEqual((404, "no_such_route"), (reply.status, json.loads(reply.read())["code"]), path)

    def test_what_was_typed_to_log_in_is_a_json_object_of_texts(self):
        page = self.browser()
        self.assertEqual((415, "not_json"), self.told(page("post", "/session", {}, Content_Type="text/plain")))
        self.assertEqual((415, "not_json"), self.told(page("post", "/session", {}, Content_Type="application/jsonp")))
        self.assertEqual((415, "not_json"), self.told(page("post", "/session/code")))
        for body in ([], "x", 1):
            self.assertEqual((400, "not_json"), self.told(page("post", "/session/code", body)))
        for phone, code in ((13800000022, "wrong_type"), ("", "missing"), ("1" * 33, "too_long")):
            status, problem = page("post", "/session/code", {"phone": phone})
            self.assertEqual((422, [code]), (status, [one["code"] for one in problem["errors"]]), phone)
        worker = self.by_phone("13800000022")
        for body, path, code in (({"role": "king"}, "role", "unknown_value"), ({"role": "worker", "place": "here"}, "place", "wrong_type")):
            status, problem = worker("put", "/session/role", body)
            self.assertEqual((422, path, code), (status, problem["errors"][0]["path"], problem["errors"][0]["code"]))

    @staticmethod
    def told(answer):
        return answer[0], answer[1]["code"]

    def test_a_page_is_told_without_asking(self):
        page, other = self.member(5), self.by_phone("13800000006")
        campaign, lesson = self.campaign()
        self.district.wait_until_level(services=SERVICES)
        stream = http.client.HTTPConnection(self.address, timeout=20)
        self.addCleanup(stream.close)
        stream.request("GET", f"/api/v1/stream?campaign_id={campaign}", headers={"Cookie": page.cookie})
        reply = stream.getresponse()
        self.assertEqual("text/event-stream", reply.headers["Content-Type"])

        def wait_for(name, fits):
            until = time.monotonic() + 15
            while time.monotonic() < until:
                if reply.readline().decode().strip() != f"event: {name}":
                    continue
                data = json.loads(reply.readline().decode().removeprefix("data: "))
                if fits(data):
                    return data
            self.fail(f"no such event {name}")

        seats = wait_for("seats", lambda data: True)
        self.assertEqual((lesson, 0, 1), (seats["class_id"], seats["taken"], seats["capacity"]))
        unread = wait_for("inbox", lambda data: True)["unread"]
        self.assertEqual(200, page.command("/training/enroll", {"campaign_id": campaign, "class_id": lesson})[0])
        wait_for("seats", lambda data: data["taken"] == 1)
        wait_for("inbox", lambda data: data["unread"] > unread)
        del other

    def test_a_stream_that_was_left_makes_room_at_once(self):
        page = self.by_phone("13800000023")
        for _ in range(3):
            streams = [self.stream(page) for _ in range(10)]
            self.assertEqual({200}, {reply.status for _, reply in streams})
            connection, reply = self.stream(page)
            self.assertEqual(429, reply.status, "ten at most")
            connection.close()
            for connection, reply in streams:
                reply.close()
                connection.close()
            until = time.monotonic() + 5
            while not self.opens(page):
                self.assertLess(time.monotonic(), until, "no room although all were left")
                time.sleep(0.02)

    def opens(self, page):
        connection, reply = self.stream(page)
        reply.close()
        connection.close()
        return reply.status == 200

    def stream(self, page):
        connection = http.client.HTTPConnection(page.address, timeout=20)
        connection.request("GET", "/api/v1/stream", headers={"Cookie": page.cookie})
        return connection, connection.getresponse()

    def test_a_page_is_told_no_more_when_its_person_is_somebody_else(self):
        page = self.officer("wang", "district", self.place)

        def end_of_stream(change):
            """Seconds from the change."""
            stream = http.client.HTTPConnection(self.address, timeout=20)
            self.addCleanup(stream.close)
            stream.request("GET", f"/api/v1/stream?campaign_id={uuid.uuid4()}", headers={"Cookie": page.cookie})
            reply = stream.getresponse()
            self.assertEqual(200, reply.status)
            change()
            since = time.monotonic()
            while reply.readline() and time.monotonic() < since + 15:
                pass
            return time.monotonic() - since

        self.assertLess(end_of_stream(lambda: page("put", "/session/role", {"role": "worker"})), 5)
        self.assertLess(end_of_stream(lambda: page("delete", "/session")), 5)

    def test_it_ends_in_order_and_sessions_stay(self):
        page = self.by_phone("13800000007")
        waiting = http.client.HTTPConnection(self.address, timeout=20)
        self.addCleanup(waiting.close)
        waiting.request("GET", "/api/v1/health")
        waiting.getresponse().read()
        outcomes = []

        def ask_on():
            while not outcomes or outcomes[-1] == 200:
                try:
                    outcomes.append(page("get", "/training/my_enrollments")[0])
                except (OSError, http.client.HTTPException):
                    outcomes.append("gone")
        asking = threading.Thread(target=ask_on)
        asking.start()
        time.sleep(0.3)
        self.assertEqual(0, self.district.stop_program("gateway"))
        asking.join(20)
        self.assertGreater(outcomes.count(200), 3)
        self.assertEqual("gone", outcomes[-1], "what was under way was answered, and nothing after it")
        self.district.start_program("gateway")
        self.wait_for_the_edge()
        later = self.browser()
        later.cookie = page.cookie
        status, session = later("get", "/session")
        self.assertEqual((200, page.person), (status, session["person_id"]))


class OwnPasswords(AtTheGateway):
    GOOD, BETTER = "lan hua 32 deng", "mei hua 57 chuang"

    def enter(self, phone, password):
        page = self.browser()
        self.personal.add(password)
        status, reply = page("post", "/session", {"phone": phone, "password": password})
        return page, (status, (reply or {}).get("code"))

    def test_a_worker_chooses_one_changes_and_removes_it(self):
        page, phone = self.member(11), "13800000011"
        self.assertFalse(page("get", "/session")[1]["has_password"])
        for weak, why in (("short", "short_password"), ("13800000011aa", "easy_password"), ("gonghui123456", "easy_password")):
            status, problem = page("put", "/session/password", {"password": weak})
            self.assertEqual((422, [("password", why)]), (status, [(one["path"], one["code"]) for one in problem["errors"]]))
        self.assertEqual(204, page("put", "/session/password", {"password": self.GOOD})[0])
        self.assertTrue(page("get", "/session")[1]["has_password"])

        other, answer = self.enter("+86 138-0000-0011", self.GOOD)
        self.assertEqual((200, None), answer)
        self.assertEqual(page.person, other("get", "/session")[1]["person_id"])
        self.assertNotIn("proved_until", other("get", "/session")[1])
        change = {"password": self.BETTER}
        self.assertEqual("proof_needed", other("put", "/session/password", change)[1]["code"], "no code was shown there")
        self.assertEqual("proof_needed", other("post", "/session/password/removal", {})[1]["code"])
        status, problem = other("put", "/session/password", change | {"current": "not the present one"})
        self.assertEqual((403, "wrong_current"), (status, problem["code"]))
        self.assertEqual(204, other("put", "/session/password", change | {"current": self.GOOD})[0])
        self.assertEqual(401, page("get", "/session")[0], "the others are over")
        self.assertEqual((401, "wrong_password"), self.enter(phone, self.GOOD)[1])
        third, answer = self.enter(phone, self.BETTER)
        self.assertEqual((200, None), answer)

        status, held = third("get", "/gateway/held_about")
        self.assertIn("password_set_at", held)
        self.assertEqual(204, third("post", "/session/password/removal", {"current": self.BETTER})[0])
        self.assertEqual((401, "wrong_password"), self.enter(phone, self.BETTER)[1])
        self.assertEqual(409, third("post", "/session/password/removal", {})[0])
        for file in self.district.folder.rglob("*"):
            if file.is_file():
                for text in (self.GOOD, self.BETTER, "$argon2id$"):
                    self.assertNotIn(text.encode(), file.read_bytes(), file)

    def test_nobody_learns_who_has_one(self):
        self.member(12)
        page = self.member(13)
        self.assertEqual(204, page("put", "/session/password", {"password": self.GOOD})[0])
        took = {}
        for phone in ("13800000012", "13800000013", "13900009999"):
            since = time.monotonic()
            self.assertEqual((401, "wrong_password"), self.enter(phone, self.BETTER)[1])
            took[phone] = time.monotonic() - since
        self.assertGreater(min(took.values()), 0.01, "Argon2id was done for each")

    def test_guessing_is_slow_for_one_number_whoever_guesses(self):
        answers = [self.enter("13800000014", f"mei hua {n} chuang")[1][0] for n in range(12)]
        self.assertEqual([401] * 10 + [429] * 2, answers)

    def test_who_is_no_member_leaves_no_password_to_the_next_with_the_number(self):
        page = self.by_phone("13800000015")
        status, problem = page("put", "/session/password", {"password": self.GOOD})
        self.assertEqual((409, "unknown_person"), (status, problem["code"]))

    def test_an_erasure_takes_it_along(self):
        page = self.member(16)
        self.assertEqual(204, page("put", "/session/password", {"password": self.GOOD})[0])
        keyring = self.district.folder / "store/gateway-0.keyring.db"
        self.assertEqual([(True,)], self.keys_of(keyring, page.person))
        self.assertEqual(200, page.command("/registration/leave", {"reason": "resigned"})[0])
        self.assertEqual(200, page.command("/registration/erase_person", {})[0])
        self.district.wait_until_level(services=SERVICES)
        self.assertEqual([(False,)], self.keys_of(keyring, page.person), "what the log holds opens nowhere again")
        self.assertEqual(401, page("get", "/session")[0])
        self.assertEqual((401, "wrong_password"), self.enter("13800000016", self.GOOD)[1])
        self.assertEqual([], self.district.rows("gateway", "SELECT * FROM passwords"))

    def keys_of(self, keyring, person):
        with contextlib.closing(sqlite3.connect(f"file:{keyring}?mode=ro", uri=True)) as database:
            return [(one is not None,) for (one,) in database.execute("SELECT wrapped FROM keys WHERE owner = ?",
                                                                      (uuid.UUID(person).bytes,))]

    def test_an_officer_changes_theirs_with_the_present_one_and_a_code(self):
        account = self.account("sun", uuid7())
        # Three codes that are good at once, so that nobody waits for the next.
        used, now, later = (totp(account["secret"], step) for step in (-1, 0, 1))
        page = self.come_in(self.browser(), {"login": "sun", "password": account["password"], "totp": used})
        change = {"password": self.GOOD, "current": account["password"], "totp": now}
        for lacking in ("current", "totp"):
            status, problem = page("put", "/session/password", {name: change[name] for name in change if name != lacking})
            self.assertEqual((422, [lacking]), (status, [one["path"] for one in problem["errors"]]))
        for wrong in ({"current": "not the present one"}, {"totp": "000000"}, {"totp": used}):
            status, problem = page("put", "/session/password", change | wrong)
            self.assertEqual((403, "wrong_current"), (status, problem["code"]), wrong)
        self.assertEqual(403, page("post", "/session/password/removal", {"current": account["password"]})[0])
        self.assertEqual(204, page("put", "/session/password", change)[0])
        self.personal.add(self.GOOD)
        self.assertEqual(200, page("get", "/session")[0])
        again = {"login": "sun", "password": self.GOOD, "totp": later}
        self.assertEqual(401, self.browser()("post", "/session", again | {"password": account["password"]})[0])
        self.assertEqual(401, self.browser()("post", "/session", again | {"totp": now})[0], "the code was used")
        self.come_in(self.browser(), again)


class OwnNumbers(AtTheGateway):
    def code_at(self, phone):
        self.assertEqual(202, self.browser()("post", "/session/code", {"phone": phone})[0])
        return self.code_for(phone)

    def test_a_worker_shows_that_the_new_number_is_theirs(self):
        page, new = self.member(21), "13700000021"
        status, problem = page.command("/registration/change_contact", {"phone": new})
        self.assertEqual((409, "phone_unconfirmed"), (status, problem["code"]))
        code = self.code_at(new)
        status, problem = page("put", "/session/phone", {"phone": new, "code": f"{(int(code) + 1) % 1_000_000:06d}"})
        self.assertEqual((403, "bad_code"), (status, problem["code"]))
        self.assertEqual(204, page("put", "/session/phone", {"phone": "+86 " + new, "code": code})[0])
        self.district.wait_until_level(services=SERVICES)
        self.assertEqual(200, page("get", "/session")[0], "they have shown it themselves")
        held = self.ask("registration.person_by_phone", {"phone": new})["persons"]
        self.assertEqual([uuid.UUID(page.person).bytes], held)

    def test_nobody_is_kept_out_by_who_takes_their_number(self):
        owner, thief = self.member(22), self.member(23)
        code = self.code_at("13700000023")
        status, problem = thief("put", "/session/phone", {"phone": "13800000022", "code": code})
        self.assertEqual((403, "bad_code"), (status, problem["code"]), "a code of another number")
        stranger = self.by_phone("13700000024")
        status, problem = stranger.command("/registration/submit_application", {
            "application_id": uuid7(), "organisation_id": str(self.union), "name": "王小明", "id_number": number_of(24),
            "phone": "13800000022"})
        self.assertEqual((409, "phone_unconfirmed"), (status, problem["code"]))
        self.assertEqual([uuid.UUID(owner.person).bytes],
                         self.ask("registration.person_by_phone", {"phone": "13800000022"})["persons"])

    def test_what_an_officer_corrects_ends_what_the_number_has_opened(self):
        page = self.member(25)
        officer = self.officer("zhou", "officer", self.union)
        status, _ = officer.command("/registration/change_contact", {"person_id": page.person, "phone": "13700000025"})
        self.assertEqual(200, status)
        self.district.wait_until_level(services=SERVICES)
        self.assertEqual(401, page("get", "/session")[0])
        self.assertEqual(200, officer("get", "/session")[0])


class Limited(AtTheGateway):
    LIMITS = "limit.codes_per_minute = 2\n"

    def test_the_district_sends_no_more_codes_than_it_may(self):
        page = self.browser()
        self.assertEqual([202, 202], [page("post", "/session/code", {"phone": f"1380000003{n}"})[0] for n in range(2)])
        status, problem = page("post", "/session/code", {"phone": "13800000032"})
        self.assertEqual((429, "too_many_codes"), (status, problem["code"]))
        self.assertIn(int(page.last.headers["Retry-After"]), range(1, 31))

    def test_nobody_fills_the_log_with_roles(self):
        page = self.by_phone("13800000010")
        statuses = [page("put", "/session/role", {"role": "worker"})[0] for _ in range(40)]
        self.assertEqual(200, statuses[0])
        self.assertIn(429, statuses)


class Rights(AtTheGateway):
    """Every route x role x whose it is."""

    def test_every_route_stands_in_the_table_and_in_the_document(self):
        described = {(method, path) for path, methods in OPENAPI["paths"].items() for method in methods}
        of_the_catalogue = {(method, path) for method, path in described if (method, path) not in BESIDE}
        self.assertEqual(set(BESIDE), described - of_the_catalogue)
        self.assertEqual(set(TABLE), {path for _, path in of_the_catalogue})

    def test_nobody_reaches_further_than_the_table_says(self):
        self.examples = self.read_examples()
        pages = {"worker": self.by_phone("13800000008"), "officer": self.officer("o", "officer", self.union),
                 "township": self.officer("t", "township", self.township), "district": self.officer("d", "district", self.place),
                 "city": self.officer("c", "city", self.city)}
        stranger = self.browser()
        somebody = uuid7()
        for path, reaches in TABLE.items():
            (method,) = OPENAPI["paths"][path]
            self.assertEqual((401, "no_session"), self.answer(stranger, method, path, somebody), path)
            for role, reach in zip(ROLES, reaches):
                with self.subTest(path=path, role=role):
                    self.look(pages[role], method, path, reach, somebody)

    def look(self, page, method, path, reach, somebody):
        has_person = "person_id" in self.examples[path]
        status, code = self.answer(page, method, path, somebody)
        if path not in WITHOUT_A_PLACE or reach == "n":
            self.assertEqual(reach == "a", status != 403, f"about somebody else: {status} {code}")
        if has_person and reach in "s":
            status, code = self.answer(page, method, path, page.person)
            self.assertNotIn(status, (401, 403), f"about themself: {code}")

    def answer(self, page, method, path, person):
        body = dict(self.examples[path])
        if "person_id" in body or path == "/notifications/deliveries":
            body["person_id"] = person
        if method == "post":
            status, reply = page.command(path, body)
        else:
            fields = {name: json.dumps(value) if isinstance(value, bool) else value for name, value in body.items()}
            query = urllib.parse.urlencode(fields, doseq=True)
            status, reply = page("get", f"{path}?{query}")
        self.assertIn(status, (200, 401, 403, 409), f"{path}: {reply}")
        return status, (reply or {}).get("code")

    @staticmethod
    def read_examples():
        """The least form of every request; ids in it are of nothing that there is."""
        golden = json.loads((REPOSITORY / "schemas/generated/golden.json").read_text())["examples"]
        examples = {}
        for one in golden:
            path = "/" + one["schema"].removesuffix(".v1")
            if one["part"] == "data" and path in TABLE and (path not in examples or one["form"] == "least"):
                examples[path] = one["json"]
        return examples


if __name__ == "__main__":
    small_town.PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)
