// Runs a Service: the store, the bus, and all that a holder of a partition owes to others (PROTOCOL.md, 7, 9 and 12).
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptedWith, answerOf, invalid, isBytes, isChain, isId, isMap, isText, Malformed, numberIn, presented,
  readEvent, readMap, readPage, readRequest, requireShape, retry, told } from './envelope.js';
import { Follower, PAGE_BYTES, PAGE_PATIENCE } from './follower.js';
import { Unfit, decodeMessage, encodeMessage } from './messages.js';
import { Accepted } from './service.js';
import { BrokenChain, Store, Unusable, fingerprint, isMachineFault } from './store.js';
import { Connection, NIL, eventId, now, pack, requestId, timeText, uuidBytes, uuidText } from './wire.js';

const VERSION = '0.1.0';
const BATCH = 256; // messages in one transaction
const BEACON_EVERY = 1000; // ms
const LOOK_AGAIN = 5; // ms, while requests wait for an event
const FORGET_EVERY = 60_000;
const RELEASE_PATIENCE = 500; // for the hub's word that no more requests come: there may be no hub
const LONGEST_DRAIN = 5000;
const LONGEST_WAIT = 1000; // for a request's `after`
const MOST_WAITING = 1024;
const COUNTED = { accepted: 'accepted', refused: 'refused', invalid: 'invalid', retry: 'retried', fault: 'faults' };
const COUNTERS = ['accepted', 'refused', 'invalid', 'retried', 'faults', 'repeated', 'events_published', 'applied_live',
  'applied_from_pages', 'skipped', 'parked', 'duplicates', 'undecodable', 'commits', 'messages', 'gaps', 'batches_again'];
const DURING_REBUILD = ['_log_read', '_log_place', '_parked_list', '_forks_list'];

/** The exit code. */
export async function serve(service, place) {
  try {
    const source = `${place.district}/${service.name}/0`;
    const store = await Store.open(place.store, source, service.tables);
    const lacking = store.lacks(Object.values(service.readModels).flat());
    if (lacking.length > 0) throw new Unusable(78, `readModels names what no script of tables makes: ${lacking.join(', ')}`);
    return await new Host(service, place, store).run();
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    log('error', 'cannot_serve', { reason: error.message });
    return error.code;
  }
}

function log(level, message, fields = {}) {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
}

class Superseded extends Error {}

/** Takes a message's effects back without a fault. */
class Undone extends Error {}

class Host {
  #inbound = [];
  #wake = () => {};
  #waiting = []; // { until, rest }: requests that come later
  #replies = []; // of the transaction at hand
  #publications = [];
  #told = new Set();
  #toldState = 'connecting';
  #toldLevel = new Set();
  #damage = null;
  #backup = { keep: null, file: '', error: '' };
  #nextBeacon = 0;
  #nextForgetting = 0;
  #isDraining = false;
  #isReleased = false;
  #isToEnd = false;
  #counters = Object.fromEntries(COUNTERS.map(name => [name, 0]));

  constructor(service, place, store) {
    this.service = service;
    this.district = place.district;
    this.source = `${place.district}/${service.name}/0`;
    this.prefix = `${place.district}.${service.name}.`;
    this.store = store;
    this.followed = service.follows();
    const take = message => {
      this.#inbound.push(message);
      this.#wake();
    };
    this.requests = new Connection(place.hub, place.key, place.hub.request, take);
    this.eventsIn = new Connection(place.hub, place.key, place.hub.subscribe, take);
    this.eventsOut = new Connection(place.hub, place.key, place.hub.publish, null, this.prefix);
    this.followers = new Map(store.cursors().map(({ source, cursor, evolvedUntil }) => (
      [source, new Follower(source, cursor, evolvedUntil)])));
    for (const name of this.followed) this.#followerOf(`${this.district}/${name}/0`);
  }

  // --- the turn ---

