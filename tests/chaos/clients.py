"""Many people at one connection, each with a script of their own: what they ask next depends on what they were told. Like
a phone, each asks again with the same id until there is an answer; and everything that was answered is kept."""

import dataclasses
import time

from gonghui import Unanswered


@dataclasses.dataclass
class Asked:
    """One request and its final answers: more than one, since it was asked again."""

    request: object  # bus.Request
    data: dict
    answers: list = dataclasses.field(default_factory=list)  # the encoded replies, in order of arrival
    reply: object = None  # the first of them, decoded
    put_off: object = None  # the last reply that told to ask again

    @property
    def outcome(self):
        return self.reply.outcome if self.reply else "unanswered"


class Clients:
    REPLY_PATIENCE = 0.4  # s until a reply counts as lost

    def __init__(self, bus, chance):
        self.bus, self.chance = bus, chance
        self.history = {}   # request id -> Asked
        self.answered = 0   # of this run
        self.asked_again = 0
        self._scripts = {}  # request id -> the scripts that wait for its answer
        self._due = {}      # request id -> when it is asked (again)
        self._tapped = []   # asked once more at once

    def run(self, scripts, patience, meanwhile=lambda answered: 0.05):
        """Until every script has ended. `meanwhile` is called all the time and says in how many seconds again."""
        self.answered = 0
        until = time.monotonic() + patience
        self.start(scripts)
        while self._scripts:
            self._send_what_is_due()
            for reply in self.bus.receive(min(0.05, meanwhile(self.answered))):
                self._take(reply)
            if time.monotonic() > until:
                one = self.history[next(iter(self._scripts))]
                raise Unanswered(f"{len(self._scripts)} requests found no answer; one is {one.request.type} "
                                 f"{one.request.id}, last put off with {one.put_off}")

    def start(self, scripts):
        for script in scripts:
            self._go_on(script, None)

    def _go_on(self, script, reply):
        try:
            request, data = script.send(reply)
        except StopIteration:
            return
        self.history.setdefault(request.id, Asked(request, data))
        self._scripts.setdefault(request.id, []).append(script)
        self._due[request.id] = 0.0
        if self.chance.random() < 0.15:
            self._tapped.append(request)

    def _send_what_is_due(self):
        now = time.monotonic()
        due = [one for one, when in self._due.items() if when <= now]
        self.asked_again += sum(self._due[one] > 0.0 for one in due)
        self._due.update(dict.fromkeys(due, now + self.REPLY_PATIENCE))
        self.bus.send([self.history[one].request for one in due] + self._tapped)
        self._tapped = []

    def _take(self, reply):
        asked = self.history[reply.id]
        if not reply.is_final:
            asked.put_off = reply
            if reply.id in self._due:
                self._due[reply.id] = time.monotonic() + max(reply.retry_after, 0.001)
            return
        asked.answers.append(reply.bytes)
        asked.reply = asked.reply or reply
        self._due.pop(reply.id, None)
        waiting = self._scripts.pop(reply.id, [])
        self.answered += bool(waiting)
        for script in waiting:
            self._go_on(script, reply)
