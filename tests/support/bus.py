"""A client of a district's bus in Python, written from common/messaging/PROTOCOL.md: it shares no code with the services.

    bus = Bus(Hub.of("var/331083"), KeyPair.load("var/331083/keys/season.key"))
    reply = bus.ask(Request("training.campaign_status", {"campaign_id": campaign}, key=campaign))
"""

import dataclasses
import datetime
import hashlib
import heapq
import pathlib
import secrets
import time
import tomllib
import uuid

import msgpack
import zmq

FRAME_BYTES = 32 * 1024  # small messages travel together: encrypting a frame costs more than what is in it
LARGEST_MESSAGE = 4 * 1024 * 1024
EVENT_FRAMES = 50_000  # that may wait while a follower works
HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS = 1000, 3000
MOST_TICKETS = 100_000  # of requests that nobody repeats they would stay for ever
CONNECT_MS = 1000  # else the kernel asks ever more rarely


@dataclasses.dataclass(frozen=True)
class KeyPair:
    public: str
    secret: str

    @staticmethod
    def load(path):
        values = tomllib.loads(pathlib.Path(path).read_text())
        return KeyPair(values["public"], values["secret"])

    @staticmethod
    def make():
        public, secret = zmq.curve_keypair()
        return KeyPair(public.decode(), secret.decode())


@dataclasses.dataclass(frozen=True)
class Hub:
    request: str
    subscribe: str
    public_key: str

    @staticmethod
    def of(folder):
        """The hub of a district that `gonghui up` has set up."""
        plan = tomllib.loads((pathlib.Path(folder) / "district.toml").read_text())["hub"]
        return Hub(plan["request"], plan["subscribe"], plan["public_key"])


def partition_of(key, partitions):
    """Of a key (a uuid), in a service with that many partitions: section 8."""
    if partitions == 1:
        return 0
    return 1 + int.from_bytes(hashlib.blake2b(key.bytes, digest_size=16).digest()[:8], "big") % (partitions - 1)