  async run() {
    process.on('SIGHUP', () => {}); // `gonghui up` passes it on to all; there is nothing to read again
    for (const signal of ['SIGTERM', 'SIGINT'])
      process.on(signal, () => {
        this.#isToEnd = true;
        this.#wake();
      });
    log('info', 'partition_opened', { source: this.source, head: this.store.head.seq, store: this.store.file });
    if (!this.service.requests.has(`${this.service.name}.held_about`))
      log('warning', 'held_about_missing', { advice: 'answer it, or say keepsNothingAboutPeople()' });
    try {
      while (!this.#isToEnd) await this.#step(BEACON_EVERY);
      await this.#drain();
    } catch (error) {
      if (error instanceof Superseded) {
        log('error', 'superseded', { advice: 'another process holds the partition under a higher claim; or one did, '
          + 'and this store is newer than what the hub has seen: then start it again, or the hub' });
        return 69;
      }
      if (error instanceof BrokenChain) {
        this.store.rememberDamage(error);
        log('error', 'log_damaged', { reason: error.message, advice: 'restore the store from a backup (gonghui restore)' });
        return 65;
      }
      throw error;
    } finally {
      await Promise.all([this.requests, this.eventsIn, this.eventsOut].map(connection => connection.close(1000)));
      this.store.close();
    }
    log('info', 'partition_drained', { source: this.source, head: this.store.head.seq });
    return 0;
  }

  async #step(patience) {
    if (this.#inbound.length === 0) await this.#wait(this.#waiting.length > 0 ? LOOK_AGAIN : patience);
    if (this.#inbound.length > 0 || this.#waiting.length > 0) this.#runBatch(this.#inbound.splice(0, BATCH));
    this.#sayWhatIsDue();
    this.#askOwners();
    for (const connection of [this.requests, this.eventsIn, this.eventsOut]) connection.flush();
    this.#tellHowItStands();
  }

  /** Whether it is let in, and once of each source that it is level: silence would mean anything. */
  #tellHowItStands() {
    const state = this.requests.state();
    if (state !== 'connecting' && state !== this.#toldState) {
      this.#toldState = state;
      if (state === 'connected') log('info', 'connected');
      else log('error', state, { reason: this.requests.trouble() });
    }
    for (const [source, follower] of this.followers)
      if (!this.#toldLevel.has(source) && follower.level) {
        this.#toldLevel.add(source);
        log('info', 'following', { source, at: follower.cursor.seq });
      }
  }

  /** No more requests; what has come is answered. The hub's word stands behind the last of them. */
  async #drain() {
    this.#isDraining = true;
    this.requests.say('release', this.source);
    const begun = performance.now();
    let last = begun;
    while (!this.#isReleased && last - begun < LONGEST_DRAIN && performance.now() - last < RELEASE_PATIENCE) {
      await this.#step(50);
      if (this.#inbound.length > 0) last = performance.now();
    }
  }

  async #wait(patience) {
    const until = Math.min(performance.now() + patience, this.#isDraining ? Infinity : this.#nextBeacon);
    const waking = new AbortController();
    this.#wake = () => waking.abort();
    await sleep(Math.max(0, until - performance.now()), undefined, { signal: waking.signal }).catch(() => {});
    this.#wake = () => {};
  }

  #runBatch(messages) {
    const before = new Map([...this.followers].map(([source, one]) => [source, one.cursor]));
    this.#replies = [];
    this.#publications = [];
    this.store.transaction(() => {
      for (const [word, ...rest] of messages) {
        this.#counters.messages += 1;
        try {
          this.#take(word, rest);
        } catch (error) {
          if (!(error instanceof Malformed)) throw error;
          this.#counters.undecodable += 1;
          log('warning', 'undecodable_message', { word, reason: error.message });
        }
      }
      this.#retryWaiting();
      for (const one of this.followers.values()) if (before.get(one.source) !== one.cursor) this.store.setCursor(one);
    });
    this.#counters.commits += 1;
    // Only what is committed leaves the house.
    for (const reply of this.#replies) this.requests.say('reply', ...reply);
    for (const event of this.#publications) this.eventsOut.say('event', ...event);
    this.#counters.events_published += this.#publications.length;
    if (this.#backup.keep !== null) this.#backUp();
    if (this.#damage) throw this.#damage;
  }

  #take(word, rest) {
    requireShape(word, rest);
    if (word === 'request') this.#onRequest(rest);
    if (word === 'event') this.#onEvent(...rest);
    if (word === 'reply') this.#onAnswer(rest[0]);
    if (word === 'released') this.#isReleased ||= rest[0] === this.source;
    if (word === 'refused') this.#onRefusal(...rest);
  }

  #onRefusal(code, what) {
    if (code === 'superseded') throw new Superseded();
    this.#tellRefusal('hub_refused', code, what);
  }

  /** Once: it is asked for again and again. */
  #tellRefusal(message, code, what) {
    if (this.#told.has(`${code} ${what}`)) return;
    this.#told.add(`${code} ${what}`);
    const { name } = this.service;
    const advice = code === 'not_permitted'
      ? { advice: `its key lacks the right: gonghui keys revoke ${name}-0, then ${this.service.keysAdd()}` } : {};
    log('error', message, { code, what, ...advice });
  }

  #sayWhatIsDue() {
    const at = performance.now();
    if (at >= this.#nextBeacon && !this.#isDraining) {
      this.#nextBeacon = at + BEACON_EVERY;
      for (const name of this.followed) this.eventsIn.say('follow', `${this.district}.${name}.`);
      this.#beacon();
    }
    if (at >= this.#nextForgetting) {
      this.#nextForgetting = at + FORGET_EVERY;
      this.store.transaction(() => this.store.forgetAnswers());
    }
  }

  #beacon() {
    const { head: { epoch, seq, chain }, claim } = this.store;
    this.requests.say('hold', { source: this.source, partitions: 1, claim, epoch, seq });
    this.eventsOut.say('event', `${this.prefix}_head`, pack({
      id: uuidBytes(randomUUID()), source: this.source, type: '_head', subject: '', time: now(),
      dataschema: 'bus/_head.v1', epoch, seq, cause: NIL, data: { chain, claim, partitions: 1 },
    }));
  }

