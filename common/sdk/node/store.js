// A plug-in's own store: one SQLite file with its log, first answers, cursors, parked events and the service's tables.
// The host's tables are those of the services in C++, so that `gonghui verify`, `backup` and `restore` work on them.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { NO_CHAIN, fingerprintOf, firstIdOf, nextChain, now, pack } from './wire.js';

const DAY = 24 * 3600 * 1_000_000; // microseconds
const KEPT = 30 * DAY; // of an answer; a week later it is forgotten
const FORGOTTEN_AFTER = 37 * DAY;
const FORGOTTEN_AT_ONCE = 1000;
const MOST_ENTRIES = 10_000; // of an array on the wire
const LOCK_PATIENCE = 1; // s: of a process that was killed the lock outlives it by an instant
const MACHINE_FAULT = /^SQLITE_(FULL|IOERR|NOMEM|CORRUPT|NOTADB|READONLY|CANTOPEN|PROTOCOL)/;

// component -> its migrations, numbered from 1.
const TABLES = {
  owner: ['CREATE TABLE owner (source TEXT NOT NULL) STRICT',
    'ALTER TABLE owner ADD COLUMN partitions INTEGER NOT NULL DEFAULT 1'],
  event_log: [
    `CREATE TABLE log (seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, chain BLOB NOT NULL, bytes BLOB NOT NULL) STRICT;
     CREATE TABLE epochs (epoch INTEGER PRIMARY KEY, last_kept_seq INTEGER NOT NULL) STRICT;
     INSERT INTO epochs VALUES (1, 0)`,
    'ALTER TABLE log ADD COLUMN origin TEXT; ALTER TABLE log ADD COLUMN origin_seq INTEGER',
    `CREATE TABLE segments (first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, chain BLOB NOT NULL,
                            file TEXT NOT NULL) STRICT`],
  answers: [
    `CREATE TABLE answers (caller TEXT NOT NULL, id BLOB NOT NULL, fingerprint BLOB NOT NULL, reply BLOB NOT NULL,
                           PRIMARY KEY (caller, id)) STRICT, WITHOUT ROWID`,
    'CREATE TABLE answers_forgotten (until INTEGER NOT NULL) STRICT; INSERT INTO answers_forgotten VALUES (0)'],
  cursors: [
    `CREATE TABLE cursors (source TEXT PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
                           chain BLOB NOT NULL) STRICT, WITHOUT ROWID`,
    'ALTER TABLE cursors ADD COLUMN evolved_until INTEGER NOT NULL DEFAULT 0'],
  parked: [
    `CREATE TABLE parked (source TEXT NOT NULL, seq INTEGER NOT NULL, lane TEXT NOT NULL, reason TEXT NOT NULL,
                          detail TEXT NOT NULL, parked_at INTEGER NOT NULL, bytes BLOB NOT NULL,
                          PRIMARY KEY (source, seq)) STRICT;
     CREATE INDEX parked_by_lane ON parked (source, lane, seq)`,
    'ALTER TABLE parked ADD COLUMN has_reacted INTEGER NOT NULL DEFAULT 0'],
  forks: [
    `CREATE TABLE forks (source TEXT NOT NULL, epoch INTEGER NOT NULL, kept INTEGER NOT NULL, was_at INTEGER NOT NULL,
                         own_seq INTEGER NOT NULL, at INTEGER NOT NULL) STRICT`],
  damages: ['CREATE TABLE damages (seq INTEGER NOT NULL, what TEXT NOT NULL, found_at INTEGER NOT NULL) STRICT'],
  claims: ['CREATE TABLE claims (number INTEGER NOT NULL) STRICT; INSERT INTO claims VALUES (0)'],
};

/** The store cannot be served: `code` is the exit code, as common/process/exit_codes.hpp has them. */
export class Unusable extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export class BrokenChain extends Error {
  constructor(seq) {
    super(`the log is damaged at record ${seq}`);
    this.seq = seq;
  }
}

export const isMachineFault = error => MACHINE_FAULT.test(error?.code ?? '');

/** Node has no flock: a child holds it, until this process ends, however it does. Signals of a terminal pass it by. */
function lock(file) {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', ['--wait', String(LOCK_PATIENCE), `${file}.lock`, 'sh', '-c', 'echo locked; exec cat'],
      { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    child.on('error', reject);
    child.on('exit', () => reject(new Unusable(69, `${file} is in use by another process; stop that one first`)));
    child.stdout.once('data', () => resolve(child));
  });
}

