// What stands on the wire: keys, connections, frames, ids and the chain (common/messaging/PROTOCOL.md, sections 1 to 7).
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { decode, decodeMulti, encode } from '@msgpack/msgpack';
import sodium from 'libsodium-wrappers';
import { parse } from 'smol-toml';
import * as zmq from 'zeromq';

const FRAME_BYTES = 32 * 1024; // small messages travel together: encrypting a frame costs more than what is in it
const LARGEST_MESSAGE = 4 * 1024 * 1024;
const KEPT_BYTES = 512 * 1024; // for a hub that cannot be reached
const EVENT_FRAMES = 200_000; // that may wait while a follower works
const TRY_AGAIN_EVERY = 1000; // ms, with a key that was refused: the operator may grant it meanwhile
const UNREACHABLE_AFTER = 3000; // ms without a hub; before that it may be starting
const SECOND = 1_000_000n;

export const NO_CHAIN = Buffer.alloc(32);
// Version 00, or what a later one begins with; neither id may be all zeros.
const TRACEPARENT = /^(?:00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}|(?!00|ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?)$/;

/** A W3C trace context that came with something, for what follows from it; undefined for what is none, however long. */
export const passedOn = text => (typeof text === 'string' && text.length < 1000 && TRACEPARENT.test(text) ? text : undefined);

export const NIL = Buffer.alloc(16);

