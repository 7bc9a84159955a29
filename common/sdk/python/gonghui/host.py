"""Runs a Service: the store, the bus, and all that a holder of a partition owes to others (PROTOCOL.md, 7, 9 and 12)."""

import json
import os
import signal
import socket
import sys
import time
import uuid

import msgpack
import zmq

from gonghui.envelope import (Malformed, accepted, answer_of, invalid, number, read_event, read_page, read_place, read_request,
                              require_shape, retry, text, told)
from gonghui.follower import APPLY, DUPLICATE, PAGE_BYTES, PAGE_PATIENCE, Follower, Question
from gonghui.messages import Unfit, decode, encode
from gonghui.service import Accepted, Event, Request
from gonghui.store import BrokenChain, Store, Unusable, fingerprint, is_machine_fault
from gonghui.wire import Connection, Position, event_id, microseconds, moment, now, pack, passed_on, request_id, unpack

VERSION = "0.1.0"
BATCH = 256  # messages in one transaction
BEACON_EVERY = 1.0  # s
LOOK_AGAIN = 0.02  # s, while requests wait for an event, or a new connection cannot take anything yet
FORGET_EVERY = 60.0
RELEASE_PATIENCE = 0.5  # for the hub's word that no more requests come: there may be no hub
LONGEST_DRAIN = 5.0
LONGEST_WAIT = 1.0  # for a request's `after`
MOST_WAITING = 1024
OUTCOMES = {"accepted": "accepted", "refused": "refused", "invalid": "invalid", "retry": "retried", "fault": "faults"}
COUNTERS = ("accepted", "refused", "invalid", "retried", "faults", "repeated", "events_published", "applied_live",
            "applied_from_pages", "skipped", "parked", "duplicates", "undecodable", "commits", "messages", "gaps",
            "batches_again")
DURING_REBUILD = {"_log_read", "_log_place", "_parked_list", "_forks_list"}


def serve(service, place):
    """The exit code."""
    try:
        return Host(service, place).run()
    except Unusable as error:
        log("error", "cannot_serve", reason=str(error))
        return error.code


def log(level, message, **fields):
    entry = {"time": now().isoformat(timespec="milliseconds"), "level": level, "message": message} | fields
    print(json.dumps(entry, ensure_ascii=False), file=sys.stderr, flush=True)


def tell_supervisor(what):
    """sd_notify(3); nobody is told without a systemd that waits for it."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told_to:
            told_to.sendto(what.encode(), address.replace("@", "\0", 1) if address.startswith("@") else address)


class Superseded(Exception):
    pass


class _Undone(Exception):
    """Takes a message's effects back without a fault: what it was answered with."""


