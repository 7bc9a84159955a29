// Messages whose description says what fits. What does not is refused with the path of each field:
//
//     export const Voted = event('popular/voted.v1', {
//       class_id: uuid(),
//       stars: integer(1, 5),
//       why: optional(text(1, 200)),
//     }, { subject: 'class_id' });
//
//     new Voted({ class_id, stars: 6 })  ->  Unfit: popular/voted.v1: stars: out_of_range
//
// The modules of gonghui/schemas hold those of the house.
import { timeText, uuidBytes, uuidText } from './wire.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const FIRST_TIME = -62_135_596_800_000_000n;
const LAST_TIME = 253_402_300_799_999_999n;
const MOST_ERRORS = 100;

/** `errors`: of every field that is missing or does not fit its path and a code; never its value, which may be personal. */
export class Unfit extends Error {
  constructor(name, errors) {
    super(`${name}: ${errors.map(({ path, code }) => `${path || 'it'}: ${code}`).join(', ')}`);
    this.errors = errors.slice(0, MOST_ERRORS);
  }
}

// A kind of field: `encode(value, path, errors)` gives what MessagePack carries, `decode` what a program gets.

const fault = (errors, path, code) => void errors.push({ path, code });

const simple = (isFit, code = 'wrong_type') => {
  const pass = (value, path, errors) => (isFit(value) ? value : fault(errors, path, code));
  return { encode: pass, decode: pass };
};

const isWithin = (size, least, most, path, errors) => {
  if (least !== null && size < least) return fault(errors, path, 'too_short') ?? false;
  if (most !== null && size > most) return fault(errors, path, 'too_long') ?? false;
  return true;
};

function sized(isKind, sizeOf, least, most) {
  const pass = (value, path, errors) => {
    if (!isKind(value)) return fault(errors, path, 'wrong_type');
    return isWithin(sizeOf(value), least, most, path, errors) ? value : undefined;
  };
  return { encode: pass, decode: pass };
}

export const boolean = () => simple(value => typeof value === 'boolean');

/** A number, or a bigint beyond what a number holds exactly. */
export function integer(least = null, most = null) {
  const pass = (value, path, errors) => {
    if (!Number.isSafeInteger(value) && typeof value !== 'bigint') return fault(errors, path, 'wrong_type');
    const isWhole = value >= -(2n ** 63n) && value < 2n ** 63n;
    const isFit = isWhole && (least === null || value >= least) && (most === null || value <= most);
    return isFit ? value : fault(errors, path, 'out_of_range');
  };
  return { encode: pass, decode: pass };
}

/** Bounds count code points. */
export const text = (least = null, most = null) => sized(value => typeof value === 'string', value => [...value].length,
  least, most);
export const bytes = (least = null, most = null) => sized(value => value instanceof Uint8Array, value => value.length,
  least, most);
export const choice = (...values) => ({
  encode: (value, path, errors) => (values.includes(value) ? value
    : fault(errors, path, typeof value === 'string' ? 'unknown_value' : 'wrong_type')),
  decode: (value, path, errors) => (values.includes(value) ? value
    : fault(errors, path, typeof value === 'string' ? 'unknown_value' : 'wrong_type')),
});

export const uuid = () => ({
  encode: (value, path, errors) => (typeof value === 'string' && UUID.test(value) ? uuidBytes(value)
    : fault(errors, path, 'wrong_type')),
  decode: (value, path, errors) => (value instanceof Uint8Array && value.length === 16 ? uuidText(value)
    : fault(errors, path, 'wrong_type')),
});

/** "2026-03-01T12:00:00.000000Z"; a Date is taken as well. */
export const time = () => ({
  encode: (value, path, errors) => {
    const given = value instanceof Date && !Number.isNaN(value.valueOf()) ? value.toISOString() : value;
    const parts = typeof given === 'string' ? TIME.exec(given) : null;
    const milliseconds = parts ? Date.parse(`${parts[1]}Z`) : Number.NaN;
    if (Number.isNaN(milliseconds)) return fault(errors, path, 'wrong_type');
    return BigInt(milliseconds) * 1000n + BigInt((parts[2] ?? '').padEnd(6, '0'));
  },
  decode: (value, path, errors) => {
    if (!Number.isSafeInteger(value) && typeof value !== 'bigint') return fault(errors, path, 'wrong_type');
    if (value < FIRST_TIME || value > LAST_TIME) return fault(errors, path, 'out_of_range');
    return timeText(value);
  },
});

