"""One followed source, as a state machine without I/O: hints from the bus in, events to apply and questions to ask out
(PROTOCOL.md, section 7). The bus may lose, double and delay; the order of application is that of the owner's log."""

import collections
import dataclasses
import time
import uuid

from gonghui.wire import NO_CHAIN, Position, next_chain

WAITING_HINTS = 16_384  # that wait for pages; past them a page brings the others
PAGE_BYTES = 2 * 1024 * 1024
PAGE_PATIENCE = 2.0  # s; what has not been answered by then is asked again

APPLY, DUPLICATE, LATER = "apply", "duplicate", "later"


@dataclasses.dataclass(frozen=True)
class Question:
    """To the owner: for a page of its log after `after_seq`, or, without one, for where the cursor stands in it."""

    id: uuid.UUID
    after_seq: int | None


@dataclasses.dataclass(frozen=True)
class Page:
    after_seq: int
    begins_at: bytes | None  # the chain value there; absent when the log does not reach so far
    records: list
    head: Position


class Follower:
    def __init__(self, source, cursor=Position(), evolved_until=0):
        self.source, self.cursor = source, cursor
        self.service, self.partition = source.split("/")[1], int(source.split("/")[2])
        self.evolved_until = evolved_until  # up to here events are evolved without reactions
        self.known_head = 0
        self.diverged = False  # the owner's log is another, and it is not yet known where they part
        self._heard = False    # anything at all since the start
        self._doubtful = False  # something that only a fresh page explains
        self._asked, self._ask_again = None, 0.0
        self._kept = collections.deque()  # (seq, bytes): hints behind a gap

    @property
    def rebuilding(self):
        return self.cursor.seq < self.evolved_until

    @property
    def level(self):
        return self._heard and not self.diverged and not self.rebuilding and self.cursor.seq >= self.known_head

    def judge(self, epoch, seq, via_bus):
        self._heard = True
        if via_bus and epoch != self.cursor.epoch:
            if epoch < self.cursor.epoch:
                return DUPLICATE  # late, and its history may be void
            self._doubtful = True
            return LATER
        self.known_head = max(self.known_head, seq)
        if self.diverged:
            return LATER
        if seq <= self.cursor.seq:
            return DUPLICATE
        return APPLY if seq == self.cursor.seq + 1 else LATER

    def keep(self, seq, record):
        follows_the_last = not self._kept or seq == self._kept[-1][0] + 1
        if follows_the_last and len(self._kept) < WAITING_HINTS:
            self._kept.append((seq, record))

    def take_kept(self):
        while self._kept and self._kept[0][0] <= self.cursor.seq:
            self._kept.popleft()
        if self._kept and self._kept[0][0] == self.cursor.seq + 1:
            return self._kept.popleft()[1]
        return None

    def applied(self, record):
        """Whether it was applied, skipped or parked."""
        self.cursor = self.cursor.after(record)

    def on_beacon(self, head):
        self._heard = True
        same_epoch = head.epoch == self.cursor.epoch
        same_place = (head.seq, head.chain) == (self.cursor.seq, self.cursor.chain)
        if same_epoch:
            self.known_head = max(self.known_head, head.seq)
        if same_place and not self.rebuilding:
            return self._enter(head.epoch)
        # Behind us: an old beacon that pages have overtaken, or a source that lost its end. A fresh page tells.
        if not same_epoch or (not same_place and head.seq <= self.cursor.seq):
            self._doubtful = True

    def fits(self, page):
        """Whether it goes on from what was applied."""
        if page.after_seq > self.cursor.seq:
            return True  # nothing of it is next: it says nothing about the cursor
        another_head = page.head.seq == self.cursor.seq and page.head.chain != self.cursor.chain
        if another_head or page.begins_at is None:
            self.diverged = another_head or page.head.seq < page.after_seq
            return not self.diverged
        chain, seq = page.begins_at, page.after_seq
        for record in page.records:
            if seq == self.cursor.seq:
                break
            chain, seq = next_chain(chain, record), seq + 1
        self.diverged = seq == self.cursor.seq and chain != self.cursor.chain
        return not self.diverged

    def on_page_head(self, head):
        """After a page's records."""
        self._heard, self._doubtful = True, False
        # The goal of a rebuild belongs to a history that has changed once more.
        if self.rebuilding and (head.epoch != self.cursor.epoch or head.seq < self.evolved_until):
            self.diverged = True
        if self.diverged:
            self._kept.clear()
        else:
            self._enter(head.epoch)
        self.known_head = max(head.seq, self._kept[-1][0] if self._kept else 0)

    def _enter(self, epoch):
        """What was heard of an earlier epoch says nothing of this one."""
        if epoch != self.cursor.epoch:
            self.cursor = dataclasses.replace(self.cursor, epoch=epoch)
            self._kept.clear()
            self.known_head = self.cursor.seq

    def go_on(self, epoch, kept):
        """The owner's log contains the cursor after all."""
        self.diverged, self._doubtful = False, True
        self._enter(epoch)
        self.evolved_until = min(self.evolved_until, kept)

    def rebuild(self, epoch, until):
        """From the first record again; reactions only beyond `until`."""
        self.cursor, self.evolved_until = Position(epoch, 0, NO_CHAIN), until
        self.diverged, self._doubtful = False, True
        self._asked, self._ask_again = None, 0.0
        self._kept.clear()

    # --- questions to the owner ---

    def wants_answer(self, now):
        behind = not self._heard or self._doubtful or self.rebuilding or self.cursor.seq < self.known_head
        return now >= self._ask_again and (self.diverged or behind)

    def asked(self, question):
        self._asked, self._ask_again = question, time.monotonic() + PAGE_PATIENCE

    def answered(self, request_id):
        """What was asked under this id, if that is the answer awaited."""
        if self._asked is None or self._asked.id != request_id:
            return None
        question, self._asked, self._ask_again = self._asked, None, 0.0
        return question

    def put_off(self, seconds):
        self._ask_again = time.monotonic() + seconds
