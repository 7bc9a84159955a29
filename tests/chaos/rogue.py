"""A plug-in that nobody wants beside a rush. Until the file --mood names one of its moods it is well-behaved; then, as fast
as it can, it does what that says; with "alone" behind it, the same at sockets that lead nowhere. Started by `gonghui plug`
through a `run` of hostile.py's; needs no SDK to misbehave, only the wire."""

import argparse
import collections
import itertools
import json
import os
import pathlib
import random
import sys
import time
import tomllib
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "common/sdk/python"))

import zmq  # noqa: E402
from gonghui.wire import Hub, KeyPair, encrypted, messages, pack, request_id, unpack  # noqa: E402

NAME = "rogue"
LOOK_EVERY, HOLD_EVERY = 0.05, 1.0  # s
FRAME = 32 * 1024
LARGEST = 4 * 1024 * 1024 - 1024


def full(message, size=FRAME):
    return message * max(1, size // len(message))


Sockets = collections.namedtuple("Sockets", "requests events follows")


class Rogue:
    def __init__(self, config, mood_file, said_file):
        plan = tomllib.loads(pathlib.Path(config).read_text())
        self.hub = Hub(plan["hub"]["request"], plan["hub"]["subscribe"], plan["hub"]["public_key"], plan["hub"]["publish"])
        self.district, key = plan["district"], KeyPair.load(plan["keys"]["identity"])
        self.mood_file, self.said_file = mood_file, said_file
        context = zmq.Context()
        self.bus, self.nowhere = (Sockets(*(encrypted(context, kind, self.hub, key) for kind in (zmq.DEALER, zmq.XPUB, zmq.DEALER)))
                                  for _ in range(2))
        for socket in (*self.bus, *self.nowhere):
            socket.linger = 0
        self.is_connected = False
        self.claim, self.held_at, self.looked_at, self.mood = int(time.time()), 0.0, 0.0, ""
        self.said = {}  # what the hub let it do that it should not

    def run(self):
        while True:
            self.look()
            if self.mood:
                next(self.behaving)
            else:
                self.bus.requests.poll(50)
            self.hold()
            self.answer()

    def look(self):
        if time.monotonic() - self.looked_at < LOOK_EVERY:
            return
        self.looked_at = time.monotonic()
        mood = self.mood_file.read_text().strip() if self.mood_file.exists() else ""
        name, _, alone = mood.partition(" ")
        if not alone:
            self.connect()
        if mood != self.mood:
            self.mood = mood
            self.behaving = getattr(self, name)(self.nowhere if alone else self.bus) if name else None

    def connect(self):
        """Not while it is alone: one that crashes comes back a few times a second."""
        if not self.is_connected:
            for socket, endpoint in zip(self.bus, (self.hub.request, self.hub.publish, self.hub.subscribe)):
                socket.connect(endpoint)
        self.is_connected = True

    def hold(self):
        if time.monotonic() - self.held_at >= HOLD_EVERY:
            self.held_at = time.monotonic()
            self.send(self.bus.requests, pack(["hold", self.holding(f"{self.district}/{NAME}/0")]))

    def holding(self, source):
        return {"source": source, "partitions": 1, "claim": self.claim, "epoch": 1, "seq": 0}

    def answer(self, most=1000):
        """Whoever asks gets an empty answer. Notes what it was given beyond its rights."""
        for _ in range(most):
            if not self.bus.requests.poll(0):
                return
            for word, *rest in messages(self.bus.requests.recv_multipart()[0]):
                if word == "request":
                    token, _, request = rest
                    reply = {"id": unpack(request)["id"], "outcome": "accepted", "data": {},
                             "at": {"source": f"{self.district}/{NAME}/0", "epoch": 1, "seq": 0}}
                    self.send(self.bus.requests, pack(["reply", token, pack(reply)]))
                elif word == "reply" and self.mood == "lies":
                    self.note(unpack(rest[0])["outcome"])

    def note(self, outcome):
        self.said[outcome] = self.said.get(outcome, 0) + 1
        if outcome not in ("refused", "retry", "invalid"):
            self.said_file.write_text(json.dumps(self.said))

    @staticmethod
    def send(socket, *parts):
        try:
            socket.send_multipart(parts, zmq.NOBLOCK)
            return True
        except zmq.Again:
            return False

    def request(self, kind, data, **more):
        return pack(["request", pack({"id": request_id(), "type": kind} | more | {"data": data})])

    def event(self, source, kind):
        return pack({"id": uuid.uuid4(), "source": source, "type": kind, "subject": "x", "time": 0,
                     "dataschema": f"{NAME}/{kind}.v1", "epoch": 1, "seq": 1, "cause": uuid.uuid4(), "data": {}})

    # --- moods: each a generator, a step at a time ---

    def floods(self, to):
        """Nothing that it may not; only too much of it, and it does not read what it asked for."""
        topic = f"{self.district}.{NAME}."
        events = full(pack(["event", topic + "noise", self.event(f"{self.district}/{NAME}/0", "noise")]))
        while True:
            status = full(self.request("training.campaign_status", {"campaign_id": uuid.uuid4()}), 8 * 1024)
            pages = full(self.request("registration._log_read", {"after_seq": 0, "max_bytes": 2 * 1024 * 1024}, partition=0),
                         1024)
            for _ in range(50):
                self.send(to.events, topic.encode(), events)
                self.send(to.requests, status)
                self.send(to.requests, pages)
                yield

    def frames(self, to):
        """What no protocol describes: noise, half messages, depth, claims of length, parts without end, 4 MiB of each."""
        chance = random.Random(1)
        deep = b"\x91" * LARGEST
        small = full(pack(["request", b""]), LARGEST)
        odd = [chance.randbytes(200), b"\xdd\xff\xff\xff\xff", pack(["request", b"\xc1"]), b"\xd9", deep[:FRAME],
               full(pack(["follow", "x" * 300])), full(pack([1, 2])), full(pack(["request", pack({"id": 1})])),
               pack(["hold", {"source": f"{self.district}/{NAME}/70000", "partitions": 65536, "claim": 2 ** 62}])]
        for number in itertools.count():
            for socket in (to.requests, to.follows, to.events):
                self.send(socket, odd[number % len(odd)])
                self.send(socket, f"{self.district}.{NAME}.".encode(), odd[number % len(odd)])
            if number % 20 == 0:
                self.send(to.requests, small)
                self.send(to.events, b"", deep)
                self.send(to.requests, *[b"x"] * 500)
            yield

    def crawls(self, to):
        """Follows everything that it may, and reads an event a second."""
        to.follows.rcvhwm = 1
        for service in ("registration", "training"):
            self.send(to.follows, pack(["follow", f"{self.district}.{service}."]))
        to.follows.poll(1000)
        read_at = 0.0
        while True:
            if time.monotonic() - read_at >= 1.0 and to.follows.poll(0):
                read_at = time.monotonic()
                to.follows.recv_multipart()
            time.sleep(LOOK_EVERY)
            yield

    def crashes(self, to):
        """At once, as soon as it has said that it holds and follows, with requests under way."""
        self.send(to.requests, pack(["hold", self.holding(f"{self.district}/{NAME}/0")]))
        for service in ("registration", "training"):
            self.send(to.follows, pack(["follow", f"{self.district}.{service}."]))
        self.send(to.requests, full(self.request("training.campaign_status", {"campaign_id": uuid.uuid4()})))
        time.sleep(0.01)
        os._exit(1)
        yield

    def lies(self, to):
        """Says that it is others, and asks for what it may not, a few thousand times a second."""
        other, own = f"{self.district}/training/0", f"{self.district}/{NAME}/0"
        topics = {f"{self.district}.training.": (other, own), f"{self.district}.{NAME}.": (other,)}
        lies = [(topic.encode(), pack(["event", topic + "seat_taken", self.event(source, "seat_taken")]))
                for topic, sources in topics.items() for source in sources]
        while True:
            for topic, event in lies:
                self.send(to.events, topic, event)
            self.send(to.requests, pack(["hold", self.holding(other) | {"claim": 2 ** 60}]))
            self.send(to.requests, pack(["release", other]))
            for kind, data, more in (("training.enroll", {}, {}), ("registration.read_keys", {}, {}),
                                     ("registration._parked_drop", {}, {"partition": 0}), ("hub._status", {}, {}),
                                     ("training.campaign_status", {"campaign_id": uuid.uuid4()},
                                      {"actor": {"role": "district"}})):
                self.send(to.requests, self.request(kind, data, **more))
            for prefix in ("", f"{self.district}.", f"{self.district}.matchmaking."):
                self.send(to.follows, pack(["follow", prefix]))
            while to.follows.poll(0):
                for word, *rest in messages(to.follows.recv_multipart()[0]):
                    if word in ("event", "following"):
                        self.note(word)
            time.sleep(0.002)
            yield


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--mood", type=pathlib.Path, required=True)
    parser.add_argument("--said", type=pathlib.Path, required=True, help="written when it was let do what it may not")
    options = parser.parse_args()
    Rogue(options.config, options.mood, options.said).run()
