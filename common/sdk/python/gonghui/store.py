"""A plug-in's own store: one SQLite file with its log, first answers, cursors, parked events and the service's tables.
The host's tables are those of the services in C++, so that `gonghui verify`, `backup` and `restore` work on them."""

import contextlib
import datetime
import fcntl
import hashlib
import os
import pathlib
import sqlite3
import uuid

from gonghui.wire import NIL, NO_CHAIN, Position, first_id_of, microseconds, next_chain, now, pack

KEPT_DAYS = 30  # of an answer; a week later it is forgotten
FORGOTTEN_AFTER_DAYS = 37
FORGOTTEN_AT_ONCE = 1000
MOST_ENTRIES = 10_000  # of an array on the wire
# Disk full, I/O, memory, corrupt, no database, read-only, cannot open, protocol: not the message's fault.
MACHINE_FAULTS = {13, 10, 7, 11, 26, 8, 14, 15}

# component -> its migrations, numbered from 1.
TABLES = {
    "owner": ["CREATE TABLE owner (source TEXT NOT NULL) STRICT",
              "ALTER TABLE owner ADD COLUMN partitions INTEGER NOT NULL DEFAULT 1"],
    "event_log": [
        """CREATE TABLE log (seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, chain BLOB NOT NULL,
                             bytes BLOB NOT NULL) STRICT;
           CREATE TABLE epochs (epoch INTEGER PRIMARY KEY, last_kept_seq INTEGER NOT NULL) STRICT;
           INSERT INTO epochs VALUES (1, 0)""",
        "ALTER TABLE log ADD COLUMN origin TEXT; ALTER TABLE log ADD COLUMN origin_seq INTEGER",
        """CREATE TABLE segments (first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, chain BLOB NOT NULL,
                                  file TEXT NOT NULL) STRICT"""],
    "answers": [
        """CREATE TABLE answers (caller TEXT NOT NULL, id BLOB NOT NULL, fingerprint BLOB NOT NULL,
                                 reply BLOB NOT NULL, PRIMARY KEY (caller, id)) STRICT, WITHOUT ROWID""",
        "CREATE TABLE answers_forgotten (until INTEGER NOT NULL) STRICT; INSERT INTO answers_forgotten VALUES (0)"],
    "cursors": [
        """CREATE TABLE cursors (source TEXT PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
                                 chain BLOB NOT NULL) STRICT, WITHOUT ROWID""",
        "ALTER TABLE cursors ADD COLUMN evolved_until INTEGER NOT NULL DEFAULT 0"],
    "parked": [
        """CREATE TABLE parked (source TEXT NOT NULL, seq INTEGER NOT NULL, lane TEXT NOT NULL, reason TEXT NOT NULL,
                                detail TEXT NOT NULL, parked_at INTEGER NOT NULL, bytes BLOB NOT NULL,
                                PRIMARY KEY (source, seq)) STRICT;
           CREATE INDEX parked_by_lane ON parked (source, lane, seq)""",
        "ALTER TABLE parked ADD COLUMN has_reacted INTEGER NOT NULL DEFAULT 0"],
    "forks": [
        """CREATE TABLE forks (source TEXT NOT NULL, epoch INTEGER NOT NULL, kept INTEGER NOT NULL,
                               was_at INTEGER NOT NULL, own_seq INTEGER NOT NULL, at INTEGER NOT NULL) STRICT"""],
    "damages": ["CREATE TABLE damages (seq INTEGER NOT NULL, what TEXT NOT NULL, found_at INTEGER NOT NULL) STRICT"],
    "scripts": ["CREATE TABLE scripts (number INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT"],
    "claims": ["CREATE TABLE claims (number INTEGER NOT NULL) STRICT; INSERT INTO claims VALUES (0)"],
}

# So that handlers give what they have; what comes out again is bytes and microseconds.
sqlite3.register_adapter(uuid.UUID, lambda value: value.bytes)
sqlite3.register_adapter(datetime.datetime, microseconds)