def request_id():
    """UUIDv7: the idempotency key. Milliseconds since 1970, then chance."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def microseconds(moment):
    """A date-time on the wire."""
    return int(moment.timestamp() * 1_000_000)


def pack(value):
    def of_other_kinds(one):
        if isinstance(one, uuid.UUID):
            return one.bytes
        if isinstance(one, datetime.datetime):
            return microseconds(one)
        raise TypeError(f"{type(one).__name__} has no form on the wire")

    return msgpack.packb(value, default=of_other_kinds)


def unpack(data):
    return msgpack.unpackb(data, raw=False, strict_map_key=False)


def worker(person):
    return {"role": "worker", "person": person}


def officer(person, place, role="officer"):
    return {"role": role, "person": person, "place": place}


class Request:
    """One command or query. Asked again, it is the same bytes under the same id."""

    def __init__(self, kind, data, key=None, actor=None, partition=None, after=None):
        self.id = request_id()
        self.type = kind
        parts = {"id": self.id, "type": kind, "key": key, "partition": partition, "actor": actor, "after": after}
        self.bytes = pack({name: value for name, value in parts.items() if value is not None} | {"data": data})


class Reply:
    def __init__(self, encoded):
        self.bytes = encoded
        answer = unpack(encoded)
        self.id = uuid.UUID(bytes=answer["id"])
        self.outcome = answer["outcome"]
        self.code = answer.get("code", "")
        self.at = answer["at"]
        self.retry_after = answer.get("retry_after_ms", 0) / 1000
        self.data = answer.get("data", {})
        self.facts = answer.get("facts", {})
        self.errors = answer.get("errors", [])

    @property
    def is_final(self):
        return self.outcome != "retry"

    def __str__(self):
        return " ".join(str(part) for part in (self.outcome, self.code, self.facts or "", self.errors or "") if part)


class Unanswered(Exception):
    pass


class Bus:
    """One connection for requests. Asks again as `retry` tells, and with the same id when a reply was lost."""

    REPLY_PATIENCE = 2.0
    CONNECT_PATIENCE_MS = 1000

    def __init__(self, hub, key, context=None):
        self._socket = encrypted(context or zmq.Context.instance(), zmq.DEALER, hub, key)
        self._socket.connect(hub.request)
        self._tickets = {}  # request id -> what keeps its place in line, if it was turned away
        self.retries = 0
        self.asked_again = 0

    def close(self):
        self._socket.close(linger=0)

    def send(self, requests):
        """Puts the requests into as few frames as they need."""
        frame = bytearray()
        for request in requests:
            frame += msgpack.packb(["request", request.bytes, *self._tickets.get(request.id, ())])
            if len(frame) >= FRAME_BYTES:
                self._send(frame)
                frame = bytearray()
        if frame:
            self._send(frame)

    def _send(self, frame):
        """What a hub that is not there cannot take is given up: whoever hears nothing asks again."""
        if self._socket.poll(self.CONNECT_PATIENCE_MS, zmq.POLLOUT):
            self._socket.send(frame)

    def receive(self, patience):
        """The replies that have come, waiting `patience` seconds for the first."""
        replies = []
        while self._socket.poll(0 if replies else max(0, int(patience * 1000))):
            replies += [self._take(*rest) for word, *rest in messages(self._socket.recv()) if word == "reply"]
        return replies

    def _take(self, encoded, *ticket):
        reply = Reply(encoded)
        if len(self._tickets) >= MOST_TICKETS:
            self._tickets.clear()
        if ticket:
            self._tickets[reply.id] = ticket[:1]
        else:
            self._tickets.pop(reply.id, None)
        return reply

    def ask(self, request, patience=30.0):
        return self.ask_all([request], patience=patience)[0]

    def ask_all(self, requests, window=400, patience=60.0, progress=None):
        """Every request's final reply, in the order of the requests; `window` of them are under way at a time."""
        return _Conversation(self, requests, window, patience, progress).run()


class _Conversation:
    def __init__(self, bus, requests, window, patience, progress):
        self.bus, self.requests, self.window = bus, list(requests), window
        self.until = time.monotonic() + patience
        self.progress = progress or (lambda done: None)
        self.place = {request.id: i for i, request in enumerate(self.requests)}
        self.replies = [None] * len(self.requests)
        self.next, self.done, self.under_way = 0, 0, 0
        self.due = []       # (when, place): what `retry` told to ask again
        self.lost_at = {}   # place -> when its reply counts as lost

    def run(self):
        while self.done < len(self.requests):
            self.send_what_is_due()
            for reply in self.bus.receive(0.05):
                self.take(reply)
            self.progress(self.done)
            if time.monotonic() > self.until:
                missing = next(r for r, reply in zip(self.requests, self.replies) if reply is None)
                raise Unanswered(f"{len(self.requests) - self.done} requests found no answer; one is {missing.type}")
        return self.replies

    def send_what_is_due(self):
        now, places = time.monotonic(), []
        while self.due and self.due[0][0] <= now:
            places.append(heapq.heappop(self.due)[1])
        for place in [p for p, when in self.lost_at.items() if when <= now]:
            places.append(place)
            self.bus.asked_again += 1
        while self.next < len(self.requests) and self.under_way < self.window:
            places.append(self.next)
            self.under_way += 1
            self.next += 1
        for place in places:
            self.lost_at[place] = now + self.bus.REPLY_PATIENCE
        self.bus.send([self.requests[place] for place in places])

    def take(self, reply):
        place = self.place.get(reply.id)
        if place is None or self.replies[place] is not None:
            return  # the second answer to what was asked again
        self.lost_at.pop(place, None)
        if not reply.is_final:
            self.bus.retries += 1
            heapq.heappush(self.due, (time.monotonic() + max(reply.retry_after, 0.001), place))
            return
        self.replies[place] = reply
        self.done += 1
        self.under_way -= 1


