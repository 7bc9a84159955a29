"""Events in order for a program that keeps nothing: a test, a script, a look. What must not forget is a Service."""

import time

import zmq

from gonghui.client import Request
from gonghui.envelope import read_page
from gonghui.follower import APPLY, PAGE_BYTES, Follower
from gonghui.wire import EVENT_FRAMES, Position, encrypted, messages, pack, unpack

SAY_AGAIN_EVERY = 1.0  # s: the hub keeps nothing over a restart


class Forked(Exception):
    """The owner's history is not the one that was followed."""


class Feed:
    """Follows one source from its first record: events without a gap, each vouched for by the chain. What the bus loses
    or never sent is read from the owner's log through `bus`."""

    def __init__(self, hub, key, bus, source, context=None, **options):
        """`options` of its socket, as ZeroMQ calls them."""
        self.source, self.bus = source, bus
        self._follower = Follower(source)
        district, service, _ = source.split("/")
        self.prefix = f"{district}.{service}."
        self.live, self.from_pages, self.strange = 0, 0, 0
        self.confirmed, self.refused = False, None
        self._socket = encrypted(context or zmq.Context.instance(), zmq.DEALER, hub, key)
        self._socket.rcvhwm = EVENT_FRAMES
        for name, value in options.items():
            setattr(self._socket, name, value)
        self._socket.connect(hub.subscribe)
        self._say_at = 0.0

    @property
    def seq(self):
        return self._follower.cursor.seq

    @property
    def chain(self):
        return self._follower.cursor.chain

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
            self._socket.send(pack(["follow", self.prefix]))
            self._say_at = now + SAY_AGAIN_EVERY

    def _on_event(self, topic, encoded):
        event = unpack(encoded)
        if event["source"] != self.source or not topic.startswith(self.prefix):
            self.strange += 1
            return []
        events = []
        if event["type"] == "_head":
            self._follower.on_beacon(Position(event["epoch"], event["seq"], event["data"]["chain"]))
        elif self._follower.judge(event["epoch"], event["seq"], via_bus=True) == APPLY:
            self.live += 1
            events.append(self._apply(encoded))
        while event["seq"] > 0 and self._follower.wants_answer(time.monotonic()):
            events += self._read_page()
        return events

    def _read_page(self):
        after = self.seq
        data = self.bus.ask(Request(f"{self._follower.service}._log_read", {"after_seq": after, "max_bytes": PAGE_BYTES},
                                    partition=self._follower.partition)).data
        page = read_page(after, data)
        if not self._follower.fits(page):
            raise Forked(f"{self.source}: its chain at {after} is another than the one followed")
        self.from_pages += len(page.records)
        events = [self._apply(record) for record in page.records]
        self._follower.on_page_head(page.head)
        return events

    def _apply(self, encoded):
        self._follower.applied(encoded)
        return unpack(encoded)
