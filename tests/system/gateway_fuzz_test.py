"""The gateway under requests that make no sense: it answers each with something below 500 or 502 and 503 of its own accord,
or ends the connection; it never ends itself, and does not grow.

gateway_fuzz_test.py PROGRAMS [--requests N] [--seed S]
"""

import json
import pathlib
import random
import re
import socket
import sys
import unittest

import gateway_test
import small_town
from gateway_test import OPENAPI, REPOSITORY, AtTheGateway

REQUESTS, SEED = 20_000, 7
FRAGMENTS = [b"\r\n", b"\0", b"\xff\xfe", b"{", b"}", b"[" * 200, b'"', b"\\u0000", b"%00", b"%", b"&", b"=", b"../", b"1e999",
             b"-0", b"99999999999999999999", b"null", b"true", b"\xe5\xb7\xa5", b"Content-Length: 5\r\n",
             b"Transfer-Encoding: chunked\r\n", b"Content-Length: -1\r\n", b" ", b":", b"Expect: 100-continue\r\n", b"a" * 5000]
ALLOWED = {200, 202, 204, 304, 400, 401, 403, 404, 405, 409, 411, 413, 415, 422, 429, 431, 503}


class Fuzzed(AtTheGateway):
    def test_nothing_that_makes_no_sense_does_harm(self):
        chance = random.Random(SEED)
        self.cookie = self.by_phone("13800000009").cookie.encode()
        self.examples = self.read_examples()
        self.answers = {}
        self.spend(chance, min(REQUESTS, 5_000))  # what it needs at the most it has by then
        before = self.resident()
        self.spend(chance, REQUESTS - min(REQUESTS, 5_000))
        grown = self.resident() - before
        print(f"{REQUESTS} requests, seed {SEED}: {dict(sorted(self.answers.items()))}, {before} KiB and {grown} more")
        self.assertLess(grown, 16 * 1024)
        self.assertEqual(200, self.browser()("get", "/health")[0])
        self.assertIsNone(self.district._running["gateway"].poll())
        self.assertGreater(self.answers.get(422, 0), REQUESTS // 100, "most must come as far as the decoder")

    def resident(self):
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.district.pid('gateway')}/status").read_text())[1])

    @staticmethod
    def read_examples():
        golden = json.loads((REPOSITORY / "schemas/generated/golden.json").read_text())["examples"]
        return [("/" + one["schema"].removesuffix(".v1"), one["json"]) for one in golden
                if one["part"] == "data" and "/" + one["schema"].removesuffix(".v1") in OPENAPI["paths"]]

    def spend(self, chance, requests):
        left = requests
        while left > 0:
            batch = min(left, chance.randint(1, 30))
            self.one_connection(b"".join(self.request(chance) for _ in range(batch)), chance)
            left -= batch

    def request(self, chance):
        path, body = chance.choice(self.examples)
        text = json.dumps(body, ensure_ascii=False).encode()
        if chance.random() < 0.7:
            text = self.mutated(text, chance)
        (method,) = OPENAPI["paths"][path]
        target = f"/api/v1{path}".encode()
        if method == "get":
            target += b"?" + text.translate(None, b'{}" \r\n').replace(b":", b"=").replace(b",", b"&")
            text = b""
        head = (method.upper().encode() + b" " + target + b" HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nX-Gonghui: 1\r\nCookie: " +
                self.cookie + b"\r\nContent-Type: application/json\r\nIdempotency-Key: " + gateway_test.uuid7().encode() +
                b"\r\nContent-Length: " + str(len(text)).encode() + b"\r\n\r\n")
        return (self.mutated(head, chance) if chance.random() < 0.1 else head) + text

    @staticmethod
    def mutated(text, chance):
        for _ in range(chance.randint(1, 4)):
            at = chance.randint(0, len(text))
            kind = chance.randrange(4)
            if kind == 0:
                text = text[:at] + chance.choice(FRAGMENTS) + text[at:]
            elif kind == 1:
                text = text[:at] + text[at + chance.randint(1, 8):]
            elif kind == 2 and text:
                at = min(at, len(text) - 1)
                text = text[:at] + bytes([chance.randrange(256)]) + text[at + 1:]
            else:
                text = text[:at] + text[at - min(at, 12):at] + text[at:]
        return text

    def one_connection(self, bytes_, chance):
        host, port = self.address.split(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            try:
                connection.sendall(bytes_)
                if chance.random() < 0.1:
                    return  # gone before the answer
                connection.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
            except OSError:
                return  # it had enough
        for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer):
            self.answers[int(status)] = self.answers.get(int(status), 0) + 1
            self.assertIn(int(status), ALLOWED, answer[:2000])


if __name__ == "__main__":
    small_town.PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    for option in ("--requests", "--seed"):
        if option in sys.argv:
            at = sys.argv.index(option)
            REQUESTS, SEED = (int(sys.argv[at + 1]), SEED) if option == "--requests" else (REQUESTS, int(sys.argv[at + 1]))
            del sys.argv[at:at + 2]
    unittest.main(verbosity=2)
