"""What stands on the wire: keys, connections, frames, ids and the chain (common/messaging/PROTOCOL.md, sections 1 to 7)."""

import base64
import dataclasses
import datetime
import hashlib
import hmac
import pathlib
import re
import secrets
import time
import tomllib
import uuid

import msgpack
import zmq
import zmq.utils.monitor

FRAME_BYTES = 32 * 1024  # small messages travel together: encrypting a frame costs more than what is in it
LARGEST_MESSAGE = 4 * 1024 * 1024
LIMITS = {"max_array_len": 10_000, "max_map_len": 10_000, "max_str_len": 1024 * 1024, "max_bin_len": LARGEST_MESSAGE}
KEPT_BYTES = 512 * 1024  # for a hub that cannot be reached
EVENT_FRAMES = 200_000  # that may wait while a follower works
HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS = 1000, 3000
RECONNECT_MS, RECONNECT_MOST_MS = 100, 2000
CONNECT_MS = 1000  # else the kernel asks ever more rarely
TRY_AGAIN_EVERY = 1.0  # s, with a key that was refused: the operator may grant it meanwhile
UNREACHABLE_AFTER = 3.0  # s without a hub; before that it may be starting
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
NO_CHAIN = bytes(32)
NIL = uuid.UUID(int=0)
# Version 00, or what a later one begins with; neither id may be all zeros.
TRACEPARENT = re.compile("(?:00-{0}|(?!00|ff)[0-9a-f]{{2}}-{0}(?:-.*)?)".format(
    "(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"))


def read_toml(path):
    try:
        return tomllib.loads(pathlib.Path(path).read_text())
    except ValueError as error:  # it says the line, and no value
        raise ValueError(f"{path}: {error}") from None


@dataclasses.dataclass(frozen=True)
class KeyPair:
    public: str
    secret: str = dataclasses.field(repr=False)
    file: str = "of this program"

    @staticmethod
    def load(path):
        values = read_toml(path)
        try:
            if zmq.curve_public(values["secret"].encode()).decode() == values["public"]:
                return KeyPair(values["public"], values["secret"], str(path))
        except (KeyError, AttributeError, zmq.ZMQError):
            pass
        raise ValueError(f'{path}: no key: it needs the lines public = "..." and secret = "...", of one pair')

    @staticmethod
    def make():
        public, secret = zmq.curve_keypair()
        return KeyPair(public.decode(), secret.decode())


def derived_secret(service_key_file, purpose):
    """Of a service's own key, which the operator's command has made."""
    key = base64.b64decode(pathlib.Path(service_key_file).read_text())
    return hmac.digest(key, purpose.encode(), "sha256")


@dataclasses.dataclass(frozen=True)
class Hub:
    request: str
    subscribe: str
    public_key: str
    publish: str = ""  # for who publishes

    @staticmethod
    def of(folder):
        """The hub of a district that `gonghui up` has set up."""
        plan = read_toml(pathlib.Path(folder) / "district.toml")["hub"]
        return Hub(plan["request"], plan["subscribe"], plan["public_key"], plan["publish"])


@dataclasses.dataclass(frozen=True)
class Position:
    """A place in a log."""

    epoch: int = 1
    seq: int = 0
    chain: bytes = NO_CHAIN

    def after(self, record):
        return Position(self.epoch, self.seq + 1, next_chain(self.chain, record))


def partition_of(key, partitions):
    """Of a key (a uuid), in a service with so many partitions: PROTOCOL, section 8."""
    if partitions == 1:
        return 0
    return 1 + int.from_bytes(hashlib.blake2b(key.bytes, digest_size=16).digest()[:8], "big") % (partitions - 1)


def next_chain(chain, record):
    return hashlib.blake2b(chain + record, digest_size=32).digest()


def request_id():
    """UUIDv7: the idempotency key. Milliseconds since 1970, then chance."""
    return first_id_of(time.time_ns() // 1_000_000, secrets.randbits(12), secrets.randbits(62))


def first_id_of(milliseconds, high=0, low=0):
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)


def event_id(cause, number, source, epoch):
    """The same cause leads to the same ids whenever it is worked off again, in one epoch."""
    text = cause.bytes + number.to_bytes(4, "big") + f"{source}@{epoch}".encode()
    value = bytearray(hashlib.blake2b(text, digest_size=16).digest())
    value[6] = 0x80 | value[6] & 0x0F
    value[8] = 0x80 | value[8] & 0x3F
    return uuid.UUID(bytes=bytes(value))


def passed_on(traceparent):
    """A W3C trace context that came with something, for what follows from it; None for what is none, however long."""
    found = TRACEPARENT.fullmatch(traceparent) if isinstance(traceparent, str) and len(traceparent) < 1000 else None
    return traceparent if found else None


