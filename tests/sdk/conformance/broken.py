#!/usr/bin/python3
"""The plug-in `popular` with one fault in what the SDK does for it, which the environment names: BROKEN=skips_gaps."""

import os
import pathlib
import sys
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "common/sdk/python"), str(HERE.parent / "python")]

import gonghui.host as host  # noqa: E402
from gonghui.follower import APPLY, DUPLICATE, Follower  # noqa: E402
from gonghui.host import Host  # noqa: E402
from gonghui.store import Store  # noqa: E402
from gonghui.wire import Position, next_chain  # noqa: E402


def around(owner, name):
    """Replaces a method by a function that gets the replaced one first."""
    def replace(function):
        before = getattr(owner, name)
        setattr(owner, name, lambda *arguments, **more: function(before, *arguments, **more))
    return replace


def answers_a_repetition_anew():
    @around(Store, "first_answer")
    def _(first_answer, self, caller, request_id):
        self.db.execute("DELETE FROM answers WHERE id = ?", (request_id,))


def forgets_answers_at_a_start():
    @around(Store, "__init__")
    def _(init, self, *arguments):
        init(self, *arguments)
        self.db.execute("DELETE FROM answers")


def takes_any_content_under_an_id():
    host.fingerprint = lambda request: bytes(16)


def applies_doubles():
    @around(Host, "_consider")
    def _(consider, self, source, event, encoded, via_bus):
        if via_bus and source.judge(event["epoch"], event["seq"], via_bus) == DUPLICATE:
            self._settle(source, event | {"id": uuid.uuid4().bytes}, encoded)
        consider(self, source, event, encoded, via_bus)


def skips_gaps():
    @around(Follower, "judge")
    def _(judge, self, epoch, seq, via_bus):
        verdict = judge(self, epoch, seq, via_bus)
        if via_bus and seq > self.cursor.seq:
            self.cursor = Position(epoch, seq - 1, self.cursor.chain)
            return APPLY
        return verdict


def waits_for_the_next_hint():
    Follower.on_beacon = lambda self, head: self.judge(self.cursor.epoch, self.cursor.seq, via_bus=True)


def keeps_the_cursor_apart():
    """In a transaction behind that of the effects."""
    later = []
    Store.set_cursor, set_cursor = lambda self, *cursor: later.append(cursor), Store.set_cursor

    @around(Host, "_run_batch")
    def _(run_batch, self, messages):
        run_batch(self, messages)
        time.sleep(0.05)
        while later:
            set_cursor(self.store, *later.pop())


def publishes_before_it_commits():
    @around(Host, "_append")
    def _(append, self, *arguments):
        append(self, *arguments)
        self.events_out.say("event", *self.publications[-1])
        self.events_out.flush()
        time.sleep(0.005)


def replies_before_it_commits():
    @around(Host, "_reply")
    def _(reply, self, token, *arguments):
        reply(self, token, *arguments)
        self.requests.say("reply", *self.replies[-1])
        self.requests.flush()
        time.sleep(0.005)


def ignores_epochs():
    @around(Follower, "judge")
    def _(judge, self, epoch, seq, via_bus):
        return judge(self, self.cursor.epoch, seq, via_bus)
    Follower.fits = lambda self, page: True


def reacts_again_in_a_rebuild():
    @around(Host, "_try_to_apply")
    def _(try_to_apply, self, event, reacts):
        return try_to_apply(self, event, True)


def goes_by_numbers_alone():
    @around(Follower, "on_beacon")
    def _(on_beacon, self, head):
        chain = self.cursor.chain if head.seq == self.cursor.seq else head.chain
        on_beacon(self, Position(head.epoch, head.seq, chain))
    Follower.fits = lambda self, page: True


def believes_any_source():
    @around(Host, "_on_event")
    def _(on_event, self, topic, encoded):
        event = host.unpack(encoded)
        if isinstance(event, dict) and isinstance(event.get("source"), str) and event["source"].count("/") == 2:
            encoded = host.pack(event | {"source": next(iter(self.followers))})
        on_event(self, topic, encoded)


def lies_about_its_source():
    @around(Host, "_append")
    def _(append, self, *arguments):
        source, self.source = self.source, "331083/somebody/0"
        append(self, *arguments)
        self.source = source


def makes_ids_up():
    host.event_id = lambda *_: uuid.uuid4()


def floods():
    @around(Host, "_say_what_is_due")
    def _(say_what_is_due, self):
        self.next_beacon = 0.0
        say_what_is_due(self)
    host.BEACON_EVERY = 0.01


