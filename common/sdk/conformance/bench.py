"""A small district around one service: the real hub, the service as a process behind a network that can be disturbed, the
followed service played by this program, an observer of what the service publishes, and the operator's key."""

import collections
import contextlib
import os
import pathlib
import signal
import subprocess
import time
import uuid

from gonghui import Bus, Hub, KeyPair, Request, Unanswered
from gonghui.wire import NIL, Connection, pack, unpack

from description import filled
from link import Network
from source import Observer, Source

DISTRICT = "331083"
START_PATIENCE = 15.0
PATIENCE = 10.0  # to be level, to answer
PAGE_BYTES = 2 * 1024 * 1024
TIMES_BEGIN = 10**14  # us since 1970: larger numbers in answers are moments, and grow by themselves
PORT_TRIES, UNAVAILABLE = 5, 69  # the exit code of who finds its port taken
LOGGED = {"GONGHUI_LOG_LEVEL": "info", "GONGHUI_LOG_FORMAT": "json"}
REFUSALS = ("refused_call", "refused_actor", "refused_publish", "refused_follow", "refused_hold", "malformed")


class CannotBegin(Exception):
    """Not the service's behaviour but the district around it."""


class Failed(Exception):
    """A check did not hold: what was expected, in both languages, and what came."""

    def __init__(self, expected, came):
        super().__init__(expected[1])
        self.expected, self.came = expected, str(came)


def require(holds, expected, came):
    if not holds:
        raise Failed(expected, came)