export function readToml(file) {
  const text = readFileSync(file, 'utf8');
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${file}: ${error.message}`);
  }
}

const KEY_CHARACTERS = 40; // Z85 of 32 bytes

/** The hub of a district that `gonghui up` has set up. */
export function hubOf(folder) {
  const { request, subscribe, publish, public_key } = readToml(path.join(folder, 'district.toml')).hub;
  return { request, subscribe, publish, publicKey: public_key };
}

/** Of a service's own key, which the operator's command has made. */
export function derivedSecret(serviceKeyFile, purpose) {
  return createHmac('sha256', Buffer.from(readFileSync(serviceKeyFile, 'utf8'), 'base64')).update(purpose).digest();
}

/** A key pair of two texts, from the file that `gonghui keys add` has made. */
export function loadKey(file) {
  const { public: publicKey, secret } = readToml(file);
  for (const half of [publicKey, secret])
    if (typeof half !== 'string' || half.length !== KEY_CHARACTERS)
      throw new Error(`${file}: no key file: "public" and "secret" are texts of ${KEY_CHARACTERS} characters each`);
  return { publicKey, secretKey: secret, file };
}

// --- ids, times, the chain ---

await sodium.ready;
const hash = (bytes, size) => Buffer.from(sodium.crypto_generichash(size, bytes));

export const nextChain = (chain, record) => hash(Buffer.concat([chain, record]), 32);
export const fingerprintOf = bytes => hash(bytes, 16);

export const uuidText = bytes => {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

export const uuidBytes = text => Buffer.from(text.replaceAll('-', ''), 'hex');

function stamped(bytes, version) {
  bytes[6] = (version << 4) | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes;
}

/** UUIDv7: the idempotency key. Milliseconds since 1970, then chance. */
export function requestId() {
  return firstIdOf(Date.now(), randomBytes(16));
}

export function firstIdOf(milliseconds, chance = Buffer.alloc(16)) {
  chance.writeUIntBE(milliseconds, 0, 6);
  return stamped(chance, 7);
}

/** The same cause leads to the same ids whenever it is worked off again, in one epoch. */
export function eventId(cause, number, source, epoch) {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(number);
  return stamped(hash(Buffer.concat([cause, four, Buffer.from(`${source}@${epoch}`)]), 16), 8);
}

/** Microseconds since 1970. */
export const now = () => Date.now() * 1000;

export function timeText(microseconds) {
  const whole = BigInt(microseconds);
  const fraction = ((whole % SECOND) + SECOND) % SECOND;
  const date = new Date(Number((whole - fraction) / 1000n));
  return `${date.toISOString().slice(0, 19)}.${String(fraction).padStart(6, '0')}Z`;
}

// --- MessagePack in one way only: integers in their shortest form, text as keys ---

const SMALL = 2 ** 32;

/** The library codes a number of more than 32 bits as a float and any BigInt in nine bytes. A fraction stays one: no message
 * of ours has any, but what others send is packed again, for its fingerprint. */
function toWire(value) {
  if (typeof value === 'bigint') return value >= -(2n ** 31n) && value < BigInt(SMALL) ? Number(value) : value;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && (value < -(2 ** 31) || value >= SMALL) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toWire);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)
    .map(([name, one]) => [name, toWire(one)]));
}

function fromWire(value) {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(fromWire);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  for (const name of Object.keys(value)) value[name] = fromWire(value[name]);
  return value;
}

const textKey = key => {
  if (typeof key !== 'string') throw new Error('a key that is no text');
  return key;
};
const LIMITS = { maxArrayLength: 10_000, maxMapLength: 10_000, maxStrLength: 1024 * 1024, maxBinLength: LARGEST_MESSAGE };
const WIRE = { useBigInt64: true, mapKeyConverter: textKey, ...LIMITS };

export const pack = value => Buffer.from(encode(toWire(value), WIRE));
export const unpack = bytes => fromWire(decode(bytes, WIRE));

/** How many entries the head of a map promises: more than its names, when one stands twice. */
export function entriesOf(bytes) {
  if ((bytes[0] & 0xf0) === 0x80) return bytes[0] & 0x0f;
  const head = Buffer.from(bytes);
  return bytes[0] === 0xde ? head.readUInt16BE(1) : bytes[0] === 0xdf ? head.readUInt32BE(1) : null;
}

/** The messages of a frame, word and elements, up to the first thing that is none. */
function messages(frame) {
  const found = [];
  try {
    for (const message of decodeMulti(frame, WIRE)) {
      if (!Array.isArray(message) || typeof message[0] !== 'string') break;
      found.push(fromWire(message));
    }
  } catch {
    // what was before it counts
  }
  return found;
}

/**
 * One connection to the hub that sends full frames, keeps what a hub that is away cannot take (up to a bound), and tries
 * a refused key again. `take(message)` gets what comes.
 */
export class Connection {
  #socket;
  #endpoint;
  #topic;
  #out = [];
  #bytes = 0;
  #sending = Promise.resolve();
  #isSending = false;
  #isOpen = true;
  #state = 'connecting';
  #downSince = performance.now();
  #keyFile;

  constructor(hub, key, endpoint, take, topic = null) {
    const options = {
      curveServerKey: hub.publicKey, curvePublicKey: key.publicKey, curveSecretKey: key.secretKey, immediate: true,
      heartbeatInterval: 1000, heartbeatTimeout: 3000, reconnectInterval: 100, reconnectMaxInterval: 2000,
      connectTimeout: 1000, linger: 1000, maxMessageSize: LARGEST_MESSAGE,
    };
    this.#socket = topic === null ? new zmq.Dealer({ ...options, receiveHighWaterMark: EVENT_FRAMES })
      : new zmq.Publisher(options);
    this.#endpoint = endpoint;
    this.#topic = topic;
    this.#keyFile = key.file ?? 'of this program';
    const { events } = this.#socket;
    events.on('handshake', () => { this.#state = 'connected'; });
    events.on('handshake:error:auth', () => {
      this.#leave('key_refused');
      setTimeout(() => this.#connectAgain(), TRY_AGAIN_EVERY).unref();
    });
    events.on('disconnect', () => { if (this.#state !== 'key_refused') this.#leave('connecting'); }); // it follows, and says less
    events.on('connect:retry', () => this.#leave('connecting'));
    this.#socket.connect(endpoint);
    if (topic === null) this.#receive(take);
  }

  /** connected, key_refused, or hub_unreachable; connecting while it has been tried for less than `patience`. */
  state(patience = UNREACHABLE_AFTER) {
    const isLong = this.#state === 'connecting' && performance.now() >= this.#downSince + patience;
    return isLong ? 'hub_unreachable' : this.#state;
  }

  /** In a sentence; empty when it is connected. */
  trouble() {
    const state = this.state(0);
    if (state === 'key_refused') return `the hub does not know the key ${this.#keyFile}; see \`gonghui keys list\``;
    return state === 'connected' ? '' : `the hub at ${this.#endpoint} cannot be reached; is \`gonghui up\` running?`;
  }

  say(...message) {
    const bytes = pack(message);
    if (this.#bytes + bytes.length > KEPT_BYTES && this.#bytes > 0) this.#forget();
    this.#out.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= FRAME_BYTES) this.flush();
  }

  flush() {
    if (this.#isSending || this.#out.length === 0 || !this.#isOpen) return;
    this.#isSending = true;
    this.#sending = this.#send();
  }

  /** Once everything has left, or `patience` is over. */
  async close(patience) {
    this.flush();
    let timer;
    await Promise.race([this.#sending, new Promise(end => { timer = setTimeout(end, patience); })]);
    clearTimeout(timer);
    this.#isOpen = false;
    this.#socket.close();
  }

  async #send() {
    try {
      while (this.#out.length > 0 && this.#isOpen) {
        let size = 0;
        let count = 0;
        while (count < this.#out.length && size < FRAME_BYTES) size += this.#out[count++].length;
        const frame = Buffer.concat(this.#out.splice(0, count));
        this.#bytes -= size;
        await this.#socket.send(this.#topic === null ? frame : [this.#topic, frame]);
      }
    } catch (error) {
      if (this.#isOpen) throw error;
    } finally {
      this.#isSending = false;
    }
  }

  async #receive(take) {
    try {
      for await (const parts of this.#socket) if (parts.length === 1) messages(parts[0]).forEach(take);
    } catch (error) {
      if (this.#isOpen) throw error;
    }
  }

  #leave(state) {
    if (this.#state === 'connected') this.#downSince = performance.now();
    this.#state = state;
  }

  #forget() {
    this.#out = [];
    this.#bytes = 0;
  }

  #connectAgain() {
    if (!this.#isOpen) return;
    this.#socket.disconnect(this.#endpoint);
    this.#socket.connect(this.#endpoint);
  }
}