class Unusable(Exception):
    """The store cannot be served: `code` is the exit code, as common/process/exit_codes.hpp has them."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class BrokenChain(Exception):
    def __init__(self, seq):
        super().__init__(f"the log is damaged at record {seq}")
        self.seq = seq


class Store:
    """Opened by one process at a time: the file beside it with the ending .lock is locked while it lives."""

    def __init__(self, path, source, migrations=()):
        self.path, self.source = pathlib.Path(path), source
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(self.path)
        self.db = sqlite3.connect(self.path, isolation_level=None)
        try:
            self._open(source, migrations)
        except BaseException:
            self.close()
            raise

    def _open(self, source, migrations):
        self.db.executescript("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; "
                              "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000")
        if self._has("owner") and (owner := self._one("SELECT source FROM owner")) != source:
            raise Unusable(65, f"{self.path} is the store of {owner} and cannot be that of {source}")
        for component, scripts in TABLES.items():
            self._migrate(component, scripts)
        self._require_those_that_have_run(migrations)
        self._migrate("service", list(migrations))
        self.db.executemany("INSERT OR IGNORE INTO scripts VALUES (?, ?)", enumerate(map(_hash, migrations), 1))
        self.db.execute("INSERT INTO owner (source, partitions) SELECT ?, 1 WHERE NOT EXISTS (SELECT 1 FROM owner)",
                        (source,))
        self.head = Position(self._one("SELECT max(epoch) FROM epochs"),
                             *(self.db.execute("SELECT seq, chain FROM log ORDER BY seq DESC LIMIT 1").fetchone()
                               or (0, NO_CHAIN)))
        self.opened_at = self.head.seq
        self.checked_at = now()
        damage = self._one("SELECT what FROM damages")
        try:
            self.verify()
        except BrokenChain as broken:
            damage = damage or str(broken)
        if damage:
            raise Unusable(65, f"{self.path}: {damage}; restore the store from a backup (gonghui restore)")
        self.claim = self._one("UPDATE claims SET number = number + 1 RETURNING number")
        self.forgotten_until = self._one("SELECT until FROM answers_forgotten")
        self._lanes = {}
        self._reload_lanes()

    def close(self):
        self.db.close()
        os.close(self._lock)

    def _one(self, sql, *parameters):
        row = self.db.execute(sql, parameters).fetchall()
        return row[0][0] if row else None

    def _has(self, table):
        return self._one("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", table)

    def _migrate(self, component, scripts):
        has_any = self._has("schema_versions")
        done = (self._one("SELECT version FROM schema_versions WHERE component = ?", component) if has_any else None) or 0
        if done > len(scripts):
            raise Unusable(65, f"{self.path}: its part \"{component}\" is of version {done}, and this program knows "
                               f"versions up to {len(scripts)}: install the newer program, the store was not changed")
        for version, script in enumerate(scripts[done:], done + 1):
            self.db.executescript(
                "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS schema_versions (component TEXT PRIMARY KEY, "
                f"version INTEGER NOT NULL) STRICT; {script}; INSERT INTO schema_versions VALUES ('{component}', "
                f"{version}) ON CONFLICT (component) DO UPDATE SET version = excluded.version; COMMIT")

    def _require_those_that_have_run(self, migrations):
        for number, script in enumerate(migrations, 1):
            if self._one("SELECT hash FROM scripts WHERE number = ?", number) not in (None, _hash(script)):
                raise Unusable(65, f"{self.path}: tables[{number - 1}] is another than the script that made this store. One that "
                                   "has run is never changed, removed or moved: put it back, and append what is to change "
                                   "(ALTER TABLE ...). While you only try: stop the service and remove the store; with it goes "
                                   "its own log")

    @contextlib.contextmanager
    def transaction(self):
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def undone_on_failure(self):
        """One message of a transaction: what it wrote goes when it fails."""
        head = self.head
        self.db.execute("SAVEPOINT message")
        try:
            yield
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK TO message")
                self.db.execute("RELEASE message")
            self.head = head
            self._reload_lanes()
            raise
        self.db.execute("RELEASE message")

    # --- the log ---

    def append(self, record, time, origin=(None, None)):
        self.head = self.head.after(record)
        self.db.execute("INSERT INTO log (seq, time, chain, bytes, origin, origin_seq) VALUES (?, ?, ?, ?, ?, ?)",
                        (self.head.seq, time, self.head.chain, record, *origin))

    def chain_at(self, seq):
        return NO_CHAIN if seq == 0 else self._one("SELECT chain FROM log WHERE seq = ?", seq)

    def records(self, after_seq, most_bytes=None):
        """Those after `after_seq`, at least one if there is one; each is held against the chain."""
        found, size, chain = [], 0, self.chain_at(after_seq)
        rows = self.db.execute("SELECT seq, chain, bytes FROM log WHERE seq > ? ORDER BY seq", (after_seq,))
        for expected, (seq, stored, record) in enumerate(rows, after_seq + 1):
            size += len(record)
            if found and (len(found) >= MOST_ENTRIES or (most_bytes is not None and size > most_bytes)):
                break
            if chain is None or seq != expected or next_chain(chain, record) != stored:
                raise BrokenChain(expected)
            chain = stored
            found.append(record)
        return found

    def verify(self):
        after_seq = 0
        while records := self.records(after_seq):
            after_seq += len(records)

    def remember_damage(self, broken):
        """So that it is not served again before it is restored."""
        with self.transaction():
            self.db.execute("INSERT INTO damages VALUES (?, ?, ?)", (broken.seq, str(broken), now()))

    def place(self, cursor):
        """Where a follower's cursor stands in this log: whether it fits, and up to which record both agree."""
        fits = self.chain_at(cursor.seq) == cursor.chain
        kept = self._one("SELECT min(last_kept_seq) FROM epochs WHERE epoch > ?", cursor.epoch)
        if not fits and kept is None:
            # No epoch explains it: this file was put here by hand.
            kept = min(self.opened_at, self.head.seq)
            epoch = max(self.head.epoch, cursor.epoch) + 1
            self.db.execute("INSERT INTO epochs VALUES (?, ?)", (epoch, kept))
            self.head = Position(epoch, self.head.seq, self.head.chain)
        ceiling = self.head.seq if fits else min(cursor.seq, self.head.seq)
        return {"fits": fits, "epoch": self.head.epoch, "kept": ceiling if kept is None else min(kept, ceiling)}

    # --- first answers ---

    def first_answer(self, caller, request_id):
        return self.db.execute("SELECT fingerprint, reply FROM answers WHERE caller = ? AND id = ?",
                               (caller, request_id)).fetchone()

    def keep_answer(self, caller, request_id, fingerprint, reply):
        self.db.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (caller, request_id, fingerprint, reply))

    def oldest_acceptable(self):
        return max(microseconds(now() - datetime.timedelta(days=KEPT_DAYS)), self.forgotten_until)

    def forget_answers(self):
        until = microseconds(now() - datetime.timedelta(days=FORGOTTEN_AFTER_DAYS))
        gone = self.db.execute("DELETE FROM answers WHERE (caller, id) IN (SELECT caller, id FROM answers WHERE id < ? "
                               "LIMIT ?)", (first_id_of(until // 1000), FORGOTTEN_AT_ONCE)).rowcount
        if gone:
            self.forgotten_until = max(self.forgotten_until, until)
            self.db.execute("UPDATE answers_forgotten SET until = ?", (self.forgotten_until,))

    # --- cursors and forks ---

    def cursors(self):
        return [(source, Position(epoch, seq, chain), evolved) for source, epoch, seq, chain, evolved in
                self.db.execute("SELECT source, epoch, seq, chain, evolved_until FROM cursors")]

    def set_cursor(self, source, cursor, evolved_until):
        self.db.execute("INSERT INTO cursors VALUES (?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET "
                        "epoch = excluded.epoch, seq = excluded.seq, chain = excluded.chain, "
                        "evolved_until = excluded.evolved_until",
                        (source, cursor.epoch, cursor.seq, cursor.chain, evolved_until))

    def remember_fork(self, source, epoch, kept, was_at):
        self.db.execute("INSERT INTO forks VALUES (?, ?, ?, ?, ?, ?)", (source, epoch, kept, was_at, self.head.seq, now()))

    def forks(self, most=20, most_reactions=200):
        """The newest first, each with the own events that answered events which are no more."""
        found = []
        for source, epoch, kept, was_at, own_seq, at in self.db.execute(
                "SELECT source, epoch, kept, was_at, own_seq, at FROM forks ORDER BY rowid DESC LIMIT ?", (most,)).fetchall():
            told = self._one("SELECT max(own_seq) FROM forks WHERE source = ? AND own_seq < ?", source, own_seq) or 0
            reactions = self.db.execute(
                "SELECT bytes FROM log WHERE origin = ? AND origin_seq > ? AND origin_seq <= ? AND seq > ? AND seq <= ? "
                "ORDER BY seq LIMIT ?", (source, kept, was_at, told, own_seq, most_reactions)).fetchall()
            found.append({"source": source, "epoch": epoch, "kept": kept, "was_at": was_at, "at": at,
                          "reactions": [record for (record,) in reactions]})
        return found

    # --- parked events ---

    def _reload_lanes(self):
        self._lanes = {(source, lane): count for source, lane, count in
                       self.db.execute("SELECT source, lane, count(*) FROM parked GROUP BY source, lane")}

    def parked_count(self):
        return sum(self._lanes.values())

    def is_blocked(self, source, lane, seq):
        return (source, lane) in self._lanes and bool(
            self._one("SELECT 1 FROM parked WHERE source = ? AND lane = ? AND seq < ?", source, lane, seq))

    def park(self, source, seq, lane, reason, detail, record, has_reacted):
        self.db.execute("INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        (source, seq, lane, reason, detail, now(), record, has_reacted))
        self._reload_lanes()

    def parked(self, most=200):
        names = ("source", "seq", "lane", "reason", "detail", "parked_at", "event")
        return [dict(zip(names, row)) for row in
                self.db.execute("SELECT source, seq, lane, reason, detail, parked_at, bytes FROM parked "
                                "ORDER BY source, seq LIMIT ?", (most,))]

    def parked_lane_of(self, source, seq):
        return self._one("SELECT lane FROM parked WHERE source = ? AND seq = ?", source, seq)

    def parked_in_lane(self, source, lane):
        return self.db.execute("SELECT seq, bytes, has_reacted FROM parked WHERE source = ? AND lane = ? ORDER BY seq",
                               (source, lane)).fetchall()

    def unpark(self, source, seq):
        self.db.execute("DELETE FROM parked WHERE source = ? AND seq = ?", (source, seq))
        self._reload_lanes()

    def unpark_beyond(self, source, seq):
        self.db.execute("DELETE FROM parked WHERE source = ? AND seq > ?", (source, seq))
        self._reload_lanes()

    # --- the file ---

    def size(self):
        return self._one("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")

    def newest_backup_at(self):
        """Microseconds since 1970; 0: there is none."""
        files = (self.path.parent / "backup").glob(f"{self.path.stem}.*.db")
        return max((file.stat().st_mtime_ns // 1000 for file in files), default=0)

    def back_up(self, keep):
        """A checked copy in the folder `backup` beside the store, in one go; the name of it."""
        folder, partition = self.path.parent / "backup", self.path.stem
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"{partition}.{now():%Y%m%dT%H%M%SZ}.db"
        unfinished = file.with_name(file.name + ".part")
        unfinished.unlink(missing_ok=True)
        self.db.execute("VACUUM INTO ?", (str(unfinished),))
        with contextlib.closing(sqlite3.connect(unfinished)) as copy:
            (said,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise RuntimeError(f"the copy is not sound: {said}")
        with open(unfinished, "rb") as copy:
            os.fsync(copy.fileno())
        unfinished.rename(file)
        if keep > 0:
            for old in sorted(folder.glob(f"{partition}.*Z.db"), reverse=True)[keep:]:
                old.unlink()
        return file


def _hash(script):
    return hashlib.blake2b(" ".join(script.split()).encode(), digest_size=16).digest()


def _locked(path):
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Unusable(69, f"{path} is in use by another process; stop that one first") from None
    return lock


def fingerprint(request):
    """What must be the same under one id."""
    actor = {"role": request.actor.role, "person": request.actor.person or NIL, "place": request.actor.place or NIL}
    parts = [request.type, request.key, request.partition, actor, request.raw_data]
    return hashlib.blake2b(pack(parts), digest_size=16).digest()


def is_machine_fault(error):
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in MACHINE_FAULTS
    return isinstance(error, (MemoryError, OSError))
