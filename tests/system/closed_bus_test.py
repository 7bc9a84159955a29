#!/usr/bin/python3
"""A hub and whoever knocks: without a key, with a wrong one, with one that was taken away a moment ago, with half a
handshake, by the thousand, with a frame that is too large. Nobody gets further than the operator granted, and those who
may are served meanwhile.

    closed_bus_test.py <folder of the executables>
"""

import contextlib
import json
import os
import pathlib
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import unittest
import urllib.request

import msgpack
import zmq
import zmq.utils.monitor

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui import Bus, Hub, KeyPair, Reply, Request  # noqa: E402
from gonghui.wire import encrypted, pack  # noqa: E402

PROGRAMS = None
PATIENCE = 15.0
# The hub closes whoever has not finished a handshake after 5 s.
HANDSHAKE = 5.0
# Of the hub: what a shell gives it, and what it may take.
DESCRIPTORS, MOST_DESCRIPTORS = 256, 2048
# The thread sanitizer keeps what is known of every byte beside it.
TIMES_THE_MEMORY = 8 if "thread" in os.environ.get("GONGHUI_SANITIZE", "") else 1
LARGE = 100 * 1000 * 1000
MIB = 2**20
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"CURVE".ljust(20, b"\0") + bytes(32)
HELLO_BYTES = 2 + 200  # a frame's head, and CurveZMQ's first command