/** Opened by one process at a time: the file beside it with the ending .lock is locked while it lives. */
export class Store {
  #lock;
  #statements = new Map();
  #lanes = new Map();

  static async open(file, source, migrations) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    return new Store(file, source, migrations, await lock(file));
  }

  constructor(file, source, migrations, held) {
    this.#lock = held;
    this.file = file;
    this.db = new Database(file);
    for (const setting of ['trusted_schema = OFF', 'foreign_keys = ON', 'temp_store = MEMORY', 'journal_mode = WAL',
      'synchronous = FULL', 'busy_timeout = 5000']) this.db.pragma(setting);
    const owner = this.#has('owner') && this.#one('SELECT source FROM owner');
    if (owner && owner !== source)
      throw new Unusable(65, `${file} is the store of ${owner} and cannot be that of ${source}`);
    for (const [component, scripts] of Object.entries({ ...TABLES, service: migrations }))
      this.#migrate(component, scripts);
    this.#run('INSERT INTO owner (source, partitions) SELECT ?, 1 WHERE NOT EXISTS (SELECT 1 FROM owner)', source);
    const last = this.#get('SELECT seq, chain FROM log ORDER BY seq DESC LIMIT 1') ?? { seq: 0, chain: NO_CHAIN };
    this.head = { epoch: this.#one('SELECT max(epoch) FROM epochs'), ...last };
    this.openedAt = this.head.seq;
    this.checkedAt = now();
    const damage = this.#one('SELECT what FROM damages') ?? this.#damage();
    if (damage) throw new Unusable(65, `${file}: ${damage}; restore the store from a backup (gonghui restore)`);
    this.claim = this.#one('UPDATE claims SET number = number + 1 RETURNING number');
    this.forgottenUntil = this.#one('SELECT until FROM answers_forgotten');
    this.#reloadLanes();
  }

  close() {
    this.db.close();
    this.#lock.removeAllListeners('exit');
    this.#lock.stdin.end();
    this.#lock.unref();
  }

  #prepare(sql) {
    if (!this.#statements.has(sql)) this.#statements.set(sql, this.db.prepare(sql));
    return this.#statements.get(sql);
  }

  #run(sql, ...values) {
    return this.#prepare(sql).run(...values);
  }

  #get(sql, ...values) {
    return this.#prepare(sql).get(...values);
  }

  #all(sql, ...values) {
    return this.#prepare(sql).all(...values);
  }

  #one(sql, ...values) {
    const row = this.#get(sql, ...values);
    return row === undefined ? null : Object.values(row)[0];
  }

  #has(table) {
    return this.#one("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", table) !== null;
  }

  #migrate(component, scripts) {
    const done = (this.#has('schema_versions')
      && this.#one('SELECT version FROM schema_versions WHERE component = ?', component)) || 0;
    if (done > scripts.length)
      throw new Unusable(65, `${this.file}: its part "${component}" is of version ${done}, and this program knows `
        + `versions up to ${scripts.length}: install the newer program, the store was not changed`);
    for (let version = done + 1; version <= scripts.length; version += 1)
      this.transaction(() => {
        this.db.exec('CREATE TABLE IF NOT EXISTS schema_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL) '
          + 'STRICT');
        this.#create(component, scripts[version - 1], version);
        this.#run('INSERT INTO schema_versions VALUES (?, ?) ON CONFLICT (component) DO UPDATE SET '
          + 'version = excluded.version', component, version);
      });
  }

  #create(component, script, version) {
    try {
      this.db.exec(script);
    } catch (error) {
      if (component !== 'service' || error.code !== 'SQLITE_ERROR') throw error;
      throw new Unusable(78, `tables[${version - 1}]: ${error.message}`);
    }
  }

  /** Those of `names` that the store does not have. */
  lacks(names) {
    return names.filter(name => !this.#has(name));
  }

  transaction(work) {
    return this.db.transaction(work).immediate();
  }

  /** One message of a transaction: what it wrote goes when it fails. */
  undoneOnFailure(work) {
    const { head } = this;
    try {
      return this.db.transaction(work)();
    } catch (error) {
      this.head = head;
      this.#reloadLanes();
      throw error;
    }
  }

  changes() {
    return this.#one('SELECT total_changes()');
  }

  empty(table) {
    this.#run(`DELETE FROM "${table}"`);
  }

  // --- the log ---

  append(record, time, origin = null) {
    this.head = { epoch: this.head.epoch, seq: this.head.seq + 1, chain: nextChain(this.head.chain, record) };
    this.#run('INSERT INTO log (seq, time, chain, bytes, origin, origin_seq) VALUES (?, ?, ?, ?, ?, ?)', this.head.seq,
      time, this.head.chain, record, origin?.source ?? null, origin?.seq ?? null);
  }

  chainAt(seq) {
    return seq === 0 ? NO_CHAIN : this.#one('SELECT chain FROM log WHERE seq = ?', seq);
  }

  /** Those after `afterSeq`, at least one if there is one; each is held against the chain. */
  records(afterSeq, mostBytes = Infinity) {
    const found = [];
    let size = 0;
    let chain = this.chainAt(afterSeq);
    for (const row of this.db.prepare('SELECT seq, chain, bytes FROM log WHERE seq > ? ORDER BY seq').iterate(afterSeq)) {
      size += row.bytes.length;
      if (found.length > 0 && (found.length >= MOST_ENTRIES || size > mostBytes)) break;
      const expected = afterSeq + found.length + 1;
      if (chain === null || row.seq !== expected || !nextChain(chain, row.bytes).equals(row.chain))
        throw new BrokenChain(expected);
      chain = row.chain;
      found.push(row.bytes);
    }
    return found;
  }

  /** What is wrong with the log; null: nothing. */
  #damage() {
    let afterSeq = 0;
    try {
      for (let records = this.records(0); records.length > 0; records = this.records(afterSeq)) afterSeq += records.length;
    } catch (error) {
      if (!(error instanceof BrokenChain)) throw error;
      return error.message;
    }
    return null;
  }

  /** So that it is not served again before it is restored. */
  rememberDamage({ seq, message }) {
    this.#run('INSERT INTO damages VALUES (?, ?, ?)', seq, message, now());
  }

  /** Where a follower's cursor stands in this log: whether it fits, and up to which record both agree. */
  place(cursor) {
    const fits = this.chainAt(cursor.seq)?.equals(cursor.chain) ?? false;
    let kept = this.#one('SELECT min(last_kept_seq) FROM epochs WHERE epoch > ?', cursor.epoch);
    if (!fits && kept === null) {
      // No epoch explains it: this file was put here by hand.
      kept = Math.min(this.openedAt, this.head.seq);
      const epoch = Math.max(this.head.epoch, cursor.epoch) + 1;
      this.#run('INSERT INTO epochs VALUES (?, ?)', epoch, kept);
      this.head = { ...this.head, epoch };
    }
    const ceiling = fits ? this.head.seq : Math.min(cursor.seq, this.head.seq);
    return { fits, epoch: this.head.epoch, kept: Math.min(kept ?? ceiling, ceiling) };
  }

  // --- first answers ---

  firstAnswer(caller, id) {
    return this.#get('SELECT fingerprint, reply FROM answers WHERE caller = ? AND id = ?', caller, id);
  }

  keepAnswer(caller, id, fingerprint, reply) {
    this.#run('INSERT INTO answers VALUES (?, ?, ?, ?)', caller, id, fingerprint, reply);
  }

  oldestAcceptable() {
    return Math.max(now() - KEPT, this.forgottenUntil);
  }

  forgetAnswers() {
    const until = now() - FORGOTTEN_AFTER;
    const { changes } = this.#run('DELETE FROM answers WHERE (caller, id) IN (SELECT caller, id FROM answers WHERE id < ? '
      + 'LIMIT ?)', firstIdOf(Math.floor(until / 1000)), FORGOTTEN_AT_ONCE);
    if (changes === 0) return;
    this.forgottenUntil = Math.max(this.forgottenUntil, until);
    this.#run('UPDATE answers_forgotten SET until = ?', this.forgottenUntil);
  }

  // --- cursors and forks ---

  cursors() {
    return this.#all('SELECT source, epoch, seq, chain, evolved_until FROM cursors')
      .map(({ source, evolved_until: evolvedUntil, ...cursor }) => ({ source, cursor, evolvedUntil }));
  }

  setCursor({ source, cursor, evolvedUntil }) {
    this.#run('INSERT INTO cursors VALUES (?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET epoch = excluded.epoch, '
      + 'seq = excluded.seq, chain = excluded.chain, evolved_until = excluded.evolved_until', source, cursor.epoch,
    cursor.seq, cursor.chain, evolvedUntil);
  }

  rememberFork(source, epoch, kept, wasAt) {
    this.#run('INSERT INTO forks VALUES (?, ?, ?, ?, ?, ?)', source, epoch, kept, wasAt, this.head.seq, now());
  }

  /** The newest first, each with the own events that answered events which are no more. */
  forks(most = 20, mostReactions = 200) {
    return this.#all('SELECT source, epoch, kept, was_at, own_seq, at FROM forks ORDER BY rowid DESC LIMIT ?', most)
      .map(({ own_seq: ownSeq, ...fork }) => {
        const told = this.#one('SELECT max(own_seq) FROM forks WHERE source = ? AND own_seq < ?', fork.source, ownSeq) ?? 0;
        const reactions = this.#all('SELECT bytes FROM log WHERE origin = ? AND origin_seq > ? AND origin_seq <= ? '
          + 'AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?', fork.source, fork.kept, fork.was_at, told, ownSeq, mostReactions);
        return { ...fork, reactions: reactions.map(row => row.bytes) };
      });
  }

  // --- parked events ---

  #reloadLanes() {
    this.#lanes = new Map(this.#all('SELECT source, lane, count(*) AS count FROM parked GROUP BY source, lane')
      .map(row => [`${row.source}\n${row.lane}`, row.count]));
  }

  parkedCount() {
    return [...this.#lanes.values()].reduce((sum, count) => sum + count, 0);
  }

  isBlocked(source, lane, seq) {
    return this.#lanes.has(`${source}\n${lane}`)
      && this.#one('SELECT 1 FROM parked WHERE source = ? AND lane = ? AND seq < ?', source, lane, seq) !== null;
  }

  park(source, seq, lane, { reason, detail }, record, hasReacted) {
    this.#run('INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?, ?, ?, ?, ?)', source, seq, lane, reason, detail, now(),
      record, hasReacted ? 1 : 0);
    this.#reloadLanes();
  }

  parked(most = 200) {
    return this.#all('SELECT source, seq, lane, reason, detail, parked_at, bytes AS event FROM parked '
      + 'ORDER BY source, seq LIMIT ?', most);
  }

  parkedLaneOf(source, seq) {
    return this.#one('SELECT lane FROM parked WHERE source = ? AND seq = ?', source, seq);
  }

  parkedInLane(source, lane) {
    return this.#all('SELECT seq, bytes, has_reacted FROM parked WHERE source = ? AND lane = ? ORDER BY seq', source, lane);
  }

  unpark(source, seq) {
    this.#run('DELETE FROM parked WHERE source = ? AND seq = ?', source, seq);
    this.#reloadLanes();
  }

  unparkBeyond(source, seq) {
    this.#run('DELETE FROM parked WHERE source = ? AND seq > ?', source, seq);
    this.#reloadLanes();
  }

  // --- the file ---

  size() {
    return this.#one('SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()');
  }

  /** A checked copy in the folder `backup` beside the store, in one go; the name of it. */
  #copies() {
    const folder = path.join(path.dirname(this.file), 'backup');
    const partition = path.basename(this.file, '.db');
    const files = existsSync(folder) ? readdirSync(folder) : [];
    return files.filter(name => name.startsWith(`${partition}.`) && name.endsWith('Z.db')).map(name => path.join(folder, name));
  }

  /** Microseconds since 1970; 0: there is none. */
  newestBackupAt() {
    return Math.max(0, ...this.#copies().map(file => Math.floor(statSync(file).mtimeMs * 1000)));
  }

  backUp(keep) {
    const folder = path.join(path.dirname(this.file), 'backup');
    const partition = path.basename(this.file, '.db');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const file = path.join(folder, `${partition}.${stamp}.db`);
    rmSync(`${file}.part`, { force: true });
    this.#run('VACUUM INTO ?', `${file}.part`);
    const copy = new Database(`${file}.part`, { readonly: true });
    const said = copy.pragma('integrity_check(1)', { simple: true });
    copy.close();
    if (said !== 'ok') throw new Error(`the copy is not sound: ${said}`);
    const written = openSync(`${file}.part`);
    fsyncSync(written);
    closeSync(written);
    renameSync(`${file}.part`, file);
    if (keep > 0) for (const old of this.#copies().sort().reverse().slice(keep)) rmSync(old);
    return file;
  }
}

/** What must be the same under one id. */
export function fingerprint({ type, key, partition, actor, data }) {
  const { role, person, place } = actor;
  return fingerprintOf(pack([type, key ?? null, partition ?? null, role, person ?? null, place ?? null, data]));
}
