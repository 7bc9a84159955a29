"""An officer tells everybody something through the gateway, which is killed when half of them have their message, while some
of them look on. The officer's page has not seen the answer, so it sends the same again; and then everybody has exactly one
message, and those who look on are shown it. Called by scripts/chaos --announce."""

import argparse
import base64
import collections
import contextlib
import datetime
import hashlib
import http.client
import json
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season"), str(HERE.parent / "system")]

from gonghui import Bus, KeyPair, Request  # noqa: E402
from district import ByHand, NotRunning  # noqa: E402
from gateway_test import Browser, totp, uuid7  # noqa: E402
from load import accepted  # noqa: E402
from newcomer import grow  # noqa: E402
from scene import command  # noqa: E402

LOOKING_ON = 50   # members with a page open
AWAY = 0.5        # s, the gateway
PATIENCE = 120.0  # s
CONFIG = """district = "331083"
[services.registration]
[services.training]
[services.matchmaking]
[services.notifications]
[services.gateway]
listen = "127.0.0.1:0"
settings = "limit.address = 100000"
"""
WORDS = {"title_zh": "周六停电", "title_en": "Power cut", "text_zh": "周六八时至十二时停电。", "text_en": "On Saturday, 8 to 12."}


def until(what, look):
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > end:
            raise NotRunning(f"waited in vain for {what}")
        time.sleep(0.01)
    return found


class Member(Browser):
    """A page of somebody who is logged in, as the gateway lets them in."""

    def __init__(self, address, bus, person):
        super().__init__(address)
        token = secrets.token_bytes(32)
        self.cookie = "__Host-gonghui=" + base64.urlsafe_b64encode(token).decode().rstrip("=")
        accepted(bus.ask(Request("gateway.open_session", {
            "session_id": uuid.uuid4(), "token_hash": hashlib.sha256(token).digest(), "person_id": person, "kind": "worker",
            "expires_at": datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)})))
        self.shown = threading.Event()
        self.looking = threading.Thread(target=self.look_on, daemon=True)
        self.looking.start()

    def look_on(self):
        """Until the stream tells of a message; comes again when the gateway was gone, as a browser does."""
        while not self.shown.is_set():
            stream = http.client.HTTPConnection(self.address, timeout=PATIENCE)
            with contextlib.closing(stream), contextlib.suppress(OSError, http.client.HTTPException):
                stream.request("GET", "/api/v1/stream", headers={"Cookie": self.cookie})
                if any(self.tells_of_one(line) for line in stream.getresponse()):
                    self.shown.set()
            time.sleep(0.2)

    @staticmethod
    def tells_of_one(line):
        return line.startswith(b'data: {"unread"') and json.loads(line.removeprefix(b"data: "))["unread"] > 0

    def inbox(self):
        status, reply = self("get", "/notifications/inbox?limit=50")
        return [one["title"] for one in reply["messages"]] if status == 200 else []


def officer(district, operator, address):
    """Of the whole district, by password."""
    tree = accepted(operator.ask(command("registration.organisation_tree", {}))).data["organisations"]
    place = next(uuid.UUID(bytes=one["organisation_id"]) for one in tree if one["kind"] == "district")
    person = uuid.uuid4()
    accepted(operator.ask(command("registration.grant_role", {"person_id": person, "role": "district", "place_id": place})))
    added = subprocess.run(district.command("--lang", "en", "accounts", "add", "officer", "--person", person),
                           capture_output=True, text=True, check=True).stdout
    district.wait_until_level()
    page = Browser(address)
    status, reply = page("post", "/session", {
        "login": "officer", "password": re.search(r"once\): (\S+)", added)[1],
        "totp": totp(base64.b32decode(re.search(r"secret=(\w+)", added)[1]))})
    if status != 200:
        raise NotRunning(f"the officer does not get in: {reply}")
    return page, place


def told(district):
    return district.rows("notifications", "SELECT count(*) FROM messages WHERE template = 'announcement'")[0][0]


def announce(page, key, announcement, place):
    """Again until there is an answer."""
    def ask():
        with contextlib.suppress(OSError, http.client.HTTPException):
            status, reply = page.command("/registration/announce", {
                "announcement_id": announcement, "organisation_id": str(place)} | WORDS, key)
            return status != 503 and (status, reply)
        page.connection.close()
        return None
    return until("an answer", ask)


def play(arguments, folder):
    config = folder / "district.toml"
    config.write_text(CONFIG)
    district = ByHand(folder / "331083", arguments.programs, ["--free-ports", "--config", str(config)])
    try:
        district.start()
        operator = district.bus("ctl")
        grow(district, operator, arguments.announce, folder / "data")
        district.wait_until_level()
        members = {person for (person,) in district.rows("registration", "SELECT person_id FROM persons")}
        address = re.search(r'edge\.listen = "(.*)"', (district.folder / "config/gateway.toml").read_text())[1]
        page, place = officer(district, operator, address)
        gateway = Bus(district.hub(), KeyPair.load(district.folder / "keys/gateway-0.key"))
        with contextlib.closing(gateway):
            pages = [Member(address, gateway, uuid.UUID(bytes=one)) for one in sorted(members)[:LOOKING_ON]]

        key, announcement, began = uuid7(), uuid7(), time.monotonic()
        first = announce(page, key, announcement, place)
        until("half of them", lambda: told(district) >= len(members) / 2)
        told_at_the_blow, shown_at_the_blow = told(district), sum(one.shown.is_set() for one in pages)
        district.kill_program("gateway")
        blow = time.monotonic()
        time.sleep(AWAY)
        district.start_program("gateway")
        again = announce(page, key, announcement, place)
        answered = time.monotonic()
        until("everybody", lambda: told(district) >= len(members))
        everybody = time.monotonic()
        district.wait_until_level()
        for one in pages:
            one.shown.wait(PATIENCE)

        messages = collections.Counter(person for (person,) in district.rows(
            "notifications", "SELECT person_id FROM messages WHERE template = 'announcement'"))
        figures = {
            "members": len(members), "told": len(messages), "messages": messages.total(),
            "told_at_the_blow": told_at_the_blow, "away_seconds": AWAY,
            "answered_again_seconds": round(answered - blow, 2), "everybody_seconds": round(everybody - began, 2),
            "same_answer": first == again == (200, {"members": len(members)}), "looking_on": len(pages),
            "shown_at_the_blow": shown_at_the_blow, "shown": sum(one.shown.is_set() for one in pages),
            "inboxes_with_one": sum(one.inbox() == [WORDS["title_zh"]] for one in pages)}
        return figures | {"held": set(messages) == members and messages.total() == len(members) and
                          told_at_the_blow < len(members) and figures["same_answer"] and
                          figures["shown"] == figures["inboxes_with_one"] == len(pages)}
    finally:
        district.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the executables")
    parser.add_argument("--announce", type=int, default=20_000, help="members")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gonghui-chaos-") as folder:
        figures = play(arguments, pathlib.Path(folder))
    print(json.dumps(figures))
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