def is_silent():
    host.BEACON_EVERY = 4.0


def keeps_its_claim():
    @around(Store, "__init__")
    def _(init, self, *arguments):
        init(self, *arguments)
        self.db.execute("UPDATE claims SET number = 1")
        self.claim = 1


def stays_when_superseded():
    @around(Host, "_take")
    def _(take, self, word, rest):
        if word != "refused":
            take(self, word, rest)


def ends_without_draining():
    Host._end = lambda *_: os._exit(0)


def says_hold_once():
    @around(Host, "_beacon")
    def _(beacon, self):
        if not hasattr(self, "has_held"):
            self.has_held = True
            return beacon(self)
        say, self.requests.say = self.requests.say, lambda *_: None
        beacon(self)
        self.requests.say = say


def fails_at_what_it_does_not_know():
    @around(Host, "_try_to_apply")
    def _(try_to_apply, self, event, reacts):
        known = (*self.service.evolvers, *self.service.reactors)
        return try_to_apply(self, event, reacts) if event["dataschema"] in known else ("failed", "what is this")


def skips_newer_versions():
    @around(Host, "_try_to_apply")
    def _(try_to_apply, self, event, reacts):
        failure = try_to_apply(self, event, reacts)
        return None if failure and failure[0] == "version" else failure


def lets_lanes_flow():
    Store.is_blocked = lambda *_: False


def applies_nothing():
    Host._try_to_apply = lambda *_, **more: ("failed", "not today")


def decides_for_a_cause_of_its_own():
    @around(Host, "_record")
    def _(record, self, events, cause, *more):
        record(self, events, uuid.uuid4(), *more)


def tells_half_its_status():
    @around(Host, "_status")
    def _(status, self):
        return {name: value for name, value in status(self).items() if name not in ("store_bytes", "checked")}


def gives_pages_without_a_beginning():
    @around(Host, "_page")
    def _(page, self, data):
        answer = page(self, data)
        answer["data"].pop("from", None)
        return answer


def knows_every_history():
    @around(Store, "place")
    def _(place, self, cursor):
        return {"fits": True, "epoch": self.head.epoch, "kept": self.head.seq}


def publishes_under_another_topic():
    @around(Host, "_append")
    def _(append, self, *arguments):
        append(self, *arguments)
        self.publications[-1] = self.prefix + "news", self.publications[-1][1]


def dies_of_a_pause():
    last = [time.monotonic()]

    @around(Host, "_say_what_is_due")
    def _(say_what_is_due, self):
        if time.monotonic() > last[0] + 2.5:
            os._exit(1)
        last[0] = time.monotonic()
        say_what_is_due(self)


def has_no_patience():
    @around(Follower, "asked")
    def _(asked, self, question):
        asked(self, question)
        self.asked_at = time.monotonic()

    @around(Follower, "answered")
    def _(answered, self, request_id):
        question = answered(self, request_id)
        return question if question and time.monotonic() < self.asked_at + 0.2 else None


def dies_of_a_bad_request():
    @around(host, "read_request")
    def _(read_request, encoded, caller):
        request, errors = read_request(encoded, caller)
        if errors:
            os._exit(1)
        return request, errors


def trusts_fields():
    host.decode = lambda message, data: _unchecked(message, data)


def _unchecked(message, data):
    made = object.__new__(message)
    made.__dict__.update({name: uuid.UUID(bytes=value) if name.endswith("_id") else value for name, value in data.items()})
    return made


def takes_old_ids():
    Store.oldest_acceptable = lambda self: 0


def works_after_the_deadline():
    @around(host, "read_request")
    def _(read_request, encoded, caller):
        request, errors = read_request(encoded, caller)
        request.deadline = None
        return request, errors


def waits_for_nobody():
    Host._is_level = lambda self, after: True


def breaks_its_chain():
    @around(Store, "append")
    def _(append, self, record, *more):
        self.head = Position(self.head.epoch, self.head.seq, next_chain(self.head.chain, b"salt"))
        append(self, record, *more)
    Store.records = lambda self, after, most=None: [] if most is None else [
        record for (record,) in self.db.execute("SELECT bytes FROM log WHERE seq > ? ORDER BY seq", (after,))]


def asks_what_it_may_not():
    @around(Host, "_beacon")
    def _(beacon, self):
        beacon(self)
        self.events_in.say("follow", "331083.matchmaking.")


globals()[os.environ["BROKEN"]]()
import popular  # noqa: E402, F401
