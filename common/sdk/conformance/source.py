"""A followed service, played over the real hub: it owns a log, and decides what of it is hinted at, and how."""

import collections
import dataclasses
import queue
import threading
import time
import uuid

import zmq

from gonghui.wire import NO_CHAIN, Connection, event_id, next_chain, now, pack, request_id, unpack

from description import ID

EVERY = 1.0  # s: beacons and holds
MOST_RECORDS = 64  # of a page: so that catching up takes several
TURN_MS = 10


@dataclasses.dataclass(frozen=True)
class Emitted:
    about: uuid.UUID   # the @id@ of its data
    id: uuid.UUID
    topic: str
    seq: int
    record: bytes


class Source:
    """`message`: what its events are, as the description says, behind those that `before` has."""

    def __init__(self, district, message, before, hub, key):
        self.message = message
        self.service = message.type.split("/")[0]
        self.source = f"{district}/{self.service}/0"
        self.prefix = f"{district}.{self.service}."
        self.claim = time.time_ns() // 1000
        self.records, self.chains, self.epochs = [], [NO_CHAIN], [(1, 0)]
        self.opened_at = 0
        self.places_asked = 0
        self.beacons_due = True
        for one in before:
            self._append(one, uuid.uuid4(), {})
        self._lock = threading.RLock()
        self._hints = queue.SimpleQueue()
        self._requests = Connection(hub, key, hub.request)
        self._out = Connection(hub, key, hub.publish, zmq.XPUB, self.prefix.encode())
        self._is_to_end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self):
        self._is_to_end.set()
        self._thread.join()

    # --- its log ---

    @property
    def epoch(self):
        return self.epochs[-1][0]

    @property
    def head(self):
        return len(self.records)

    def append(self, count=1, about=None, **attributes):
        """Into the log alone: nobody is told but by the next beacon. `attributes` replace those of the event."""
        with self._lock:
            return [self._append(self.message, about or uuid.uuid4(), attributes) for _ in range(count)]

    def _append(self, message, about, attributes):
        cause, seq = request_id(), len(self.records) + 1
        name = message.type.rpartition("/")[2].rpartition(".")[0]
        event = self._event(event_id(cause, 0, self.source, self.epoch), name, seq) | {
            "subject": str(about) if message.subject == ID else message.subject,
            "dataschema": message.type, "cause": cause, "data": message.about(about)} | attributes
        record = pack({name: value for name, value in event.items() if value is not None})
        self.records.append(record)
        self.chains.append(next_chain(self.chains[-1], record))
        return Emitted(about, event["id"], self.prefix + event["type"], seq, record)

    def _event(self, identity, name, seq):
        return {"id": identity, "source": self.source, "type": name, "subject": "", "time": now(),
                "dataschema": f"bus/{name}.v1", "epoch": self.epoch, "seq": seq, "cause": bytes(16), "data": {}}

    def hint(self, *events):
        for event in events:
            self.say(event.topic, event.record)

    def say(self, topic, encoded):
        """Anything, as the bus would bring it."""
        self._hints.put((topic, encoded))

    def emit(self, count=1, **attributes):
        events = self.append(count, **attributes)
        self.hint(*events)
        return events

    def cut(self, last_kept, tells=True):
        """Back to an earlier record, as a restored backup is; `tells`: in an epoch of its own, as the operator's command
        begins one. Else the file was put there by hand."""
        with self._lock:
            del self.records[last_kept:], self.chains[last_kept + 1:]
            self.opened_at = last_kept
            if tells:
                self.epochs.append((self.epoch + 1, last_kept))

    # --- what it owes to others ---

    def _run(self):
        due = 0.0
        while not self._is_to_end.is_set():
            self._requests.socket.poll(TURN_MS)
            with self._lock:
                for word, *rest in self._requests.receive():
                    if word == "request":
                        self._requests.say("reply", rest[0], self._answer(unpack(rest[2])))
                while not self._hints.empty():
                    self._out.say("event", *self._hints.get())
                if time.monotonic() >= due:
                    due = time.monotonic() + EVERY
                    self._say_where_it_stands()
            self._requests.flush()
            self._out.flush()
        self._requests.close()
        self._out.close()

    def _say_where_it_stands(self):
        self._requests.say("hold", {"source": self.source, "partitions": 1, "claim": self.claim, "epoch": self.epoch,
                                    "seq": self.head})
        beacon = self._event(uuid.uuid4(), "_head", self.head)
        self._out.say("event", self.prefix + "_head", pack(beacon | {
            "data": {"chain": self.chains[-1], "claim": self.claim, "partitions": 1}}))

    def _answer(self, request):
        answers = {"_log_read": self._page, "_log_place": self._place}
        answer = answers.get(request["type"].partition(".")[2])
        said = {"outcome": "invalid", "code": "unknown_type"}
        if answer:
            try:
                said = {"outcome": "accepted", "data": answer(request["data"])}
            except (KeyError, TypeError, IndexError):
                said = {"outcome": "invalid", "code": "invalid_fields"}
        return pack({"id": request["id"], "at": {"source": self.source, "epoch": self.epoch, "seq": self.head}} | said)

    def _page(self, asked):
        after, size, records = asked["after_seq"], 0, []
        for record in self.records[after:after + MOST_RECORDS]:
            size += len(record)
            if records and size > asked["max_bytes"]:
                break
            records.append(record)
        begins = {"from": {"chain": self.chains[after]}} if after <= self.head else {}
        return {"records": records} | begins | {
            "head": {"epoch": self.epoch, "seq": self.head, "chain": self.chains[-1]}}

    def _place(self, cursor):
        self.places_asked += 1
        fits = cursor["seq"] <= self.head and self.chains[cursor["seq"]] == cursor["chain"]
        kept = min((kept for epoch, kept in self.epochs if epoch > cursor["epoch"]), default=None)
        if not fits and kept is None:
            kept = min(self.opened_at, self.head)
            self.epochs.append((max(self.epoch, cursor["epoch"]) + 1, kept))
        ceiling = self.head if fits else min(cursor["seq"], self.head)
        return {"fits": fits, "epoch": self.epoch, "kept": ceiling if kept is None else min(kept, ceiling)}


class Observer:
    """What is published for a service, as the hub passes it on."""

    def __init__(self, district, service, hub, key):
        self.prefix = f"{district}.{service}."
        self.heard = collections.deque()  # (when, topic, encoded)
        self._socket = Connection(hub, key, hub.subscribe)
        self._is_to_end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        due = 0.0
        while not self._is_to_end.is_set():
            if time.monotonic() >= due:
                due = time.monotonic() + EVERY
                self._socket.say("follow", self.prefix)
            self._socket.flush()
            self._socket.socket.poll(50)
            for word, *rest in self._socket.receive():
                if word == "event":
                    self.heard.append((time.monotonic(), *rest))
        self._socket.close()

    def since(self, when):
        return [(topic, encoded) for at, topic, encoded in list(self.heard) if at >= when]

    def close(self):
        self._is_to_end.set()
        self._thread.join()
