#!/usr/bin/python3
"""After a small season a visitor logs in as a member by a code that arrives, as an officer with password and changing
code, and opens a campaign with the button.

    open_house_test.py <folder of the executables>
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SIZE = ["--members", "2000", "--bad", "60", "--unions", "60", "--enrollees", "1000", "--attempts", "2500"]
PROGRAMS = None


class AnOpenHouse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.season = subprocess.Popen(
            [HERE / "play.py", "--programs", PROGRAMS, "--folder", pathlib.Path(cls.folder.name) / "331083", "--free-ports",
             "--lang", "en", *SIZE], stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.end)
        said = []
        for line in cls.season.stdout:
            said.append(line)
            if line.startswith("{"):
                break
        said = "".join(said)
        cls.gateway, cls.page = (re.search(rf"{name}: (http://\S+?)/\n", said)[1]
                                 for name in ("Worker portal", "press of a button"))

    @classmethod
    def end(cls):
        cls.season.terminate()
        cls.season.wait(60)
        left = subprocess.run(["pgrep", "--full", f"gonghui.*{cls.folder.name}"], capture_output=True, text=True).stdout
        assert not left, f"processes that were left: {left}"
        cls.season.stdout.close()

    def ask(self, address, body=None, **headers):
        """Status and what came."""
        if body is not None:
            body = json.dumps(body).encode()
            headers |= {"X-Gonghui": "1", "Origin": self.gateway, "Content-Type": "application/json"}
        place = urllib.parse.urlsplit(address)
        # A bare machine may not know the name localhost, which browsers know by themselves.
        here = place._replace(netloc=f"127.0.0.1:{place.port}").geturl()
        headers = {"Host": place.netloc} | {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(here, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def state(self):
        return json.loads(self.ask(self.page + "/state")[1])

    def eventually(self, look, what, patience=20):
        until = time.monotonic() + patience
        while not (found := look()):
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.1)
        return found

    def test_a_member_logs_in_by_the_code_that_arrives(self):
        phone = self.state()["members"][0]["phone"]
        self.assertEqual(202, self.ask(self.gateway + "/api/v1/session/code", {"phone": phone})[0])
        text = self.eventually(lambda: next((one["text"] for one in self.state()["texts"] if one["to"] == phone), None),
                               "the code arrives")
        status, session = self.ask(self.gateway + "/api/v1/session", {"phone": phone, "code": re.search(r"\d{6}", text)[0]})
        self.assertEqual((200, "worker"), (status, json.loads(session)["kind"]))

    def test_officers_log_in(self):
        for account in self.state()["accounts"]:
            proof = {"login": account["login"], "password": account["password"], "totp": account["code"]}
            status, session = self.ask(self.gateway + "/api/v1/session", proof)
            self.assertEqual((200, "officer"), (status, json.loads(session)["kind"]))
            self.assertEqual(401, self.ask(self.gateway + "/api/v1/session", proof | {"password": "somebody else's"})[0])

    def test_no_page_of_elsewhere_reads_it(self):
        """Whose name leads to this machine by now: DNS rebinding."""
        for path in ("/", "/state"):
            self.assertEqual((403, ""), self.ask(self.page + path, Host="elsewhere.example"))

    def test_the_button_opens_a_campaign_in_half_a_minute(self):
        self.assertEqual(403, self.ask(self.page + "/campaign", {})[0], "no other page may press it")
        key = re.search(r"key = '([^']+)'", self.ask(self.page + "/")[1])[1]
        self.assertEqual(202, self.ask(self.page + "/campaign", {}, X_Key=key)[0])
        campaign = self.eventually(lambda: self.state()["campaign"], "a campaign is planned")
        self.assertLess(abs(campaign["opens_at"] - time.time() - 30), 10)


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
