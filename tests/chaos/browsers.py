"""Many browsers at one gateway, each person with a session, behind the face of a Bus: what is asked is one tap, and a tap
that lost its connection, or was told to come back, is repeated under its Idempotency-Key by whoever sent it."""

import base64
import collections
import dataclasses
import datetime
import hashlib
import json
import selectors
import socket
import time
import uuid

from gonghui import Request
from gonghui.wire import request_id

CONNECTIONS = 64
COME_BACK = 0.05  # s, after a connection that was refused or lost


class Tap:
    """One command of a worker."""

    def __init__(self, kind, data, person):
        self.id, self.type, self.person = request_id(), kind, person
        self.body = json.dumps({name: str(value) for name, value in data.items()}).encode()


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a Reply of the bus tells, of an HTTP answer."""

    id: uuid.UUID
    status: int  # 0: none came
    bytes: bytes = b""
    retry_after: float = COME_BACK
    at = {"source": "gateway"}

    @property
    def is_final(self):
        return self.status not in (0, 503)

    @property
    def outcome(self):
        return "accepted" if self.status == 200 else "refused" if self.is_final else "retry"

    @property
    def code(self):
        return "" if self.status == 200 else f"{self.status} {json.loads(self.bytes).get('code')}"


class Browsers:
    def __init__(self, address, sessions):
        self.address, self.sessions = address, sessions  # host:port; person -> cookie
        self.queue = collections.deque()
        self.selector = selectors.DefaultSelector()
        self.idle = []  # sockets
        self.open = 0

    def send(self, taps):
        self.queue.extend(taps)

    def receive(self, patience):
        answers = self._ask()
        for key, _ in self.selector.select(0 if answers else patience):
            answers += self._listen(key.fileobj, key.data)
        return answers

    def ask_all(self, taps, patience=30.0):
        """The final answers, in the order of the taps."""
        until, found = time.monotonic() + patience, {}
        again = [(0.0, tap) for tap in taps]
        by_id = {tap.id: tap for tap in taps}
        while len(found) < len(by_id) and time.monotonic() < until:
            now = time.monotonic()
            self.send([tap for due, tap in again if due <= now])
            again = [one for one in again if one[0] > now]
            for answer in self.receive(0.01):
                if answer.is_final:
                    found[answer.id] = answer
                else:
                    again.append((now + answer.retry_after, by_id[answer.id]))
        return [found[tap.id] for tap in taps]

    def _ask(self):
        """Answers without one: the gateway takes no connection."""
        while self.queue and (self.idle or self.open < CONNECTIONS):
            tap = self.queue.popleft()
            try:
                connection = self.idle.pop() if self.idle else self._connect()
                connection.sendall(self._request(tap))
            except OSError:
                return [Answer(tap.id, 0)]
            self.selector.register(connection, selectors.EVENT_READ, [tap, b""])
        return []

    def _connect(self):
        host, port = self.address.rsplit(":", 1)
        connection = socket.create_connection((host, int(port)), timeout=5)
        self.open += 1
        return connection

    def _request(self, tap):
        path = "/api/v1/" + tap.type.replace(".", "/")
        return (f"POST {path} HTTP/1.1\r\nHost: {self.address}\r\nOrigin: http://{self.address}\r\nX-Gonghui: 1\r\n"
                f"Cookie: __Host-gonghui={self.sessions[tap.person]}\r\nContent-Type: application/json\r\n"
                f"Idempotency-Key: {tap.id}\r\nContent-Length: {len(tap.body)}\r\n\r\n").encode() + tap.body

    def _listen(self, connection, state):
        try:
            got = connection.recv(65536)
        except OSError:
            got = b""
        state[1] += got
        head, ended, body = state[1].partition(b"\r\n\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in
                                                                      head.decode().split("\r\n")[1:])}
        is_whole = bool(ended) and len(body) >= int(headers.get("content-length", 0))
        if got and not is_whole:
            return []
        self.selector.unregister(connection)
        if is_whole and headers.get("connection", "") != "close":
            self.idle.append(connection)
        else:
            connection.close()
            self.open -= 1
        if not is_whole:
            return [Answer(state[0].id, 0)]
        status = int(head.split()[1])
        wait = json.loads(body).get("retry_after_ms", 0) / 1000 if status == 503 else 0
        return [Answer(state[0].id, status, body, max(wait, COME_BACK))]

    def close(self):
        for connection in [*self.idle, *(key.fileobj for key in list(self.selector.get_map().values()))]:
            connection.close()
        self.selector.close()


def log_in_all(bus, persons):
    """person -> cookie. `bus` has the gateway's own key; what it asks is what logging in asks for."""
    tokens = {person: hashlib.sha256(person.bytes + b"a browser").digest() for person in persons}
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    replies = bus.ask_all([Request("gateway.open_session", {
        "session_id": request_id(), "token_hash": hashlib.sha256(token).digest(), "person_id": person, "kind": "worker",
        "expires_at": until}) for person, token in tokens.items()])
    if any(reply.outcome != "accepted" for reply in replies):
        raise ValueError(f"not everybody could log in: {next(reply for reply in replies if reply.outcome != 'accepted')}")
    return {person: base64.urlsafe_b64encode(token).decode().rstrip("=") for person, token in tokens.items()}