class Host:
    def __init__(self, service, place):
        self.service, self.district = service, place.district
        self.source = f"{place.district}/{service.name}/0"
        self.prefix = f"{place.district}.{service.name}."
        self.store = Store(place.store, self.source, service.tables)
        self.db = self.store.db
        self.requests = Connection(place.hub, place.key, place.hub.request)
        self.events_in = Connection(place.hub, place.key, place.hub.subscribe)
        self.events_out = Connection(place.hub, place.key, place.hub.publish, zmq.PUB, self.prefix.encode())
        self.followers = {source: Follower(source, cursor, evolved) for source, cursor, evolved in self.store.cursors()}
        for followed in service.follows():
            self.follower_of(f"{place.district}/{followed}/0")
        self.counters = dict.fromkeys(COUNTERS, 0)
        self.inbound, self.waiting = [], []  # messages; (until, token, caller, bytes) of requests that come later
        self.replies, self.publications = [], []  # of the transaction at hand
        self.told_refusals, self.told_link, self.told_level = set(), "connecting", set()
        self.keep_backups, self.backup_file, self.backup_error = None, "", ""
        self.damage = None
        self.next_beacon = self.next_follow = self.next_forgetting = 0.0
        self.draining = self.is_released = self.is_to_end = False

    # --- the turn ---

    def run(self):
        self.woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._end)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # `gonghui up` passes it on to all; there is nothing to read again
        log("info", "partition_opened", source=self.source, head=self.store.head.seq, store=str(self.store.path))
        if f"{self.service.name}.held_about" not in self.service.requests:
            log("warning", "held_about_missing", advice="answer it, or say keeps_nothing_about_people()")
        try:
            while not self.is_to_end:
                self.step()
            self.drain()
        except Superseded:
            log("error", "superseded", advice="another process holds the partition under a higher claim; or one did, and "
                "this store is newer than what the hub has seen: then start it again, or the hub")
            return 69
        except BrokenChain as broken:
            self.store.remember_damage(broken)
            log("error", "log_damaged", reason=str(broken), advice="restore the store from a backup (gonghui restore)")
            return 65
        finally:
            for connection in (self.requests, self.events_in, self.events_out):
                connection.close(linger=1.0)
            self.store.close()
        log("info", "partition_drained", source=self.source, head=self.store.head.seq)
        return 0

    def _end(self, *_):
        self.is_to_end = True

    def step(self, patience=BEACON_EVERY):
        has_left = self._flush()
        if not self.inbound:
            self._wait(patience if has_left and not self.waiting else LOOK_AGAIN)
            self.inbound = self.requests.receive() + self.events_in.receive()
        if self.inbound or self.waiting:
            self._run_batch(self.inbound[:BATCH])
            del self.inbound[:BATCH]
        self._say_what_is_due()
        self._ask_owners()
        self._flush()
        self._tell_how_it_stands()

    def _tell_how_it_stands(self):
        """Whether it is let in, and once of each source that it is level: silence would mean anything."""
        link = self.requests.link
        if (state := link.state()) not in ("connecting", self.told_link):
            self.told_link = state
            if state == "connected":
                log("info", "connected", hub=link.endpoint)
            else:
                log("error", state, reason=link.trouble())
        for source, follower in self.followers.items():
            if source not in self.told_level and follower.level:
                self.told_level.add(source)
                log("info", "following", source=source, at=follower.cursor.seq)

    def drain(self):
        """No more requests; what has come is answered. The hub's word stands behind the last of them."""
        self.draining = True
        self.requests.say("release", self.source)
        begun = last = time.monotonic()
        while not self.is_released and last - begun < LONGEST_DRAIN and time.monotonic() - last < RELEASE_PATIENCE:
            self.step(patience=0.05)
            last = time.monotonic() if self.inbound else last

    def _wait(self, patience):
        wake = min(time.monotonic() + patience, self.next_beacon, self.next_follow)
        poller = zmq.Poller()
        poller.register(self.requests.socket, zmq.POLLIN)
        poller.register(self.events_in.socket, zmq.POLLIN)
        if not self.draining:
            poller.register(self.woken, zmq.POLLIN)
        poller.poll(max(0, int((wake - time.monotonic()) * 1000) + 1))

    def _flush(self):
        """Whether everything has left: a connection that has just been made cannot take it yet."""
        return all([connection.flush() for connection in (self.requests, self.events_in, self.events_out)])

    def _run_batch(self, messages):
        before = {source: one.cursor for source, one in self.followers.items()}
        self.replies, self.publications = [], []
        with self.store.transaction():
            for word, *rest in messages:
                self.counters["messages"] += 1
                try:
                    self._take(word, rest)
                except Malformed as error:
                    self.counters["undecodable"] += 1
                    log("warning", "undecodable_message", word=word, reason=str(error))
            self._retry_waiting()
            for source, one in self.followers.items():
                if before.get(source) != one.cursor:
                    self.store.set_cursor(source, one.cursor, one.evolved_until)
        self.counters["commits"] += 1
        # Only what is committed leaves the house.
        for token, reply in self.replies:
            self.requests.say("reply", token, reply)
        for topic, event in self.publications:
            self.events_out.say("event", topic, event)
        self.counters["events_published"] += len(self.publications)
        if self.keep_backups is not None:
            self._back_up()
        if self.damage:
            raise self.damage

    def _take(self, word, rest):
        require_shape(word, rest)
        if word == "request":
            self._on_request(rest[0], rest[1], rest[2])
        elif word == "event":
            self._on_event(rest[0], rest[1])
        elif word == "reply":
            self._on_answer(rest[0])
        elif word == "released":
            self.is_released = self.is_released or rest[0] == self.source
        elif word == "refused":
            if rest[0] == "superseded":
                raise Superseded
            self._tell_refusal("hub_refused", rest[0], rest[1])

    def _tell_refusal(self, message, code, what):
        """Once: it is asked for again and again."""
        if (code, what) in self.told_refusals:
            return
        self.told_refusals.add((code, what))
        rights = {"advice": f"its key lacks the right: gonghui keys revoke {self.service.name}-0, then "
                            f"{self.service.keys_add()}"} if code == "not_permitted" else {}
        log("error", message, code=code, what=what, **rights)

    def _say_what_is_due(self):
        at = time.monotonic()
        if at >= self.next_follow and not self.draining:
            self.next_follow = at + BEACON_EVERY
            for followed in self.service.follows():
                self.events_in.say("follow", f"{self.district}.{followed}.")
        if at >= self.next_beacon and not self.draining:
            self.next_beacon = at + BEACON_EVERY
            self._beacon()
        if at >= self.next_forgetting:
            self.next_forgetting = at + FORGET_EVERY
            with self.store.transaction():
                self.store.forget_answers()

    def _beacon(self):
        tell_supervisor("READY=1\nWATCHDOG=1")
        head, claim = self.store.head, self.store.claim
        self.requests.say("hold", {"source": self.source, "partitions": 1, "claim": claim, "epoch": head.epoch,
                                   "seq": head.seq})
        self.events_out.say("event", self.prefix + "_head", pack({
            "id": uuid.uuid4(), "source": self.source, "type": "_head", "subject": "", "time": now(),
            "dataschema": "bus/_head.v1", "epoch": head.epoch, "seq": head.seq, "cause": bytes(16),
            "data": {"chain": head.chain, "claim": claim, "partitions": 1}}))

    # --- requests ---

    def _on_request(self, token, caller, encoded):
        request, errors = read_request(encoded, caller)
        if errors:
            return self._reply(token, request, invalid("invalid_request", errors))
        if self.draining:
            return self._reply(token, request, retry("draining", 200))
        if request.deadline is not None and request.deadline < microseconds(now()):
            return self._reply(token, request, retry("deadline_passed", 0))
        if request.after and not self._may_be_level(request.after["source"]):
            return self._reply(token, request, invalid("invalid_request", [("after.source", "not_followed")]))
        if request.after and not self._is_level(request.after):
            if len(self.waiting) >= MOST_WAITING:
                return self._reply(token, request, retry("not_level", 200))
            return self.waiting.append((time.monotonic() + LONGEST_WAIT, token, caller, encoded))
        name = request.type.partition(".")[2]
        bus = name if name.startswith("_") else ""
        if bus != "_status" and bus not in DURING_REBUILD and self._is_rebuilding():
            return self._reply(token, request, retry("rebuilding", 200))
        answer = self._bus_request(bus, request)
        if answer is not None:
            return self._reply(token, request, answer)
        message, handler = self.service.requests.get(request.type, (None, None))
        if handler and not (message and message.is_command):
            return self._reply(token, request, self._query(message, handler, request))
        return self._answer_command(token, request, bus, message, handler)

    def _reply(self, token, request, answer):
        self.counters[OUTCOMES[answer["outcome"]]] += 1
        self.replies.append((token, self._encoded(request, answer)))

    def _encoded(self, request, answer):
        head = self.store.head
        at = {"source": self.source, "epoch": head.epoch, "seq": head.seq}
        return pack({"id": request.id, "outcome": answer["outcome"], "at": at}
                    | {name: value for name, value in answer.items() if name != "outcome"})

    def _retry_waiting(self):
        waiting, self.waiting = self.waiting, []
        for until, token, caller, encoded in waiting:
            request, _ = read_request(encoded, caller)
            if self._is_level(request.after):
                self._on_request(token, caller, encoded)
            elif time.monotonic() >= until or self.draining:
                self._reply(token, request, retry("not_level", 200))
            else:
                self.waiting.append((until, token, caller, encoded))

    def _may_be_level(self, source):
        return source == self.source or self._follows(source)

    def _is_level(self, after):
        if after["source"] == self.source:
            head = self.store.head  # what was said in an earlier epoch is here already, or gone for ever
            return head.seq >= after["seq"] or head.epoch > after["epoch"]
        one = self.followers.get(after["source"])
        if one is None or one.rebuilding:
            return False
        if one.cursor.epoch == after["epoch"]:
            return one.cursor.seq >= after["seq"]
        return one.cursor.epoch > after["epoch"] and one.level

    def _query(self, message, handler, request):
        typed = self._typed(message, request)
        if isinstance(typed, Unfit):
            return invalid("invalid_fields", typed.errors)
        try:
            return answer_of(self._decide(handler, typed), message)
        except Exception as error:
            return self._failed(request, error)

    @staticmethod
    def _typed(message, request):
        """What a handler gets; or what does not fit."""
        try:
            data = decode(message, request.raw_data) if message else request.raw_data
        except Unfit as unfit:
            return unfit
        return Request(request.id, request.type, data, request.actor, now(), request.traceparent)

    def _failed(self, request, error):
        if is_machine_fault(error):
            raise error
        log("error", "request_failed", type=request.type, reason=told(error))
        return {"outcome": "fault", "code": "internal"}

    def _answer_command(self, token, request, bus, message, handler):
        made = request.id.int >> 80  # milliseconds since 1970
        if request.id.version != 7:
            return self._reply(token, request, invalid("id_not_uuid_v7"))
        if made * 1000 < self.store.oldest_acceptable():
            return self._reply(token, request, invalid("id_too_old"))
        print_ = fingerprint(request)
        first = self.store.first_answer(request.actor.service, request.id)
        if first:
            if first[0] != print_:
                return self._reply(token, request, invalid("id_reused"))
            self.counters["repeated"] += 1
            return self.replies.append((token, first[1]))
        answer = self._run_command(request, bus, message, handler, print_)
        if answer["outcome"] == "refused":
            self.store.keep_answer(request.actor.service, request.id, print_, self._encoded(request, answer))
        return self._reply(token, request, answer)

    def _run_command(self, request, bus, message, handler, print_):
        if not handler and bus not in ("_parked_retry", "_parked_drop"):
            return invalid("unknown_type")
        typed = self._typed(message, request)
        if isinstance(typed, Unfit):
            return invalid("invalid_fields", typed.errors)
        published = len(self.publications)
        answer = None
        try:
            with self.store.undone_on_failure():
                answer = self._mend_parked(bus, request) if bus else self._decide_command(message, handler, typed)
                if answer["outcome"] != "accepted":
                    raise _Undone
                self.store.keep_answer(request.actor.service, request.id, print_, self._encoded(request, answer))
            return answer
        except _Undone:
            pass
        except Exception as error:
            answer = self._failed(request, error)
        del self.publications[published:]
        return answer

    def _decide_command(self, message, handler, typed):
        outcome = self._decide(handler, typed)
        if isinstance(outcome, Accepted):
            self._record(outcome.events, typed.id, typed.traceparent)
        return answer_of(outcome, message)

    def _decide(self, handler, subject):
        before = self.db.total_changes
        outcome = handler(self.db, subject)
        if self.db.total_changes != before:
            raise RuntimeError(f"{handler.__name__} has written: only evolve writes tables")
        return outcome

    def _record(self, events, cause, traceparent, origin=(None, None)):
        """Own events into the tables and the log, of the trace of what led to them."""
        for number_, data in enumerate(events):
            service, name = data.dataschema.split("/")
            if service != self.service.name or data.is_private:
                raise TypeError(f"{data.dataschema} is not a public event of {self.service.name}")
            self._append(data.dataschema, name.rpartition(".")[0], data.subject(), encode(data), data, cause, number_,
                         traceparent, origin)

    def _append(self, dataschema, name, subject, encoded, typed, cause, number_, traceparent, origin):
        head, time_ = self.store.head, now()
        identity = event_id(cause, number_, self.source, head.epoch)
        event = {"id": identity, "source": self.source, "type": name, "subject": subject, "time": time_,
                 "dataschema": dataschema, **({"traceparent": traceparent} if traceparent else {}),
                 "epoch": head.epoch, "seq": head.seq + 1, "cause": cause, "data": encoded}
        if dataschema in self.service.evolvers:
            _, evolve = self.service.evolvers[dataschema]
            evolve(self.db, Event(**(event | {"data": typed})))
        record = pack(event)
        self.store.append(record, microseconds(time_), origin)
        self.publications.append((self.prefix + name, record))

    # --- requests of the bus's own ---

    def _bus_request(self, bus, request):
        """Its answer; None for what is no such request, or one that is answered like a command."""
        if bus == "_status":
            return accepted(self._status())
        if bus == "_log_read":
            return self._page(request.raw_data)
        if bus == "_log_place":
            return self._place(request.raw_data)
        if bus == "_forks_list":
            return accepted({"forks": self.store.forks()})
        if bus == "_parked_list":
            return accepted({"events": self.store.parked()})
        if bus == "_backup":
            self.keep_backups = number(request.raw_data, "keep", 0)
            return {"outcome": "accepted"}
        return None

    def _page(self, data):
        after = number(data, "after_seq", 0)
        if after < 0:  # there is no such place, and no damage
            return invalid("invalid_fields", [("after_seq", "out_of_range")])
        try:
            records = self.store.records(after, min(max(1, number(data, "max_bytes", PAGE_BYTES)), PAGE_BYTES))
        except BrokenChain as broken:
            self.damage = broken  # once this is answered, the holder ends
            return {"outcome": "fault", "code": "log_damaged"}
        chain, head = self.store.chain_at(after), self.store.head
        return accepted({"records": records} | ({} if chain is None else {"from": {"chain": chain}})
                        | {"head": {"epoch": head.epoch, "seq": head.seq, "chain": head.chain}})

    def _place(self, data):
        cursor = Position(number(data, "epoch", 0), number(data, "seq", -1), data.get("chain"))
        is_sound = 1 <= cursor.epoch <= 10**9 and cursor.seq >= 0
        if not is_sound or not isinstance(cursor.chain, bytes) or len(cursor.chain) != 32:
            return invalid("invalid_request")
        before = self.store.head.epoch
        answer = self.store.place(cursor)
        if answer["epoch"] != before:
            self.next_beacon = 0.0  # whoever follows learns of it at once
            log("warning", "epoch_began", epoch=answer["epoch"], kept=answer["kept"])
        return accepted(answer)

    def _status(self):
        head = self.store.head
        return {
            "source": self.source, "version": VERSION, "claim": self.store.claim, "epoch": head.epoch, "head": head.seq,
            "now": now(), "checked": self.store.opened_at, "checked_at": self.store.checked_at,
            "backup": {"under_way": self.keep_backups is not None, "pages_left": 0, "file": self.backup_file,
                       "error": self.backup_error, "newest_at": self.store.newest_backup_at()},
            "parked": self.store.parked_count(), "store_bytes": self.store.size(),
            "follows": [{"source": source, "epoch": one.cursor.epoch, "cursor": one.cursor.seq, "head": one.known_head,
                         "diverged": one.diverged, "rebuilding": one.rebuilding}
                        for source, one in sorted(self.followers.items())],
            "counters": self.counters}

    def _back_up(self):
        keep, self.keep_backups = self.keep_backups, None
        try:
            self.backup_file, self.backup_error = str(self.store.back_up(keep)), ""
        except Exception as error:
            self.backup_file, self.backup_error = "", str(error)
            log("error", "backup_failed", reason=str(error))

    def _mend_parked(self, bus, request):
        source, seq = text(request.raw_data, "source"), number(request.raw_data, "seq", 0)
        reason = text(request.raw_data, "reason")
        if bus == "_parked_drop" and not reason.strip():
            return invalid("invalid_fields", [("reason", "missing")])
        lane = self.store.parked_lane_of(source, seq)
        if lane is None:
            return {"outcome": "refused", "code": "not_parked", "facts": {}}
        if bus == "_parked_retry":
            return accepted({"settled": self._retry_lane(source, lane)})
        # Dropping loses something for ever, so it is an event of its own: who dropped what, and why.
        self.store.unpark(source, seq)
        self._append("bus/_parked_dropped.v1", "_parked_dropped", lane,
                     {"source": source, "seq": seq, "reason": reason, "by": request.actor.service}, None, request.id, 0,
                     request.traceparent, (None, None))
        self._retry_lane(source, lane)
        return {"outcome": "accepted"}

    # --- followed events ---

    def _follows(self, source):
        parts = source.split("/") if isinstance(source, str) else ()
        return source in self.followers or (
            len(parts) == 3 and parts[0] == self.district and parts[1] in self.service.follows() and parts[2].isdigit())

    def follower_of(self, source):
        if source not in self.followers and self._follows(source):
            self.followers[source] = Follower(source)
        return self.followers.get(source)

    def _is_rebuilding(self):
        return any(one.rebuilding for one in self.followers.values())

    def _waits_for_rebuild(self, follower):
        return self._is_rebuilding() and not follower.rebuilding

    def _on_event(self, topic, encoded):
        event = read_event(encoded)
        prefix = ".".join(event["source"].split("/")[:2]) + "."
        follower = self.follower_of(event["source"]) if topic.startswith(prefix) else None
        if follower is None:
            raise Malformed(f"{topic} from {event['source']}")
        if event["type"] == "_head":
            self.counters["messages"] -= 1  # a heartbeat is no work
            chain = event["data"].get("chain") if isinstance(event["data"], dict) else None
            return follower.on_beacon(Position(event["epoch"], event["seq"], chain))
        self._consider(follower, event, encoded, via_bus=True)

    def _consider(self, follower, event, encoded, via_bus):
        verdict = follower.judge(event["epoch"], event["seq"], via_bus)
        if verdict == DUPLICATE:
            self.counters["duplicates"] += 1
        elif verdict == APPLY and not self._waits_for_rebuild(follower):
            self._settle(follower, event, encoded)
            follower.applied(encoded)
            self.counters["applied_live" if via_bus else "applied_from_pages"] += 1
            if follower.cursor.seq == follower.evolved_until:
                log("warning", "rebuild_ended", source=follower.source)
        else:
            if via_bus:
                follower.keep(event["seq"], encoded)
            self.counters["gaps"] += 1

    def _settle(self, follower, event, encoded):
        """Applied, skipped or parked: in every case the cursor goes on."""
        source, seq, lane = follower.source, event["seq"], event.get("subject", "")
        again = seq <= follower.evolved_until
        if again and self.store.parked_lane_of(source, seq) is not None:
            return  # what is parked stays parked: neither its effect nor its reaction has happened yet
        if self.store.is_blocked(source, lane, seq):
            return self._park(source, seq, lane, "behind", "an earlier event of its lane is parked", encoded, again)
        failure = self._try_to_apply(event, reacts=not again)
        if failure:
            self._park(source, seq, lane, *failure, encoded, again)

    def _try_to_apply(self, event, reacts):
        """None, or why not: (reason, detail)."""
        schema = event["dataschema"]
        if isinstance(event["data"], bytes):
            self.counters["skipped"] += 1  # private
            return None
        message, evolve = self.service.evolvers.get(schema, (None, None))
        message, react = self.service.reactors.get(schema, (message, None))
        if message is None:
            stem = schema.rpartition(".")[0] + "."
            if any(known.startswith(stem) for known in (*self.service.evolvers, *self.service.reactors)):
                return "version", f"{schema} is not known to this program"
            self.counters["skipped"] += 1
            return None
        published = len(self.publications)
        try:
            with self.store.undone_on_failure():
                typed = Event(uuid.UUID(bytes=event["id"]), event["source"], event["type"], event.get("subject", ""),
                              moment(event["time"]), schema, event["epoch"], event["seq"],
                              uuid.UUID(bytes=event["cause"]) if event.get("cause") else None,
                              decode(message, event["data"]), passed_on(event.get("traceparent")))
                if evolve:
                    evolve(self.db, typed)
                if react and reacts:
                    self._record(self._decide(react, typed) or (), typed.id, typed.traceparent, (typed.source, typed.seq))
            return None
        except Exception as error:
            if is_machine_fault(error):
                raise
            del self.publications[published:]
            return "failed", told(error)

    def _park(self, source, seq, lane, reason, detail, encoded, has_reacted):
        self.counters["parked"] += 1
        self.store.park(source, seq, lane, reason, detail, encoded, has_reacted)
        if reason != "behind":
            log("warning", "event_parked", source=source, seq=seq, reason=detail)

    def _retry_lane(self, source, lane):
        """In order, until one fails again; how many were settled."""
        settled = 0
        for seq, encoded, has_reacted in self.store.parked_in_lane(source, lane):
            try:
                failure = self._try_to_apply(read_event(encoded), reacts=not has_reacted)
            except Malformed as error:
                failure = "failed", str(error)
            if failure:
                self.store.park(source, seq, lane, *failure, encoded, has_reacted)
                return settled
            self.store.unpark(source, seq)
            settled += 1
        return settled

    # --- the owners' logs ---

    def _ask_owners(self):
        at = time.monotonic()
        for follower in self.followers.values():
            if self.draining or not follower.wants_answer(at) or self._waits_for_rebuild(follower):
                continue
            if follower.diverged:
                cursor = follower.cursor
                self._ask(follower, "_log_place", None,
                          {"epoch": cursor.epoch, "seq": cursor.seq, "chain": cursor.chain})
            else:
                self._ask_page(follower, follower.cursor.seq)

    def _ask_page(self, follower, after_seq):
        self._ask(follower, "_log_read", after_seq, {"after_seq": after_seq, "max_bytes": PAGE_BYTES})

    def _ask(self, follower, name, after_seq, data):
        question = Question(request_id(), after_seq)
        self.requests.say("request", pack({
            "id": question.id, "type": f"{follower.service}.{name}", "partition": follower.partition,
            "deadline": microseconds(now()) + int(PAGE_PATIENCE * 1e6), "data": data}))
        follower.asked(question)

    def _on_answer(self, encoded):
        try:
            reply = unpack(encoded)
            identity = uuid.UUID(bytes=reply["id"])
        except (ValueError, KeyError, TypeError, msgpack.UnpackException):
            raise Malformed("a reply lacks a sound id") from None
        for follower in list(self.followers.values()):
            question = follower.answered(identity)
            if question is None:
                continue
            if reply.get("outcome") != "accepted":
                if reply.get("outcome") != "retry":
                    self._tell_refusal("page_refused", reply.get("code", ""), follower.source)
                return follower.put_off(max(0.1, number(reply, "retry_after_ms", 1000) / 1000))
            if question.after_seq is None:
                return self._on_place(follower, read_place(reply.get("data")))
            return self._on_page(follower, read_page(question.after_seq, reply.get("data")))

    def _on_page(self, follower, page):
        if not follower.fits(page):
            return log("warning", "source_diverged", source=follower.source)
        last = page.after_seq + len(page.records)
        if last < page.head.seq and page.records:
            self._ask_page(follower, last)  # the next page travels while this one is applied
        for record in page.records:
            self._take_record(follower, record)
        follower.on_page_head(page.head)
        while (hint := follower.take_kept()) is not None:
            self._consider(follower, read_event(hint), hint, via_bus=True)

    def _take_record(self, follower, record):
        if self._waits_for_rebuild(follower):
            return  # asked for again when that is done
        try:
            event = read_event(record)
        except Malformed as error:
            # It has its place in the log all the same, and is parked there.
            self._park(follower.source, follower.cursor.seq + 1, "", "failed", str(error), record, False)
            return follower.applied(record)
        self._consider(follower, event, record, via_bus=False)

    # --- where histories part ---

    def _on_place(self, follower, owner):
        if not owner["fits"]:
            return self._rebuild(follower, owner)
        follower.go_on(owner["epoch"], owner["kept"])
        self.store.set_cursor(follower.source, follower.cursor, follower.evolved_until)

    def _rebuild(self, forked, owner):
        """Empties what the service's events wrote and begins again with the first record of each of its partitions; only
        the forked one has a history that ends earlier than its cursor."""
        tables = self.service.read_models.get(forked.service)
        if tables is None:
            log("error", "cannot_rebuild", reason=f"read_models does not name the tables that {forked.service} fills")
            return forked.put_off(60)
        for table in tables:
            self.db.execute(f'DELETE FROM "{table}"')
        was_at = max(forked.cursor.seq, forked.evolved_until)
        kept = min(owner["kept"], was_at)
        self.store.remember_fork(forked.source, owner["epoch"], kept, was_at)
        self.store.unpark_beyond(forked.source, kept)
        for source, follower in self.followers.items():
            if follower.service != forked.service:
                continue
            if follower is forked:
                follower.rebuild(owner["epoch"], kept)
            else:
                follower.rebuild(follower.cursor.epoch, max(follower.cursor.seq, follower.evolved_until))
            self.store.set_cursor(source, follower.cursor, follower.evolved_until)
        log("warning", "rebuild_began", source=forked.source, kept=kept, was_at=was_at)