  // --- requests ---

  #onRequest(rest) {
    const [token, caller, encoded] = rest;
    const { request, errors } = readRequest(encoded, caller);
    const reply = answer => this.#reply(token, request, answer);
    if (errors.length > 0) return reply(invalid('invalid_request', errors));
    if (this.#isDraining) return reply(retry('draining', 200));
    if (request.deadline !== null && request.deadline < now()) return reply(retry('deadline_passed', 0));
    if (request.after && request.after.source !== this.source && !this.#follows(request.after.source))
      return reply(invalid('invalid_request', [{ path: 'after.source', code: 'not_followed' }]));
    if (request.after && !this.#isLevel(request.after)) {
      if (this.#waiting.length >= MOST_WAITING) return reply(retry('not_level', 200));
      return this.#waiting.push({ until: performance.now() + LONGEST_WAIT, rest });
    }
    const name = request.type.slice(request.type.indexOf('.') + 1);
    const bus = name.startsWith('_') ? name : '';
    if (bus !== '_status' && !DURING_REBUILD.includes(bus) && this.#isRebuilding()) return reply(retry('rebuilding', 200));
    const answer = this.#busRequest(bus, request);
    if (answer) return reply(answer);
    const known = this.service.requests.get(request.type);
    if (known && !known.message?.isCommand) return reply(this.#query(known, request));
    return this.#answerCommand(token, request, bus, known);
  }

  #reply(token, request, answer) {
    this.#counters[COUNTED[answer.outcome]] += 1;
    this.#replies.push([token, this.#encoded(request, answer)]);
  }

  #encoded(request, { outcome, ...more }) {
    const { epoch, seq } = this.store.head;
    return pack({ id: request.id, outcome, at: { source: this.source, epoch, seq }, ...more });
  }

  #retryWaiting() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      const [token, caller, encoded] = one.rest;
      const { request } = readRequest(encoded, caller);
      if (this.#isLevel(request.after)) this.#onRequest(one.rest);
      else if (performance.now() >= one.until || this.#isDraining) this.#reply(token, request, retry('not_level', 200));
      else this.#waiting.push(one);
    }
  }

  #isLevel({ source, epoch, seq }) {
    const { head } = this.store;
    // What was said in an earlier epoch is here already, or gone for ever.
    if (source === this.source) return head.seq >= seq || head.epoch > epoch;
    const one = this.followers.get(source);
    if (!one || one.rebuilding) return false;
    return one.cursor.epoch === epoch ? one.cursor.seq >= seq : one.cursor.epoch > epoch && one.level;
  }

  #query({ message, handler }, request) {
    const typed = this.#typed(message, request);
    if (typed instanceof Unfit) return invalid('invalid_fields', typed.errors);
    try {
      return answerOf(this.#decide(handler, typed), message);
    } catch (error) {
      return this.#failed(request, error);
    }
  }

  /** What a handler gets; or what does not fit. */
  #typed(message, { id, type, data, actor, traceparent }) {
    try {
      const person = actor.person && uuidText(actor.person);
      const place = actor.place && uuidText(actor.place);
      return { id: uuidText(id), type, data: message ? decodeMessage(message, data) : data, now: timeText(now()),
        actor: { ...actor, person, place }, traceparent };
    } catch (error) {
      if (error instanceof Unfit) return error;
      throw error;
    }
  }