def microseconds(moment):
    """A date-time on the wire."""
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def moment(microseconds_since_1970):
    return EPOCH + datetime.timedelta(microseconds=microseconds_since_1970)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def pack(value):
    def of_other_kinds(one):
        if isinstance(one, uuid.UUID):
            return one.bytes
        if isinstance(one, datetime.datetime):
            return microseconds(one)
        raise TypeError(f"{type(one).__name__} has no form on the wire")

    return msgpack.packb(value, default=of_other_kinds)


def unpack(data):
    return msgpack.unpackb(data, raw=False, strict_map_key=False, **LIMITS)


def messages(frame):
    """The messages of a frame, word and elements, up to the first thing that is none."""
    unpacker = msgpack.Unpacker(max_buffer_size=LARGEST_MESSAGE, raw=False, **LIMITS)
    unpacker.feed(frame)
    found = []
    try:
        for message in unpacker:
            if not isinstance(message, list) or not message or not isinstance(message[0], str):
                break
            found.append(message)
    except (ValueError, msgpack.UnpackException):
        pass
    return found


def encrypted(context, kind, hub, key):
    socket = context.socket(kind)
    socket.curve_serverkey = hub.public_key.encode()
    socket.curve_publickey = key.public.encode()
    socket.curve_secretkey = key.secret.encode()
    socket.immediate = 1
    socket.heartbeat_ivl, socket.heartbeat_timeout = HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS
    socket.reconnect_ivl, socket.reconnect_ivl_max = RECONNECT_MS, RECONNECT_MOST_MS
    socket.connect_timeout = CONNECT_MS
    socket.maxmsgsize = LARGEST_MESSAGE
    socket.linger = 1000
    return socket


class Link:
    """How a socket's connection to the hub stands, as libzmq's monitor tells. A key that was refused is tried again."""

    def __init__(self, socket, endpoint, key):
        self._socket, self.endpoint, self._key = socket, endpoint, key
        self._monitor = socket.get_monitor_socket(
            zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_DISCONNECTED | zmq.EVENT_CONNECT_RETRIED)
        self._last, self._refused_until, self._down_since = None, None, time.monotonic()
        socket.connect(endpoint)

    def close(self):
        self._socket.disable_monitor()
        self._monitor.close(linger=0)

    def look_after(self):
        while self._monitor.poll(0):
            event = zmq.utils.monitor.recv_monitor_message(self._monitor)["event"]
            if event == zmq.EVENT_DISCONNECTED and self._last == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                continue  # it follows, and says less
            if self._last == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self._down_since = time.monotonic()
            self._last = event
            if self._last == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                self._refused_until = time.monotonic() + TRY_AGAIN_EVERY
        if self._refused_until and time.monotonic() >= self._refused_until:
            self._refused_until = None
            self._socket.disconnect(self.endpoint)
            self._socket.connect(self.endpoint)

    def state(self, patience=UNREACHABLE_AFTER):
        """connected, key_refused, or hub_unreachable; connecting while it has been tried for less than `patience`."""
        if self._last == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            return "connected"
        if self._last == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
            return "key_refused"
        return "hub_unreachable" if time.monotonic() >= self._down_since + patience else "connecting"

    def trouble(self):
        """In a sentence; None when it is connected."""
        return {"key_refused": f"the hub does not know the key {self._key.file}; see `gonghui keys list`",
                "hub_unreachable": f"the hub at {self.endpoint} cannot be reached; is `gonghui up` running?",
                }.get(self.state(patience=0))


class Connection:
    """One connection to the hub that sends full frames, and keeps what a hub that is away cannot take (up to a bound)."""

    def __init__(self, hub, key, endpoint, kind=zmq.DEALER, topic=None):
        self.socket = encrypted(zmq.Context.instance(), kind, hub, key)
        self._topic = topic
        self._out = bytearray()
        self.socket.rcvhwm = EVENT_FRAMES
        self.link = Link(self.socket, endpoint, key)

    def close(self, linger=0):
        self.flush()
        self.link.close()
        self.socket.close(linger=int(linger * 1000))

    def say(self, *message):
        self._out += msgpack.packb(message)
        if len(self._out) >= FRAME_BYTES and not self.flush() and len(self._out) >= KEPT_BYTES:
            self._out.clear()

    def flush(self):
        self.link.look_after()
        if not self._out:
            return True
        frame = bytes(self._out)
        try:
            if self._topic is None:
                self.socket.send(frame, zmq.NOBLOCK)
            else:
                self.socket.send_multipart([self._topic, frame], zmq.NOBLOCK)
        except zmq.Again:
            return False
        self._out.clear()
        return True

    def receive(self):
        """The messages that have come."""
        found = []
        while self.socket.poll(0):
            parts = self.socket.recv_multipart()
            found += messages(parts[0]) if len(parts) == 1 else []
        return found