def encrypted(context, kind, hub, key):
    socket = context.socket(kind)
    socket.curve_serverkey = hub.public_key.encode()
    socket.curve_publickey = key.public.encode()
    socket.curve_secretkey = key.secret.encode()
    socket.immediate = 1
    socket.heartbeat_ivl, socket.heartbeat_timeout = HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS
    socket.connect_timeout = CONNECT_MS
    socket.maxmsgsize = LARGEST_MESSAGE
    socket.linger = 1000
    return socket


class Follower:
    """Follows one source: events in order without a gap, each vouched for by the chain. What the bus loses or never sent
    is read from the owner's log through `bus`."""

    SAY_AGAIN_EVERY = 1.0  # the hub keeps nothing over a restart

    def __init__(self, hub, key, bus, source, context=None, **options):
        """`options` of its socket, as ZeroMQ calls them."""
        self.source, self.bus = source, bus
        district, service, partition = source.split("/")
        self.prefix = f"{district}.{service}."
        self.service, self.partition = service, int(partition)
        self.seq, self.chain = 0, bytes(32)
        self.live, self.from_pages, self.strange = 0, 0, 0
        self.confirmed, self.refused = False, None
        self._socket = encrypted(context or zmq.Context.instance(), zmq.DEALER, hub, key)
        self._socket.rcvhwm = EVENT_FRAMES
        for name, value in options.items():
            setattr(self._socket, name, value)
        self._socket.connect(hub.subscribe)
        self._say_at = 0.0

    def close(self):
        self._socket.close(linger=0)

    def events(self, patience):
        """New events, in order, waiting `patience` seconds for the first."""
        self.say_what_is_followed()
        events = []
        while self._socket.poll(0 if events else max(0, int(patience * 1000))):
            for word, *rest in messages(self._socket.recv()):
                if word == "event":
                    events += self._on_event(rest[0], rest[1])
                elif word == "following":
                    self.confirmed = True
                elif word == "refused":
                    self.refused = rest[0]
        return events

    def say_what_is_followed(self):
        now = time.monotonic()
        if now >= self._say_at and self._socket.poll(0, zmq.POLLOUT):
            self._socket.send(msgpack.packb(["follow", self.prefix]))
            self._say_at = now + self.SAY_AGAIN_EVERY

    def _on_event(self, topic, encoded):
        event = unpack(encoded)
        if event["source"] != self.source or not topic.startswith(self.prefix):
            self.strange += 1
            return []
        if event["type"] == "_head":
            return self._read_log(event["seq"]) if event["seq"] > self.seq else []
        if event["seq"] <= self.seq:
            return []
        if event["seq"] == self.seq + 1:
            self.live += 1
            return [self._apply(event, encoded)]
        return self._read_log(event["seq"])

    def _read_log(self, until):
        events = []
        while self.seq < until:
            page = self.bus.ask(Request(f"{self.service}._log_read", {"after_seq": self.seq, "max_bytes": 262_144},
                                        partition=self.partition)).data
            for encoded in page["records"]:
                self.from_pages += 1
                events.append(self._apply(unpack(encoded), encoded))
            head = page["head"]
            if self.seq == head["seq"] and self.chain != head["chain"]:
                raise Forked(f"{self.source}: its chain at {self.seq} is another than the one followed")
            until = max(until, head["seq"])
        return events

    def _apply(self, event, encoded):
        if event["seq"] != self.seq + 1:
            raise Forked(f"{self.source}: {event['seq']} follows {self.seq}")
        self.chain = hashlib.blake2b(self.chain + encoded, digest_size=32).digest()
        self.seq = event["seq"]
        return event


class Forked(Exception):
    """The owner's history is not the one that was followed."""


def messages(frame):
    """The messages of a frame: word and elements."""
    unpacker = msgpack.Unpacker(max_buffer_size=LARGEST_MESSAGE, raw=False)
    unpacker.feed(frame)
    return list(unpacker)