  #failed(request, error) {
    if (isMachineFault(error)) throw error;
    log('error', 'request_failed', { type: request.type, reason: told(error) });
    return { outcome: 'fault', code: 'internal' };
  }

  #answerCommand(token, request, bus, known) {
    const reply = answer => this.#reply(token, request, answer);
    if (request.id[6] >> 4 !== 7) return reply(invalid('id_not_uuid_v7'));
    if (Buffer.from(request.id).readUIntBE(0, 6) * 1000 < this.store.oldestAcceptable()) return reply(invalid('id_too_old'));
    const print = fingerprint(request);
    const caller = request.actor.service;
    const first = this.store.firstAnswer(caller, request.id);
    if (first) {
      if (!first.fingerprint.equals(print)) return reply(invalid('id_reused'));
      this.#counters.repeated += 1;
      return this.#replies.push([token, first.reply]);
    }
    const answer = this.#runCommand(request, bus, known, print);
    if (answer.outcome === 'refused') this.store.keepAnswer(caller, request.id, print, this.#encoded(request, answer));
    return reply(answer);
  }

  #runCommand(request, bus, known, print) {
    if (!known && bus !== '_parked_retry' && bus !== '_parked_drop') return invalid('unknown_type');
    const typed = this.#typed(known?.message, request);
    if (typed instanceof Unfit) return invalid('invalid_fields', typed.errors);
    const published = this.#publications.length;
    let answer;
    try {
      this.store.undoneOnFailure(() => {
        answer = bus ? this.#mendParked(bus, request) : this.#decideCommand(known, request, typed);
        if (answer.outcome !== 'accepted') throw new Undone();
        this.store.keepAnswer(request.actor.service, request.id, print, this.#encoded(request, answer));
      });
      return answer;
    } catch (error) {
      this.#publications.length = published;
      return error instanceof Undone ? answer : this.#failed(request, error);
    }
  }

  #decideCommand({ message, handler }, request, typed) {
    const outcome = this.#decide(handler, typed);
    if (outcome instanceof Accepted) this.#record(outcome.events, request.id, request.traceparent);
    return answerOf(outcome, message);
  }

  #decide(handler, subject) {
    const before = this.store.changes();
    const outcome = handler(this.store.db, subject);
    if (outcome instanceof Promise) throw new TypeError('a handler must not be async: it is one piece of a transaction');
    if (this.store.changes() !== before) throw new TypeError('a handler has written: only evolve writes tables');
    return outcome;
  }

  /** Own events into the tables and the log, of the trace of what led to them. */
  #record(events, cause, traceparent, origin = null) {
    events.forEach((data, number) => {
      const { dataschema = '', subject, isPrivate } = data.constructor;
      const [service, name] = dataschema.split('/');
      if (service !== this.service.name || isPrivate)
        throw new TypeError(`${dataschema || data.constructor.name} is not a public event of ${this.service.name}`);
      const about = subject ? String(data[subject]) : '';
      this.#append(dataschema, name.slice(0, name.lastIndexOf('.')), about, encodeMessage(data), data, cause, number, traceparent,
        origin);
    });
  }

  #append(dataschema, type, subject, encoded, data, cause, number, traceparent, origin) {
    const { epoch, seq } = this.store.head;
    const time = now();
    const id = eventId(cause, number, this.source, epoch);
    const event = { id, source: this.source, type, subject, time, dataschema, traceparent, epoch, seq: seq + 1, cause,
      data: encoded };
    this.service.evolvers.get(dataschema)?.handler(this.store.db, presented(event, data));
    const record = pack(event);
    this.store.append(record, time, origin);
    this.#publications.push([this.prefix + type, record]);
  }

  // --- requests of the bus's own ---

  /** Its answer; null for what is no such request, or one that is answered like a command. */
  #busRequest(bus, { data }) {
    if (bus === '_status') return acceptedWith(this.#status());
    if (bus === '_log_read') return this.#page(data);
    if (bus === '_log_place') return this.#place(data);
    if (bus === '_forks_list') return acceptedWith({ forks: this.store.forks() });
    if (bus === '_parked_list') return acceptedWith({ events: this.store.parked() });
    if (bus !== '_backup') return null;
    this.#backup.keep = numberIn(data, 'keep', 0);
    return { outcome: 'accepted' };
  }

  #page(data) {
    const after = numberIn(data, 'after_seq', 0);
    // There is no such place, and no damage.
    if (after < 0) return invalid('invalid_fields', [{ path: 'after_seq', code: 'out_of_range' }]);
    let records;
    try {
      records = this.store.records(after, Math.min(Math.max(1, numberIn(data, 'max_bytes', PAGE_BYTES)), PAGE_BYTES));
    } catch (error) {
      if (!(error instanceof BrokenChain)) throw error;
      this.#damage = error; // once this is answered, the holder ends
      return { outcome: 'fault', code: 'log_damaged' };
    }
    const chain = this.store.chainAt(after);
    return acceptedWith({ records, from: chain ? { chain } : undefined, head: this.store.head });
  }

  #place(data) {
    const cursor = { epoch: numberIn(data, 'epoch', 0), seq: numberIn(data, 'seq', -1), chain: data.chain };
    if (cursor.epoch < 1 || cursor.epoch > 1e9 || cursor.seq < 0 || !isChain(cursor.chain)) return invalid('invalid_request');
    const before = this.store.head.epoch;
    const answer = this.store.place(cursor);
    if (answer.epoch !== before) {
      this.#nextBeacon = 0; // whoever follows learns of it at once
      log('warning', 'epoch_began', { epoch: answer.epoch, kept: answer.kept });
    }
    return acceptedWith(answer);
  }

  #status() {
    const { head, claim } = this.store;
    const followers = [...this.followers.values()].sort((a, b) => (a.source < b.source ? -1 : 1));
    return {
      source: this.source, version: VERSION, claim, epoch: head.epoch, head: head.seq, now: now(),
      checked: this.store.openedAt, checked_at: this.store.checkedAt,
      backup: { under_way: this.#backup.keep !== null, pages_left: 0, file: this.#backup.file, error: this.#backup.error,
        newest_at: this.store.newestBackupAt() },
      parked: this.store.parkedCount(), store_bytes: this.store.size(),
      follows: followers.map(one => ({ source: one.source, epoch: one.cursor.epoch, cursor: one.cursor.seq,
        head: one.knownHead, diverged: one.diverged, rebuilding: one.rebuilding })),
      counters: this.#counters,
    };
  }

  #backUp() {
    const { keep } = this.#backup;
    this.#backup = { keep: null, file: '', error: '' };
    try {
      this.#backup.file = this.store.backUp(keep);
    } catch (error) {
      this.#backup.error = error.message;
      log('error', 'backup_failed', { reason: error.message });
    }
  }

  #mendParked(bus, { id, data, actor, traceparent }) {
    const source = isText(data.source) ? data.source : '';
    const seq = numberIn(data, 'seq', 0);
    if (bus === '_parked_drop' && !(isText(data.reason) && data.reason.trim()))
      return invalid('invalid_fields', [{ path: 'reason', code: 'missing' }]);
    const lane = this.store.parkedLaneOf(source, seq);
    if (lane === null) return { outcome: 'refused', code: 'not_parked', facts: {} };
    if (bus === '_parked_retry') return acceptedWith({ settled: this.#retryLane(source, lane) });
    // Dropping loses something for ever, so it is an event of its own: who dropped what, and why.
    this.store.unpark(source, seq);
    this.#append('bus/_parked_dropped.v1', '_parked_dropped', lane,
      { source, seq, reason: data.reason, by: actor.service }, null, id, 0, traceparent, null);
    this.#retryLane(source, lane);
    return { outcome: 'accepted' };
  }

  // --- followed events ---

  #follows(source) {
    const [district, service, partition, ...more] = source.split('/');
    return this.followers.has(source) || (more.length === 0 && district === this.district
      && this.followed.includes(service) && /^\d+$/.test(partition ?? ''));
  }

  #followerOf(source) {
    if (!this.followers.has(source) && this.#follows(source)) this.followers.set(source, new Follower(source));
    return this.followers.get(source);
  }

  #isRebuilding() {
    return [...this.followers.values()].some(one => one.rebuilding);
  }

  #waitsForRebuild(follower) {
    return this.#isRebuilding() && !follower.rebuilding;
  }

  #onEvent(topic, encoded) {
    const event = readEvent(encoded);
    const prefix = `${event.source.split('/').slice(0, 2).join('.')}.`;
    const follower = topic.startsWith(prefix) ? this.#followerOf(event.source) : undefined;
    if (!follower) throw new Malformed(`${topic} from ${event.source}`);
    if (event.type !== '_head') return this.#consider(follower, event, encoded, true);
    this.#counters.messages -= 1; // a heartbeat is no work
    if (!isChain(event.data.chain)) throw new Malformed('a beacon without a chain');
    return follower.onBeacon({ epoch: event.epoch, seq: event.seq, chain: event.data.chain });
  }

  #consider(follower, event, encoded, isFromBus) {
    const verdict = follower.judge(event.epoch, event.seq, isFromBus);
    if (verdict === 'duplicate') {
      this.#counters.duplicates += 1;
    } else if (verdict === 'apply' && !this.#waitsForRebuild(follower)) {
      this.#settle(follower, event, encoded);
      follower.applied(encoded);
      this.#counters[isFromBus ? 'applied_live' : 'applied_from_pages'] += 1;
      if (follower.cursor.seq === follower.evolvedUntil) log('warning', 'rebuild_ended', { source: follower.source });
    } else {
      if (isFromBus) follower.keep(event.seq, encoded);
      this.#counters.gaps += 1;
    }
  }

  /** Applied, skipped or parked: in every case the cursor goes on. */
  #settle({ source, evolvedUntil }, event, encoded) {
    const { seq, subject: lane = '' } = event;
    const isAgain = seq <= evolvedUntil;
    // What is parked stays parked: neither its effect nor its reaction has happened yet.
    if (isAgain && this.store.parkedLaneOf(source, seq) !== null) return;
    const failure = this.store.isBlocked(source, lane, seq)
      ? { reason: 'behind', detail: 'an earlier event of its lane is parked' } : this.#tryToApply(event, !isAgain);
    if (failure) this.#park(source, seq, lane, failure, encoded, isAgain);
  }

  /** null, or why not: { reason, detail }. */
  #tryToApply(event, reacts) {
    const { dataschema } = event;
    const evolver = this.service.evolvers.get(dataschema);
    const reactor = this.service.reactors.get(dataschema);
    const { message } = reactor ?? evolver ?? {};
    if (!message || isBytes(event.data)) {
      const stem = `${dataschema.slice(0, dataschema.lastIndexOf('.'))}.`;
      const schemas = [...this.service.evolvers.keys(), ...this.service.reactors.keys()];
      if (!isBytes(event.data) && schemas.some(known => known.startsWith(stem)))
        return { reason: 'version', detail: `${dataschema} is not known to this program` };
      this.#counters.skipped += 1;
      return null;
    }
    const published = this.#publications.length;
    try {
      this.store.undoneOnFailure(() => {
        const typed = presented(event, decodeMessage(message, event.data));
        evolver?.handler(this.store.db, typed);
        if (reactor && reacts) this.#record(this.#decide(reactor.handler, typed) ?? [], event.id, typed.traceparent, event);
      });
      return null;
    } catch (error) {
      if (isMachineFault(error)) throw error;
      this.#publications.length = published;
      return { reason: 'failed', detail: told(error) };
    }
  }

  #park(source, seq, lane, failure, encoded, hasReacted) {
    this.#counters.parked += 1;
    this.store.park(source, seq, lane, failure, encoded, hasReacted);
    if (failure.reason !== 'behind') log('warning', 'event_parked', { source, seq, reason: failure.detail });
  }

  /** In order, until one fails again; how many were settled. */
  #retryLane(source, lane) {
    let settled = 0;
    for (const { seq, bytes, has_reacted: hasReacted } of this.store.parkedInLane(source, lane)) {
      let failure;
      try {
        failure = this.#tryToApply(readEvent(bytes), !hasReacted);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        failure = { reason: 'failed', detail: error.message };
      }
      if (failure) {
        this.store.park(source, seq, lane, failure, bytes, hasReacted);
        return settled;
      }
      this.store.unpark(source, seq);
      settled += 1;
    }
    return settled;
  }

  // --- the owners' logs ---

  #askOwners() {
    const at = performance.now();
    for (const follower of this.followers.values()) {
      if (this.#isDraining || !follower.wantsAnswer(at) || this.#waitsForRebuild(follower)) continue;
      if (follower.diverged) this.#ask(follower, '_log_place', undefined, follower.cursor);
      else this.#askPage(follower, follower.cursor.seq);
    }
  }

  #askPage(follower, afterSeq) {
    this.#ask(follower, '_log_read', afterSeq, { after_seq: afterSeq, max_bytes: PAGE_BYTES });
  }

  #ask(follower, name, afterSeq, data) {
    const id = requestId();
    this.requests.say('request', pack({ id, type: `${follower.service}.${name}`, partition: follower.partition,
      deadline: now() + PAGE_PATIENCE * 1000, data }));
    follower.asked({ id, afterSeq });
  }

  #onAnswer(encoded) {
    const reply = readMap(encoded);
    if (!isId(reply.id)) throw new Malformed('a reply lacks a sound id');
    for (const follower of this.followers.values()) {
      const question = follower.answered(reply.id);
      if (question === null) continue;
      if (reply.outcome !== 'accepted') {
        if (reply.outcome !== 'retry') this.#tellRefusal('page_refused', reply.code, follower.source);
        follower.putOff(Math.max(100, numberIn(reply, 'retry_after_ms', 1000)));
      } else if (question.afterSeq === undefined) {
        this.#onPlace(follower, reply.data);
      } else {
        this.#onPage(follower, readPage(question.afterSeq, reply.data));
      }
      return;
    }
  }

  #onPage(follower, page) {
    if (!follower.fits(page)) return log('warning', 'source_diverged', { source: follower.source });
    const last = page.afterSeq + page.records.length;
    // The next page travels while this one is applied.
    if (last < page.head.seq && page.records.length > 0) this.#askPage(follower, last);
    for (const record of page.records) this.#takeRecord(follower, record);
    follower.onPageHead(page.head);
    for (let hint = follower.takeKept(); hint !== null; hint = follower.takeKept())
      this.#consider(follower, readEvent(hint), hint, true);
    return undefined;
  }

  #takeRecord(follower, record) {
    if (this.#waitsForRebuild(follower)) return; // asked for again when that is done
    let event;
    try {
      event = readEvent(record);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      // It has its place in the log all the same, and is parked there.
      const failure = { reason: 'failed', detail: error.message };
      this.#park(follower.source, follower.cursor.seq + 1, '', failure, record, false);
      follower.applied(record);
      return;
    }
    this.#consider(follower, event, record, false);
  }

  // --- where histories part ---

  #onPlace(follower, owner) {
    const { fits, epoch, kept } = isMap(owner) ? owner : {};
    if (typeof fits !== 'boolean' || !Number.isSafeInteger(epoch) || !Number.isSafeInteger(kept))
      throw new Malformed('a place lacks what the protocol says');
    if (!fits) return this.#rebuild(follower, epoch, kept);
    follower.goOn(epoch, kept);
    return this.store.setCursor(follower);
  }

  /**
   * Empties what the service's events wrote and begins again with the first record of each of its partitions; only the
   * forked one has a history that ends earlier than its cursor.
   */
  #rebuild(forked, epoch, agreed) {
    const tables = this.service.readModels[forked.service];
    if (!tables) {
      log('error', 'cannot_rebuild', { reason: `readModels does not name the tables that ${forked.service} fills` });
      return forked.putOff(60_000);
    }
    for (const table of tables) this.store.empty(table);
    const wasAt = Math.max(forked.cursor.seq, forked.evolvedUntil);
    const kept = Math.min(agreed, wasAt);
    this.store.rememberFork(forked.source, epoch, kept, wasAt);
    this.store.unparkBeyond(forked.source, kept);
    for (const follower of this.followers.values()) {
      if (follower.service !== forked.service) continue;
      if (follower === forked) follower.rebuild(epoch, kept);
      else follower.rebuild(follower.cursor.epoch, Math.max(follower.cursor.seq, follower.evolvedUntil));
      this.store.setCursor(follower);
    }
    return log('warning', 'rebuild_began', { source: forked.source, kept, was_at: wasAt });
  }
}