class ClosedBus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name) / "331083"
        cls.gonghui("up", "--write-config", "--free-ports")
        cls.plan = tomllib.loads((cls.folder / "district.toml").read_text())["hub"]
        cls.hub = Hub.of(cls.folder)
        cls.log = cls.folder / "log" / "hub.log"
        with open(cls.log, "wb") as log:
            cls.process = subprocess.Popen(
                [PROGRAMS / "gonghui-hub", "--config", cls.folder / "config" / "hub.toml"], stdout=log, stderr=log,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, MOST_DESCRIPTORS)))
        cls.addClassCleanup(cls.end_hub)
        # As `gonghui up` writes it.
        (cls.folder / "run" / "hub.pid").write_text(f"{cls.process.pid}\n")
        cls.operator = Bus(cls.hub, cls.key("ctl"))
        cls.addClassCleanup(cls.operator.close)
        cls.ask_status()

    @classmethod
    def end_hub(cls):
        cls.process.terminate()
        assert cls.process.wait(30) == 0, cls.log.read_text()

    @classmethod
    def gonghui(cls, *words, code=0):
        """What it said."""
        done = subprocess.run([PROGRAMS / "gonghui", "--lang", "en", "--folder", cls.folder, *words],
                              capture_output=True, text=True, timeout=30)
        assert done.returncode == code, (done.returncode, done.stderr)
        return done.stdout + done.stderr

    @classmethod
    def key(cls, instance):
        return KeyPair.load(cls.folder / "keys" / f"{instance}.key")

    @classmethod
    def ask_status(cls):
        return cls.operator.ask(Request("hub._status", {}), patience=PATIENCE).data

    def setUp(self):
        """A connection that nothing here may touch."""
        self.bystander = Connection(self, self.hub.request, self.key("ctl"))
        self.assertEqual("accepted", self.bystander.ask().outcome)

    def tearDown(self):
        self.assertEqual("accepted", self.bystander.ask().outcome)
        self.assertEqual([], self.bystander.losses(), "the bystander was disconnected")
        self.assertIsNone(self.process.poll())

    # --- what is said of it ---

    def counted(self, instance, name):
        return next(peer[name] for peer in self.ask_status()["peers"] if peer["instance"] == instance)

    def metric(self, name):
        config = tomllib.loads((self.folder / "config" / "hub.toml").read_text())
        address = config["http.listen"] if "http.listen" in config else config["http"]["listen"]
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=PATIENCE) as answer:
            return float(re.search(rf"^{name} (\S+)$", answer.read().decode(), re.M)[1])

    def records(self, message):
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if line["message"] == message]

    def eventually(self, condition, what):
        until = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            self.ask_status()  # a turn of the hub

    @contextlib.contextmanager
    def memory_within(self, most_mib):
        """The most that the hub has resident grows no further; the figure is printed."""
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")  # the peak is now what is resident
        before = self.peak_mib()
        yield
        grown = self.peak_mib() - before
        print(f"{self.id().split('.')[-1]}: the hub's peak grew by {grown:.1f} MiB to {self.peak_mib():.1f} MiB")
        self.assertLess(grown, most_mib * TIMES_THE_MEMORY)

    def peak_mib(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", text)[1]) / 1024

    # --- keys and rights ---

    def test_a_revoked_key_is_dropped_at_once(self):
        self.gonghui("keys", "add", "stall", "--publish", "stall", "--follow", "stall", "--call", "hub._status")
        stall, door = self.key("stall-0"), self.ask_status()["door"]
        asking = Connection(self, self.hub.request, stall)
        following = Connection(self, self.hub.subscribe, stall)
        publishing = Connection(self, self.plan["publish"], stall, zmq.XPUB)
        silent = Connection(self, self.hub.request, stall)
        witness = Connection(self, self.hub.subscribe, self.key("ctl"))
        # All of it works.
        self.assertEqual("accepted", asking.ask().outcome)
        for follower in (following, witness):
            self.assertEqual(["following", "331083.stall."], follower.follow("331083.stall."))
        self.assertEqual(b"\x01", publishing.receive())
        publishing.publish("331083.stall.opened", 1)
        for follower in (following, witness):
            self.assertEqual("331083.stall.opened", follower.message()[1])
        silent.wait_for(zmq.EVENT_HANDSHAKE_SUCCEEDED)

        self.gonghui("keys", "revoke", stall.public)
        for connection in (asking, following, publishing, silent):
            connection.wait_for(zmq.EVENT_DISCONNECTED)
            # It tries again, and is not let in.
            connection.wait_for(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        self.assertFalse(any(connection.can_send() for connection in (asking, following, silent)))
        publishing.publish("331083.stall.closed", 2)  # a publisher drops what nobody is there for
        self.assertEqual([], witness.losses())
        self.assertFalse(self.counted("stall-0", "granted"))
        self.assertEqual(1, self.counted("stall-0", "events"))
        self.eventually(lambda: self.ask_status()["door"]["ended"] >= door["ended"] + 4, "ended connections are counted")
        self.eventually(lambda: self.ask_status()["door"]["keys_refused"] >= door["keys_refused"] + 4, "refused keys")
        self.eventually(lambda: self.metric("gonghui_hub_connections_ended_total") >= door["ended"] + 4, "the metric")

    def test_a_key_is_changed_while_its_service_serves(self):
        old = self.key("registration-0")
        service = self.start("registration")
        self.assertEqual("accepted", self.ask_registration().outcome)
        said = self.gonghui("keys", "rotate", "registration-0")
        self.assertIn(f"gonghui keys revoke '{old.public}'", said)
        fresh = self.key("registration-0")
        self.assertNotEqual(old.public, fresh.public)
        # Both are valid, for the service that runs and for the one that comes.
        self.assertEqual("accepted", self.ask_registration().outcome)
        self.assertIn("has two valid keys already", self.gonghui("keys", "rotate", "registration-0", code=64))
        self.end(service)
        service = self.start("registration")
        self.assertEqual("accepted", self.ask_registration().outcome)
        serving = {peer["public"]: peer["replies"] for peer in self.ask_status()["peers"]}
        self.assertGreater(serving[fresh.public], 0)
        self.assertIn("The hub obeys already", self.gonghui("keys", "revoke", old.public))
        self.assertEqual("accepted", self.ask_registration().outcome)
        self.assertEqual(fresh, self.key("registration-0"))
        stale = Connection(self, self.hub.request, old)
        stale.wait_for(zmq.EVENT_HANDSHAKE_FAILED_AUTH)

    def test_a_key_that_was_stolen_is_replaced_at_once(self):
        stolen = self.key("training-0")
        self.gonghui("keys", "revoke", stolen.public)
        Connection(self, self.hub.request, stolen).wait_for(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        self.assertIn("The hub obeys already", self.gonghui("keys", "init"))
        self.assertNotEqual(stolen, self.key("training-0"))
        Connection(self, self.hub.request, self.key("training-0")).wait_for(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        Connection(self, self.hub.request, stolen).wait_for(zmq.EVENT_HANDSHAKE_FAILED_AUTH)

    def start(self, service):
        with open(self.folder / "log" / f"{service}.log", "ab") as log:
            process = subprocess.Popen([PROGRAMS / f"gonghui-{service}", "--config",
                                        self.folder / "config" / f"{service}.toml"], stdout=log, stderr=log)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        process.terminate()
        self.assertEqual(0, process.wait(30))

    def ask_registration(self):
        return self.operator.ask(Request("registration._status", {}, partition=0), patience=PATIENCE)

    def test_a_hub_that_does_not_obey_is_told_of(self):
        self.gonghui("keys", "add", "kiosk", "--call", "hub._status")
        kiosk, file = self.key("kiosk-0"), self.folder / "keys" / "authorized.toml"
        grants = file.read_text()
        file.write_text(grants + "\n[[peer]]\npublic = \"by hand, and wrong\"\n")
        self.assertIn("hub.log says why", self.gonghui("keys", "revoke", kiosk.public, code=78))
        self.assertEqual("accepted", Connection(self, self.hub.request, kiosk).ask().outcome)
        file.write_text(grants)
        self.gonghui("keys", "revoke", kiosk.public)

    def test_what_a_key_may_not_do_is_refused_and_counted_and_seldom_logged(self):
        self.gonghui("keys", "add", "board", "--publish", "board", "--follow", "training", "--call", "training.*")
        board = self.key("board-0")
        asking = Connection(self, self.hub.request, board)
        following = Connection(self, self.hub.subscribe, board)
        publishing = Connection(self, self.plan["publish"], board, zmq.XPUB)
        witness = Connection(self, self.hub.subscribe, self.key("ctl"))
        witness.follow("331083.")
        self.assertEqual(b"\x01", publishing.receive())
        for _ in range(100):
            reply = asking.ask("registration.approve", {"name": "张三"})
            self.assertEqual(("refused", "not_permitted", {"right": "call"}), (reply.outcome, reply.code, reply.facts))
            self.assertEqual(["refused", "not_permitted", "331083.registration."],
                             following.follow("331083.registration."))
            publishing.publish("331083.training.seat_taken." + "x" * 50_000, 1, {"name": "张三"})
        publishing.publish("331083.board.hung_up", 2)
        self.assertEqual("331083.board.hung_up", witness.message()[1], "and none of the others before it")
        for right in ("call", "follow", "publish"):
            self.assertEqual(100, self.counted("board-0", f"refused_{right}"))
            logged = [line for line in self.records("refused")
                      if (line["instance"], line["right"]) == ("board-0", right)]
            self.assertEqual([1, 2, 4, 8, 16, 32, 64], [line["times"] for line in logged])
            self.assertLess(max(len(str(line)) for line in logged), 400)
        self.assertNotIn("张三", self.log.read_text())
        self.eventually(lambda: self.metric("gonghui_hub_refused_total") >= 100, "the metric of calls")
        self.eventually(lambda: self.metric("gonghui_hub_events_refused_total") >= 100, "the metric of events")
        self.eventually(lambda: self.metric("gonghui_hub_follows_refused_total") >= 100, "the metric of follows")

    def test_a_holder_of_another_version_of_the_protocol_holds_nothing(self):
        self.gonghui("keys", "add", "later", "--publish", "later")
        holder = Connection(self, self.hub.request, self.key("later-0"))
        source = "331083/later/0"

        def hold(**more):
            holder.send(msgpack.packb(["hold", {"source": source, "partitions": 1, "claim": 1, "epoch": 1, "seq": 0} | more]))

        def held():
            return [(one["held"], one["wire"]) for service in self.ask_status()["services"] if service["service"] == "later"
                    for one in service["partitions"]]

        spoken = self.ask_status()["wire"]
        for unspoken in (0, spoken + 1):
            hold(wire=unspoken)
            self.assertEqual(["refused", "wire_not_spoken", source], holder.message())
        self.assertEqual([], held())
        self.assertEqual(2, self.counted("later-0", "refused_hold"))
        hold()  # as services did that did not say yet: version 1
        self.eventually(lambda: held() == [(True, 1)], "it holds its partition")

    def test_a_release_is_confirmed_and_nothing_comes_behind(self):
        self.gonghui("keys", "add", "parting", "--publish", "parting")
        holder = Connection(self, self.hub.request, self.key("parting-0"))
        asker = Connection(self, self.hub.request, self.key("ctl"))
        source = "331083/parting/0"
        holder.send(msgpack.packb(["hold", {"source": source, "partitions": 1, "claim": 1, "epoch": 1, "seq": 0}]))
        ask = Request("parting.anything", {})

        def is_held():
            return any(one["held"] for service in self.ask_status()["services"] if service["service"] == "parting"
                       for one in service["partitions"])

        self.eventually(is_held, "it holds its partition")
        asker.send(msgpack.packb(["request", ask.bytes]))
        self.assertEqual("request", holder.message()[0])
        holder.send(msgpack.packb(["release", source]))
        self.assertEqual(["released", source], holder.message())
        asker.send(msgpack.packb(["request", Request("parting.anything", {}).bytes]))
        self.assertEqual("partition_unavailable", Reply(asker.message()[1]).code)

    def test_strangers_are_counted_and_seldom_logged(self):
        door, lines = self.ask_status()["door"], len(self.records("refused_at_the_door"))
        waves, size = 6, 5
        for wave in range(1, waves + 1):
            plain = [Connection(self, self.hub.request, None) for _ in range(size)]
            strangers = [Connection(self, self.hub.request, KeyPair.make()) for _ in range(size)]
            for connection in strangers:
                connection.wait_for(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
            self.assertFalse(any(connection.can_send() for connection in plain + strangers))
            # When the metrics have it, the log could have it, too.
            for metric, name in (("keys_refused", "keys_refused"), ("handshakes_failed", "strangers")):
                self.eventually(lambda: self.metric(f"gonghui_hub_{metric}_total") >= door[name] + wave * size, metric)
        logged = self.records("refused_at_the_door")
        self.assertGreater(len(logged), 0)
        self.assertLessEqual(len(logged), lines + 2, f"{waves} waves came")
        self.assertEqual({"time", "level", "service", "message", "unknown_keys", "last_unknown_key", "no_handshake"},
                         set(logged[-1]))
        self.assertGreaterEqual(self.ask_status()["door"]["strangers"], door["strangers"] + waves * size)

    # --- the door ---

    def test_a_handshake_that_is_never_finished_ends(self):
        started = time.monotonic()
        beginnings = {"nothing": b"", "half a greeting": GREETING[:32], "a greeting": GREETING}
        waiting = {name: self.knock(beginning) for name, beginning in beginnings.items()}
        waiting["the first command"] = self.knock_through_a_proxy_that_stops_after(len(GREETING) + HELLO_BYTES)
        newcomer = Connection(self, self.hub.request, self.key("ctl"))
        self.assertEqual("accepted", newcomer.ask().outcome)
        self.assertLess(time.monotonic() - started, HANDSHAKE, "the newcomer did not wait for them")
        for name, peer in waiting.items():
            with self.subTest(name):
                peer.settimeout(PATIENCE)
                with contextlib.suppress(ConnectionResetError):
                    while peer.recv(4096):
                        pass
        self.assertGreater(time.monotonic() - started, HANDSHAKE / 2, "they were given time")

    def knock(self, beginning=b""):
        host, port = self.hub.request.removeprefix("tcp://").split(":")
        peer = socket.create_connection((host, int(port)), timeout=PATIENCE)
        self.addCleanup(peer.close)
        peer.sendall(beginning)
        return peer

    def knock_through_a_proxy_that_stops_after(self, size):
        """A client of ours behind it; the proxy's own connection to the hub, which gets the first bytes and no more."""
        door = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(door.close)
        through = Hub(f"tcp://127.0.0.1:{door.getsockname()[1]}", self.hub.subscribe, self.hub.public_key)
        Connection(self, through.request, self.key("ctl"))
        client, _ = door.accept()
        self.addCleanup(client.close)
        hub = self.knock()
        threading.Thread(target=copy_all, args=(hub.dup(), client), daemon=True).start()
        while size > 0:
            piece = client.recv(size)
            hub.sendall(piece)
            size -= len(piece)
        return hub

    def test_a_flood_of_connections(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
        with self.memory_within(64):
            # More than a shell gives the hub, less than it may take: newcomers are let in meanwhile.
            flood = [self.knock(GREETING) for _ in range(MOST_DESCRIPTORS * 3 // 4)]
            self.assertEqual("accepted", self.bystander.ask().outcome)
            self.assertEqual("accepted", Connection(self, self.hub.request, self.key("ctl")).ask().outcome)
            # More than it may take: those who are in are served.
            flood += [self.knock() for _ in range(MOST_DESCRIPTORS // 2)]
            for _ in range(100):
                self.assertEqual("accepted", self.bystander.ask().outcome)
        for peer in flood:
            peer.close()
        self.assertEqual("accepted", Connection(self, self.hub.request, self.key("ctl")).ask().outcome)
        self.eventually(lambda: self.ask_status()["door"]["open"] < 50, "they are gone")

    # --- frames ---

    def test_a_frame_of_100_mb_from_a_peer_that_may_ask(self):
        with self.memory_within(32):
            peer = Connection(self, self.hub.request, self.key("ctl"))
            self.assertEqual("accepted", peer.ask().outcome)
            peer.send(bytes(LARGE))
            peer.wait_for(zmq.EVENT_DISCONNECTED)
        self.assertEqual("accepted", Connection(self, self.hub.request, self.key("ctl")).ask().outcome)

    def test_who_brings_more_than_its_rate_waits_and_who_does_not_wait_is_kept_out(self):
        self.gonghui("keys", "add", "eager", "--publish", "eager", "--call", "hub._status", "--rate", "100")
        key = self.key("eager-0")
        waiting = Bus(self.hub, key)
        self.addCleanup(waiting.close)
        asked = waiting.ask_all([Request("hub._status", {}) for _ in range(600)], window=50, patience=PATIENCE)
        self.assertEqual({"accepted"}, {reply.outcome for reply in asked}, "who waits loses nothing")
        self.assertGreater(waiting.retries, 0)
        self.assertEqual(0, self.counted("eager-0", "kept_out"))

        rushing = Connection(self, self.hub.request, key)
        asking = msgpack.packb(["request", Request("hub._status", {}).bytes])
        for _ in range(20):
            rushing.send(asking * 100)
        rushing.wait_for(zmq.EVENT_DISCONNECTED)
        self.assertTrue(self.counted("eager-0", "is_kept_out"))
        self.assertEqual(1, self.counted("eager-0", "kept_out"))
        self.assertLess(self.counted("eager-0", "requests"), 3000, "what came after that was not looked at")
        self.eventually(lambda: not self.counted("eager-0", "is_kept_out"), "it is let in again")
        rushing.wait_for(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        self.assertEqual("rate", self.records("refused")[-1]["right"])

    def test_noise_and_parts_without_number_cost_their_sender(self):
        for number, (endpoint, parts) in enumerate(((self.hub.request, [b"\xc1"]), (self.hub.subscribe, [b"x"] * 3),
                                                    (self.hub.request, [b"x"] * 1000))):
            name = f"noisy{number}"
            self.gonghui("keys", "add", name, "--publish", name, "--rate", "100")
            noisy = Connection(self, endpoint, self.key(f"{name}-0"))
            noisy.wait_for(zmq.EVENT_HANDSHAKE_SUCCEEDED)
            for _ in range(200):
                noisy.send_parts(parts)
            noisy.wait_for(zmq.EVENT_DISCONNECTED)
            self.assertEqual(1, self.counted(f"{name}-0", "kept_out"))

    def test_a_frame_of_100_mb_from_a_peer_without_a_key(self):
        for flags in (b"\x02", b"\x06"):  # a message, a command; the size takes eight bytes
            with self.memory_within(32):
                peer, sent = self.knock(GREETING + flags + LARGE.to_bytes(8, "big")), 0
                with self.assertRaises((ConnectionResetError, BrokenPipeError)):
                    while sent < LARGE:
                        sent += peer.send(bytes(MIB))
                self.assertLess(sent, LARGE / 4)


class Connection:
    """One socket of a peer, and what becomes of its connection."""

    def __init__(self, test, endpoint, key, kind=zmq.DEALER):
        context = zmq.Context.instance()
        context.set(zmq.MAX_SOCKETS, 4096)
        if key:
            self._socket = encrypted(context, kind, test.hub, key)
        else:
            self._socket = context.socket(kind)
            self._socket.immediate = 1
        self._monitor = self._socket.get_monitor_socket()
        self._seen = []
        test.addCleanup(self._close)
        self._socket.connect(endpoint)

    def _close(self):
        self._socket.disable_monitor()
        self._monitor.close()
        self._socket.close(linger=0)

    def _next_event(self, patience):
        if not self._monitor.poll(int(patience * 1000)):
            return False
        self._seen.append(zmq.utils.monitor.recv_monitor_message(self._monitor)["event"])
        return True

    def wait_for(self, event):
        """Until it has happened; what was before it is forgotten."""
        until = time.monotonic() + PATIENCE
        while event not in self._seen:
            if time.monotonic() > until or not self._next_event(PATIENCE):
                raise AssertionError(f"{event!r} has not happened, but {self._seen}")
        del self._seen[:self._seen.index(event) + 1]

    def losses(self):
        while self._next_event(0):
            pass
        return [event for event in self._seen if event == zmq.EVENT_DISCONNECTED]

    def can_send(self):
        return bool(self._socket.poll(0, zmq.POLLOUT))

    def send(self, frame):
        if not self._socket.poll(int(PATIENCE * 1000), zmq.POLLOUT):
            raise AssertionError("no connection")
        self._socket.send(frame)

    def send_parts(self, parts):
        """If somebody is there."""
        with contextlib.suppress(zmq.Again):
            self._socket.send_multipart(parts, zmq.NOBLOCK)

    def receive(self):
        if not self._socket.poll(int(PATIENCE * 1000)):
            raise AssertionError("nothing has come")
        return self._socket.recv()

    def message(self):
        """The only one of a frame."""
        return msgpack.unpackb(self.receive(), raw=False)

    def ask(self, kind="hub._status", data=None):
        request = Request(kind, data or {})
        self.send(msgpack.packb(["request", request.bytes]))
        return Reply(self.message()[1])

    def follow(self, prefix):
        self.send(msgpack.packb(["follow", prefix]))
        return self.message()

    def publish(self, topic, seq, data=None):
        source = "/".join(topic.split(".")[:2]) + "/0"
        event = pack({"source": source, "type": topic.split(".")[2], "seq": seq, "data": data or {}})
        self._socket.send_multipart([b"331083.", msgpack.packb(["event", topic, event])])


def copy_all(source, target):
    with contextlib.suppress(OSError), source:
        while piece := source.recv(4096):
            target.sendall(piece)


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
