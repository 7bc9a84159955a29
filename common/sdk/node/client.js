// Asking a district: commands and queries, repeated under one id until there is a final answer (PROTOCOL.md, 5 and 6).
//
//     const bus = new Bus(hubOf('var/331083'), loadKey('var/331083/keys/portal.key'));
//     const reply = await bus.ask(new Enroll({ campaign_id, class_id, person_id }), { actor: worker(person_id) });
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeMessage, encodeMessage } from './messages.js';
import { Connection, pack, requestId, unpack, uuidBytes, uuidText } from './wire.js';

const REPLY_PATIENCE = 2000; // ms until a reply counts as lost
const MOST_TICKETS = 100_000; // of requests that nobody repeats they would stay for ever

export const worker = person => ({ role: 'worker', person });
export const officer = (person, place, role = 'officer') => ({ role, person, place });

const bytesOf = text => (text === undefined ? undefined : uuidBytes(text));

/** One command or query. Asked again, it is the same bytes under the same id. */
export class Request {
  /** `after`: another reply's `at`, with which the receiver has to be level first. `deadline`: a Date. `traceparent`: its trace. */
  constructor(message, { actor, after, partition, deadline, traceparent } = {}) {
    const { type, Reply: replyType, key } = message?.constructor ?? {};
    if (typeof type !== 'string')
      throw new TypeError('a Request takes a command or a query, such as new Enroll({ ... }); declare your own with query()');
    const id = requestId();
    Object.assign(this, { id: uuidText(id), type, replyType, deadline });
    this.bytes = pack({
      id,
      type,
      key: key ? bytesOf(message[key]) : undefined,
      partition,
      actor: actor && { role: actor.role, person: bytesOf(actor.person), place: bytesOf(actor.place) },
      deadline: deadline && deadline.valueOf() * 1000,
      after,
      traceparent,
      data: encodeMessage(message),
    });
  }
}

/** `outcome` is accepted, refused, invalid or fault; `data` is typed. */
export class Reply {
  constructor(encoded, replyType = null) {
    Object.defineProperty(this, 'bytes', { value: encoded }); // not shown where a reply is printed
    const { id, outcome, at, code = '', data = {}, facts = {}, errors = [], retry_after_ms: wait = 0 } = unpack(encoded);
    Object.assign(this, { id: uuidText(id), outcome, at, code, data, facts, errors, retryAfter: wait });
    if (replyType && outcome === 'accepted') this.data = decodeMessage(replyType, data);
  }
}

/** Nothing final came in time. A command may have taken effect: ask the same Request again to learn it. */
export class Unanswered extends Error {
  name = 'Unanswered';
}

export class Bus {
  #requests;
  #waiting = new Map(); // id -> who waits for its reply
  #tickets = new Map(); // id -> what keeps its place in line, if it was turned away

  constructor(hub, key) {
    this.#requests = new Connection(hub, key, hub.request, message => this.#take(message));
  }

  close() {
    return this.#requests.close(1000);
  }

  /** The final reply to a Request, or to a typed message. `patience` in milliseconds. */
  async ask(message, { patience = 30_000, ...more } = {}) {
    if (message instanceof Request && Object.keys(more).length > 0)
      throw new TypeError(`a Request carries its own ${Object.keys(more).join(', ')}: give it when the Request is made`);
    const until = Date.now() + patience;
    let last = '';
    const request = message instanceof Request ? message : new Request(message, { deadline: new Date(until), ...more });
    while (Date.now() < until) {
      const reply = await this.#attempt(request, Math.min(REPLY_PATIENCE, until - Date.now()));
      if (reply && reply.outcome !== 'retry') return new Reply(reply.bytes, request.replyType);
      if (reply?.code === 'deadline_passed') throw new Unanswered(`${request.type} found no answer before its deadline`);
      if (reply) last = `the last word was retry, ${reply.code}`;
      if (reply) await sleep(Math.max(1, Math.min(reply.retryAfter, until - Date.now())));
    }
    const reason = this.#requests.trouble() || last;
    throw new Unanswered(`${request.type} found no answer${reason && `: ${reason}`}`);
  }

  /** What a query without a key is about lies in all partitions: the reply of each, in their order. */
  async askEverywhere(message, more = {}) {
    const replies = [];
    for (;;) {
      const numbers = Array.from({ length: Math.max(1, replies.length) }, (_, i) => replies.length + i);
      for (const reply of await Promise.all(numbers.map(partition => this.ask(message, { ...more, partition })))) {
        if (reply.outcome === 'invalid' && reply.code === 'unknown_partition') return replies;
        replies.push(reply);
      }
    }
  }

  #attempt(request, patience) {
    return new Promise(resolve => {
      const give = reply => {
        clearTimeout(timer);
        this.#waiting.delete(request.id);
        resolve(reply);
      };
      const timer = setTimeout(give, patience, null);
      this.#waiting.set(request.id, give);
      const ticket = this.#tickets.get(request.id);
      this.#requests.say('request', request.bytes, ...(ticket ? [ticket] : []));
      this.#requests.flush();
    });
  }

  #take([word, encoded, ticket]) {
    if (word !== 'reply') return;
    const reply = new Reply(encoded);
    if (this.#tickets.size >= MOST_TICKETS) this.#tickets.clear();
    if (ticket) this.#tickets.set(reply.id, ticket);
    else this.#tickets.delete(reply.id);
    this.#waiting.get(reply.id)?.(reply);
  }
}