const isDate = value => DATE.test(value) && !Number.isNaN(Date.parse(value))
  && new Date(value).toISOString().startsWith(value) && value >= '0001';
const passDate = (value, path, errors) => {
  if (typeof value !== 'string') return fault(errors, path, 'wrong_type');
  return isDate(value) ? value : fault(errors, path, 'out_of_range');
};
/** "2026-03-01" */
export const date = () => ({ encode: passDate, decode: passDate });

const isMap = value => value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array);

/** A free map of text to text. */
export function parameters(least = null, most = null) {
  const pass = (value, path, errors) => {
    if (!isMap(value)) return fault(errors, path, 'wrong_type');
    if (!isWithin(Object.keys(value).length, least, most, path, errors)) return undefined;
    for (const [name, one] of Object.entries(value))
      if (typeof one !== 'string') fault(errors, `${path}.${name}`, 'wrong_type');
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  };
  return { encode: pass, decode: pass };
}

export function list(item, least = null, most = null) {
  const through = way => (value, path, errors) => {
    if (!Array.isArray(value)) return fault(errors, path, 'wrong_type');
    if (!isWithin(value.length, least, most, path, errors)) return undefined;
    return value.map((one, i) => item[way](one, `${path}.${i}`, errors));
  };
  return { encode: through('encode'), decode: through('decode') };
}

export const optional = kind => ({
  encode: (...given) => kind.encode(...given),
  decode: (...given) => kind.decode(...given),
  isOptional: true,
});

function throughFields(way, fields, value, path, errors) {
  if (!isMap(value)) return fault(errors, path, 'no_map');
  const found = {};
  for (const [name, kind] of Object.entries(fields)) {
    const where = path ? `${path}.${name}` : name;
    const given = Object.hasOwn(value, name) ? value[name] ?? undefined : undefined;
    if (given !== undefined) found[name] = kind[way](given, where, errors);
    else if (!kind.isOptional) fault(errors, where, 'missing');
  }
  return found;
}

/** What messages are made of, and what replies are. */
export function record(name, fields) {
  class Message {
    /** Throws Unfit. */
    constructor(values = {}) {
      const errors = [];
      throughFields('encode', fields, values, '', errors);
      if (errors.length > 0) throw new Unfit(name, errors);
      for (const field of Object.keys(fields)) if (values[field] !== undefined) this[field] = values[field];
      Object.freeze(this);
    }

    static encode(value, path, errors) {
      return throughFields('encode', fields, value, path, errors);
    }

    static decode(value, path, errors) {
      return throughFields('decode', fields, value, path, errors);
    }
  }
  Object.defineProperty(Message, 'name', { value: name });
  return Message;
}

/** `subject`: the field that it is about, and by default its lane. */
export function event(dataschema, fields, { subject = null, isPrivate = false } = {}) {
  return Object.assign(record(dataschema, fields), { dataschema, subject, isPrivate });
}

/** `reply`: the record that an accepted one is answered with; `key`: the field that routes to a partition. */
export const command = (type, fields, { reply = null, key = null } = {}) => (
  Object.assign(record(type, fields), { type, Reply: reply, key, isCommand: true }));
export const query = (type, fields, { reply = null, key = null } = {}) => (
  Object.assign(record(type, fields), { type, Reply: reply, key, isCommand: false }));

/** As what MessagePack carries. */
export function encodeMessage(message) {
  return message.constructor.encode(message, '', []);
}

/** `data`: what MessagePack carried. Throws Unfit. Fields that are not known are passed over: a newer sender. */
export function decodeMessage(type, data) {
  const errors = [];
  const values = type.decode(data, '', errors);
  if (errors.length > 0) throw new Unfit(type.name, errors);
  return Object.freeze(Object.assign(Object.create(type.prototype), values));
}
