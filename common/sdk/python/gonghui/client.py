"""Asking a district: commands and queries, repeated under one id until there is a final answer (PROTOCOL.md, 5 and 6).

    with Bus(Hub.of("var/331083"), KeyPair.load("var/331083/keys/portal.key")) as bus:
        reply = bus.ask(Enroll(campaign_id=campaign, class_id=one, person_id=person), actor=worker(person))
"""

import datetime
import heapq
import time
import uuid

import zmq

from gonghui.messages import decode, encode
from gonghui.wire import FRAME_BYTES, Link, encrypted, messages, now, pack, request_id, unpack

MOST_TICKETS = 100_000  # of requests that nobody repeats they would stay for ever


def worker(person):
    return {"role": "worker", "person": person}


def officer(person, place, role="officer"):
    return {"role": role, "person": person, "place": place}


class Request:
    """One command or query. Asked again, it is the same bytes under the same id. `deadline`: after it nobody answers;
    `after`: another reply's `at`, with which the receiver has to be level first; `traceparent`: the trace that it is of."""

    def __init__(self, kind, data, key=None, actor=None, partition=None, after=None, deadline=None, reply_type=None,
                 traceparent=None):
        self.id = request_id()
        self.type, self.deadline, self.reply_type = kind, deadline, reply_type
        parts = {"id": self.id, "type": kind, "key": key, "partition": partition, "actor": actor, "deadline": deadline,
                 "after": after, "traceparent": traceparent}
        self.bytes = pack({name: value for name, value in parts.items() if value is not None} | {"data": data})

    @staticmethod
    def of(message, **more):
        """A typed one; it knows its key and the type of its reply."""
        return Request(message.request_type, encode(message), key=message.key(), reply_type=message.Reply, **more)


class Reply:
    """`data` is typed when the request was."""

    def __init__(self, encoded, reply_type=None):
        self.bytes = encoded
        answer = unpack(encoded)
        self.id = uuid.UUID(bytes=answer["id"])
        self.outcome = answer["outcome"]
        self.code = answer.get("code", "")
        self.at = answer["at"]
        self.retry_after = answer.get("retry_after_ms", 0) / 1000
        self.data = answer.get("data", {})
        if reply_type and self.outcome == "accepted":
            self.data = decode(reply_type, self.data)
        self.facts = answer.get("facts", {})
        self.errors = answer.get("errors", [])

    @property
    def is_final(self):
        return self.outcome != "retry"

    def __str__(self):
        return " ".join(str(part) for part in (self.outcome, self.code, self.facts or "", self.errors or "") if part)


class Unanswered(Exception):
    """Nothing final came in time. A command may have taken effect: ask the same Request again to learn it."""


class Bus:
    """One connection for requests. Asks again as `retry` tells, and with the same id when a reply was lost."""

    REPLY_PATIENCE = 2.0
    CONNECT_PATIENCE_MS = 1000

    def __init__(self, hub, key, context=None):
        self._socket = encrypted(context or zmq.Context.instance(), zmq.DEALER, hub, key)
        self.link = Link(self._socket, hub.request, key)
        self._tickets = {}  # request id -> what keeps its place in line, if it was turned away
        self.retries = 0
        self.asked_again = 0

    def close(self):
        self.link.close()
        self._socket.close(linger=0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, requests):
        """Puts the requests into as few frames as they need."""
        frame = bytearray()
        for request in requests:
            frame += pack(["request", request.bytes, *self._tickets.get(request.id, ())])
            if len(frame) >= FRAME_BYTES:
                self._send(frame)
                frame = bytearray()
        if frame:
            self._send(frame)

    def _send(self, frame):
        """What a hub that is not there cannot take is given up: whoever hears nothing asks again."""
        self.link.look_after()
        if self._socket.poll(self.CONNECT_PATIENCE_MS, zmq.POLLOUT):
            self._socket.send(frame)

    def receive(self, patience):
        """The replies that have come, waiting `patience` seconds for the first."""
        self.link.look_after()
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

    def ask(self, request, patience=30.0, **more):
        """The final reply to a Request, or to a typed message with `actor`, `after` or `partition`."""
        if isinstance(request, Request) and more:
            raise TypeError(f"a Request carries its own {', '.join(more)}: give it to Request(...)")
        if not isinstance(request, Request):
            deadline = now() + datetime.timedelta(seconds=patience)
            request = Request.of(request, deadline=deadline, **more)
        return self.ask_all([request], patience=patience)[0]

    def ask_everywhere(self, message, patience=30.0, **more):
        """What a query without a key is about lies in all partitions: the reply of each, in their order."""
        until, replies = time.monotonic() + patience, []
        while True:
            numbers = range(len(replies), max(1, 2 * len(replies)))
            asked = [Request.of(message, partition=number, **more) for number in numbers]
            for reply in self.ask_all(asked, patience=until - time.monotonic()):
                if (reply.outcome, reply.code) == ("invalid", "unknown_partition"):
                    return replies
                replies.append(reply)

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
        self.last_retry = ""  # why nobody has answered yet
        self.lost_at = {}   # place -> when its reply counts as lost

    def run(self):
        while self.done < len(self.requests):
            self.send_what_is_due()
            for reply in self.bus.receive(0.05):
                self.take(reply)
            self.progress(self.done)
            if self.done < len(self.requests) and time.monotonic() > self.until:
                missing = next(r for r, reply in zip(self.requests, self.replies) if reply is None)
                raise Unanswered(f"{len(self.requests) - self.done} requests found no answer; one is {missing.type}"
                                 + self.reason())
        return self.replies

    def reason(self):
        """Of there being no answer, as far as it is known."""
        if trouble := self.bus.link.trouble():
            return f": {trouble}"
        return f": the last word was retry, {self.last_retry}" if self.last_retry else ""

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
        if reply.code == "deadline_passed":
            raise Unanswered(f"{self.requests[place].type} found no answer before its deadline" + self.reason())
        if not reply.is_final:
            self.last_retry = reply.code
            self.bus.retries += 1
            heapq.heappush(self.due, (time.monotonic() + max(reply.retry_after, 0.001), place))
            return
        self.replies[place] = Reply(reply.bytes, self.requests[place].reply_type)
        self.done += 1
        self.under_way -= 1