class Bench:
    def __init__(self, about, gonghui, folder):
        self.about, self.gonghui = about, pathlib.Path(gonghui).resolve()
        self.folder = pathlib.Path(folder) / DISTRICT
        self.source_name = f"{DISTRICT}/{about.service}/0"
        self.network, self.source, self.observer, self.bus = None, None, None, None
        self._hub, self._service = None, None
        self.refused = collections.Counter()  # what the hub has refused to the service, over the hub's restarts
        # What one event and one command lead to, as seen when nothing was disturbed (check_effects).
        self.reactions, self.event_growth, self.command_growth, self.command_events = 0, {}, {}, 0
        self.known = None  # an @id@ that an event has told of

    # --- the district ---

    def open(self):
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        plan = self.folder.with_suffix(".toml")
        plan.write_text(f'district = "{DISTRICT}"\n[services.{self.about.service}]\nprogram = "{self.about.program}"\n')
        self._operator("keys", "init")
        self._add_key(self.about.service, self.about.rights)
        if self.about.followed:
            self._add_key(self.about.followed, ["--publish", self.about.followed])
        self._begin_hub(plan)
        self.hub, self.key = Hub.of(self.folder), self.key_of("ctl")
        self.network = Network()
        self.config = self.folder / "config" / f"{self.about.service}.toml"
        text = self.config.read_text()
        for endpoint in (self.hub.request, self.hub.subscribe, self.hub.publish):
            text = text.replace(endpoint, self.network.relay(endpoint))
        self.config.write_text(text)
        self.bus = Bus(self.hub, self.key)
        self.observer = Observer(DISTRICT, self.about.service, self.hub, self.key)
        if self.about.event:
            self.source = Source(DISTRICT, self.about.event, self.about.before, self.hub,
                                 self.key_of(f"{self.about.followed}-0"))

    def _add_key(self, service, rights):
        """A service of the house has its own already."""
        if not (self.folder / "keys" / f"{service}-0.key").exists():
            self._operator("keys", "add", service, f"{service}-0", *rights)

    def key_of(self, name):
        return KeyPair.load(self.folder / "keys" / f"{name}.key")

    def _operator(self, *arguments):
        self._run([str(self.gonghui), "--district-folder", str(self.folder), *arguments])

    def _run(self, command):
        with _named(command[0]):
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=START_PATIENCE,
                                  env=os.environ | {"GONGHUI_DISTRICT_FOLDER": str(self.folder)})
        if done.returncode != 0:
            raise CannotBegin(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            if self.is_running:
                self.signal(signal.SIGCONT)
                self.signal(signal.SIGKILL)
        if self._service:
            self._service.wait()
        for part in (self.source, self.observer, self.bus, self.network):
            if part:
                part.close()
        if self._hub:
            self._hub.kill()
            self._hub.wait()

    def _begin_hub(self, plan):
        """On ports that were free a moment ago; if somebody has taken one since, on others."""
        for is_last in [False] * (PORT_TRIES - 1) + [True]:
            self._operator("up", "--write-config", "--free-ports", "--config", str(plan))
            try:
                return self.start_hub()
            except CannotBegin:
                if is_last or self._hub.returncode != UNAVAILABLE:
                    raise

    def start_hub(self):
        """Returns when it has bound its ports."""
        program, file = self.gonghui.with_name("gonghui-hub"), self.folder / "log" / "hub.log"
        with open(file, "ab") as log, _named(program):
            before = log.tell()
            self._hub = subprocess.Popen([program, "--config", self.folder / "config" / "hub.toml"], stdout=log,
                                         stderr=log, start_new_session=True, env=os.environ | LOGGED)
        until = time.monotonic() + START_PATIENCE
        while b'"hub_bound"' not in file.read_bytes()[before:]:
            if self._hub.poll() is not None or time.monotonic() > until:
                words = file.read_bytes()[before:].decode(errors="replace").strip().splitlines()
                raise CannotBegin(f"{program}: {self._hub.poll()}: {words[-1] if words else 'it said nothing'}")
            time.sleep(0.02)

    def restart_hub(self):
        """At once, and with no memory of anybody."""
        self.count_refusals()
        self._hub.kill()
        self._hub.wait()
        self.start_hub()

    def count_refusals(self):
        for peer in self.hub_status()["peers"]:
            if peer["service"] == self.about.service:
                self.refused.update({name: peer[name] for name in REFUSALS if peer[name]})

    def hub_status(self):
        return self.ask(Request("hub._status", {})).data

    # --- the service ---

    @property
    def is_running(self):
        return self._service is not None and self._service.poll() is None

    def ensure(self):
        if not self.is_running:
            self.start()

    def start(self):
        """Returns when it answers."""
        self.network.go()
        with open(self.log, "ab") as log, _named(self.about.program):
            self._service = subprocess.Popen([self.about.program, "--config", self.config], stdout=log, stderr=log,
                                             start_new_session=True)
        until = time.monotonic() + START_PATIENCE
        while True:
            require(self.is_running, ("服务启动后持续运行", "the service runs once it is started"),
                    f"{self._service.poll()}: {self.last_words()}")
            with contextlib.suppress(Unanswered):
                return self.bus.ask(self.own_request("_status"), patience=1.0)
            require(time.monotonic() < until, ("启动后 15 秒内应答 _status", "it answers _status within 15 s of its start"),
                    self.last_words())

    @property
    def log(self):
        return self.folder / "log" / f"{self.about.service}.log"

    def last_words(self):
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1][-300:] if lines else "-"

    @property
    def pid(self):
        return self._service.pid

    def signal(self, number):
        os.killpg(self._service.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self._service.wait()
        self.network.sever()
        self.network.go()

    def terminate(self):
        self.signal(signal.SIGTERM)
        return self.wait()

    def wait(self, patience=PATIENCE):
        """Its exit code, None if it does not end."""
        try:
            return self._service.wait(patience)
        except subprocess.TimeoutExpired:
            return None

    @contextlib.contextmanager
    def another_holder(self, claim):
        """As a second process with the service's key would be."""
        with contextlib.closing(Connection(self.hub, self.key_of(f"{self.about.service}-0"), self.hub.request)) as other:
            other.say("hold", {"source": self.source_name, "partitions": 1, "claim": claim, "epoch": 1, "seq": 0})
            until = time.monotonic() + START_PATIENCE
            while not other.flush() and time.monotonic() < until:
                time.sleep(0.02)
            yield

    # --- requests ---

    def own_request(self, name, data=None, **more):
        return Request(f"{self.about.service}.{name}", data or {}, partition=0, **more)

    def ask_own(self, name, data=None):
        """The final answer to one of the bus's own requests."""
        return self.ask(self.own_request(name, data))

    def ask(self, request):
        return self.ask_all([request])[0]

    def ask_all(self, requests):
        """The final answers, however often that takes."""
        try:
            return self.bus.ask_all(requests, patience=PATIENCE)
        except Unanswered as error:
            raise Failed(("每个请求都得到最终答复", "every request gets a final answer"),
                         f"{error}; {self.last_words()}") from None

    def answers_to(self, requests, patience=PATIENCE):
        """The first answer to each, whatever it is; one without an id (sixteen zero bytes) is the last one's."""
        self.bus.send(requests)
        wanted, answers, until = {one.id for one in requests}, {}, time.monotonic() + patience
        while len(answers) < len(requests) and (left := until - time.monotonic()) > 0:
            for reply in self.bus.receive(left):
                identity = requests[-1].id if reply.id == NIL else reply.id
                if identity in wanted:
                    answers.setdefault(identity, reply)
        return answers

    def answer_to(self, request, patience=PATIENCE):
        return self.answers_to([request], patience).get(request.id)

    def request_of(self, message, about=None, **more):
        parts = filled({name: value for name, value in (("key", message.key), ("actor", message.actor)) if value}, about)
        return Request(message.type, message.about(about), **parts, **more)

    def command(self, about=None, **more):
        return self.request_of(self.about.command, about or self.known or uuid.uuid4(), **more)

    def changed(self, request, **parts):
        """The same request with other parts, under the id it has, unless `id` is one of them."""
        request.bytes = pack(unpack(request.bytes) | parts)
        if isinstance(parts.get("id"), uuid.UUID):
            request.id = parts["id"]
        return request

    # --- what it says of itself ---

    def status(self):
        return self.ask_own("_status").data

    def follows(self):
        return next((one for one in self.status()["follows"] if one["source"] == self.source.source), None)

    def read_log(self, after=0, most=PAGE_BYTES):
        """The records of its log, by pages."""
        records = []
        while True:
            page = self.ask_own("_log_read", {"after_seq": after + len(records), "max_bytes": most})
            require(page.outcome == "accepted", ("_log_read 得到答复", "_log_read is answered"), page)
            records += page.data["records"]
            if not page.data["records"] or after + len(records) >= page.data["head"]["seq"]:
                return records

    def own_events(self, after=0):
        return [unpack(record) for record in self.read_log(after)]

    def wait_level(self, patience=PATIENCE):
        until = time.monotonic() + patience
        while True:
            one = self.follows()
            wanted = (self.source.epoch, self.source.head, False, False)
            stands = one and (one["epoch"], one["cursor"], one["diverged"], one["rebuilding"])
            if stands == wanted:
                return
            require(time.monotonic() < until,
                    (f"{patience:.0f} 秒内与 {self.source.source} 齐平：纪元 {wanted[0]}，序号 {wanted[1]}",
                     f"it is level with {self.source.source} within {patience:.0f} s: epoch {wanted[0]}, seq {wanted[1]}"),
                    one and {name: one[name] for name in ("epoch", "cursor", "diverged", "rebuilding")})
            time.sleep(0.03)

    # --- effects: what answers show, as numbers that grow by the same with each event ---

    def total(self, identities=()):
        """All numbers in the answer to the query, and the lengths of its lists; of all identities if it asks about one."""
        if not self.about.query:
            return collections.Counter()
        if not self.about.query.names_the_event:
            return self._numbers_of(None)
        return sum((self._numbers_of(one) for one in identities), collections.Counter())

    def _numbers_of(self, identity):
        reply = self.ask(self.request_of(self.about.query, identity or uuid.uuid4()))
        require(reply.outcome in ("accepted", "refused"), ("查询得到答复", "the query is answered"), reply)
        found = collections.Counter()
        _add_numbers(reply.data, "", found)
        return found

    @contextlib.contextmanager
    def effects_of(self, events):
        """`events` is filled within the block; behind it, each has had its effect once, and nothing is parked."""
        before, after, parked = self.total(), self.status()["head"], self.status()["parked"]
        yield
        self.wait_level()
        self.require_reactions(events, after)
        self.require_growth(before, events)
        status = self.status()
        require(status["parked"] == parked, (f"搁置的事件仍为 {parked} 条", f"{parked} events are parked, as before"),
                f"{status['parked']}: {self.last_words()}")
        if self.about.command and self.about.command.names_the_event:
            for one in events[:5]:
                reply = self.ask(self.command(one.about))
                require(reply.outcome == "accepted",
                        ("事件生效后，有关的命令被接受", "a command about what an event told of is accepted"), reply)

    def require_reactions(self, events, after):
        causes = collections.Counter(event["cause"] for event in self.own_events(after))
        wrong = {str(one.seq): causes[one.id.bytes] for one in events if causes[one.id.bytes] != self.reactions}
        require(not wrong, (f"每个事件恰好引起 {self.reactions} 个自己的事件",
                            f"each event leads to {self.reactions} of its own, once"),
                f"seq: {dict(list(wrong.items())[:5])}")

    def require_once(self, requests, after):
        """Commands that were accepted: each with its events."""
        causes = collections.Counter(event["cause"] for event in self.own_events(after))
        wrong = [causes[one.id.bytes] for one in requests if causes[one.id.bytes] != self.command_events]
        require(not wrong, (f"每个命令恰好 {self.command_events} 个事件", f"{self.command_events} events for each command"),
                f"{len(wrong)} / {len(requests)}: {wrong[:5]}")

    def require_growth(self, before, events):
        grown = self.total([one.about for one in events])
        grown.subtract(before)
        wanted = {name: by * len(events) for name, by in self.event_growth.items()}
        wrong = {name: grown[name] for name in {*wanted, *grown} if grown[name] != wanted.get(name, 0)}
        require(not wrong, (f"{len(events)} 个事件各生效一次：{ {name: wanted.get(name, 0) for name in wrong} }",
                            f"{len(events)} events have their effect once each: "
                            f"{ {name: wanted.get(name, 0) for name in wrong} }"), wrong)


@contextlib.contextmanager
def _named(program):
    """A program that cannot be started is named."""
    try:
        yield
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBegin(f"{program}: {getattr(error, 'strerror', None) or error}") from None


def _add_numbers(value, path, found):
    if isinstance(value, dict):
        for name, one in value.items():
            _add_numbers(one, f"{path}.{name}".lstrip("."), found)
    elif isinstance(value, list):
        found[path] += len(value)
        for one in value:
            _add_numbers(one, f"{path}[]", found)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < TIMES_BEGIN:
        found[path] += value
