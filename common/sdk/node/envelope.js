// Requests and events as they have come, read with suspicion; and the answers that go back (PROTOCOL.md, 5 to 7).
import { Unfit, encodeMessage } from './messages.js';
import { Accepted, Refused } from './service.js';
import { NIL, entriesOf, passedOn, timeText, unpack, uuidText } from './wire.js';

const MOST_ATTRIBUTES = 32;
const ROLES = ['worker', 'officer', 'township', 'district', 'city', 'service'];

export const isText = value => typeof value === 'string';
export const isBytes = value => value instanceof Uint8Array;
export const isMap = value => value !== null && typeof value === 'object' && !Array.isArray(value) && !isBytes(value);
export const isId = value => isBytes(value) && value.length === 16;
const isInteger = value => Number.isSafeInteger(value) || typeof value === 'bigint';
export const isChain = value => isBytes(value) && value.length === 32;
const SHAPES = { request: [isInteger, isText, isBytes], event: [isText, isBytes], reply: [isBytes], released: [isText],
  refused: [isText, isText] };
const EVENT_SHAPE = { id: isId, source: isText, type: isText, time: isInteger, dataschema: isText, epoch: Number.isSafeInteger,
  seq: Number.isSafeInteger, data: value => isMap(value) || isBytes(value) };

/** What has come is not what the protocol says. */
export class Malformed extends Error {}

/** Of a message of the hub's: what follows its word. */
export function requireShape(word, rest) {
  const shape = Object.hasOwn(SHAPES, word) ? SHAPES[word] : [];
  if (!shape.every((isFit, i) => isFit(rest[i]))) throw new Malformed("it is of another shape than the protocol's");
}

export function readMap(encoded) {
  let value;
  try {
    value = unpack(encoded);
  } catch {
    throw new Malformed('no MessagePack');
  }
  if (!isMap(value)) throw new Malformed('no map');
  return value;
}

/** A request and what is wrong with it. */
export function readRequest(encoded, caller) {
  const errors = [];
  const request = { id: NIL, type: '', key: null, partition: null, deadline: null, after: null, data: {},
    actor: { role: 'service', person: null, place: null, service: caller } };
  let map;
  try {
    map = unpack(encoded);
  } catch {
    return { request, errors: [{ path: '', code: 'undecodable' }] };
  }
  if (!isMap(map)) return { request, errors: [{ path: '', code: 'no_map' }] };
  // Each attribute has a name, once; else the hub and this program might read two different requests.
  if (Object.keys(map).length !== entriesOf(encoded) || entriesOf(encoded) > MOST_ATTRIBUTES)
    return { request, errors: [{ path: '', code: 'unfit_names' }] };
  const take = (values, name, isFit, path, isRequired = false) => {
    const value = values[name] ?? null;
    if (value === null && isRequired) errors.push({ path, code: 'missing' });
    if (value === null || isFit(value)) return value;
    errors.push({ path, code: 'wrong_type' });
    return null;
  };
  request.id = take(map, 'id', isId, 'id', true) ?? NIL;
  request.type = take(map, 'type', isText, 'type', true) ?? '';
  request.key = take(map, 'key', isId, 'key');
  request.partition = take(map, 'partition', isInteger, 'partition');
  request.deadline = take(map, 'deadline', isInteger, 'deadline');
  request.after = take(map, 'after', isMap, 'after');
  request.traceparent = passedOn(map.traceparent);
  if (request.after)
    for (const [name, isFit] of [['source', isText], ['epoch', isInteger], ['seq', isInteger]])
      take(request.after, name, isFit, `after.${name}`, true);
  const actor = take(map, 'actor', isMap, 'actor');
  if (actor) {
    const role = take(actor, 'role', isText, 'actor.role', true);
    if (role !== null && !ROLES.includes(role)) errors.push({ path: 'actor', code: 'unknown_value' });
    request.actor = { role, person: take(actor, 'person', isId, 'actor.person'),
      place: take(actor, 'place', isId, 'actor.place'), service: caller };
  }
  if (!isMap(map.data ?? null)) errors.push({ path: 'data', code: map.data == null ? 'missing' : 'no_map' });
  request.data = map.data;
  return { request, errors };
}

export function readEvent(encoded) {
  const event = readMap(encoded);
  for (const [name, isFit] of Object.entries(EVENT_SHAPE))
    if (!isFit(event[name])) throw new Malformed(`event attribute ${name} is missing or of the wrong kind`);
  if (event.epoch < 1 || event.seq < 0 || !isText(event.subject ?? ''))
    throw new Malformed('an attribute of an event is beyond its bounds');
  return event;
}

export function readPage(afterSeq, data) {
  const { records, from, head } = isMap(data) ? data : {};
  const isSound = Array.isArray(records) && records.every(isBytes) && (from === undefined || isChain(from?.chain))
    && isMap(head) && Number.isSafeInteger(head.epoch) && Number.isSafeInteger(head.seq) && isChain(head.chain);
  if (!isSound) throw new Malformed('a page lacks what the protocol says');
  return { afterSeq, records, from: from?.chain, head };
}

/** As handlers see it. */
export function presented(event, data) {
  const { id, source, type, subject = '', time, dataschema, epoch, seq, cause } = event;
  return { id: uuidText(id), source, type, subject, time: timeText(time), dataschema, epoch, seq,
    cause: isId(cause) ? uuidText(cause) : null, data, traceparent: passedOn(event.traceparent) };
}

export function numberIn(data, name, otherwise) {
  return Number.isSafeInteger(data[name]) ? data[name] : otherwise;
}

export const acceptedWith = data => ({ outcome: 'accepted', data });
export const invalid = (code, errors = []) => ({ outcome: 'invalid', code, errors });
export const retry = (code, milliseconds) => ({ outcome: 'retry', code, retry_after_ms: milliseconds });

/** What a handler returned, as an answer. */
export function answerOf(outcome, message) {
  if (outcome instanceof Refused) return { outcome: 'refused', code: outcome.code, facts: outcome.facts };
  if (message?.isCommand && !(outcome instanceof Accepted))
    throw new TypeError(`a handler of ${message.type} returned neither accepted() nor refused()`);
  if (!message) return acceptedWith({});
  const reply = outcome instanceof Accepted ? outcome.reply : outcome;
  if (reply === null || reply === undefined) return { outcome: 'accepted' };
  if (!message.Reply || !(reply instanceof message.Reply))
    throw new TypeError(`${message.type} was answered with something that is not its reply`);
  return acceptedWith(encodeMessage(reply));
}

/** For an operator: where it happened, and no value, which may be personal. */
export function told(error) {
  const frames = (error?.stack ?? '').split('\n').filter(line => !line.includes('node_modules'));
  const where = /([^/\\]+:\d+):\d+\)?$/m.exec(frames.join('\n'))?.[1] ?? '?';
  // SQLite's of a statement names tables and columns, no value.
  const isHarmless = error instanceof Unfit || error instanceof TypeError || error?.code === 'SQLITE_ERROR';
  const said = isHarmless ? `: ${error.message}` : '';
  return `${error?.name ?? typeof error}${said} (${where})`;
}
