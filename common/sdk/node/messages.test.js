// The messages against golden bytes that another encoder made, and what does not fit against the path that names it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Unfit, decodeMessage, encodeMessage, event, integer, list, optional, parameters, record, text, uuid }
  from './messages.js';
import { derivedSecret, pack, unpack } from './wire.js';

// Numbers that JSON.parse would round stay exact.
const golden = JSON.parse(readFileSync(new URL('../../../schemas/generated/golden.json', import.meta.url), 'utf8')
  .replace(/: (-?\d{16,})(?=[,\n])/g, ': "$1n"').replace(/^(\s+)(-?\d{16,})(,?)$/gm, '$1"$2n"$3')).examples;

const known = new Map();
for (const file of readdirSync(new URL('schemas/', import.meta.url)).filter(name => name.endsWith('.js')))
  for (const one of Object.values(await import(`./schemas/${file}`))) {
    if (one.dataschema) known.set(one.dataschema, one);
    if (one.type) {
      const [service, name, version = 'v1'] = one.type.split('.');
      known.set(`${service}/${name}.${version}`, one);
    }
  }

const asJson = value => JSON.parse(JSON.stringify(value, (_, one) => {
  if (typeof one === 'bigint') return `${one}n`;
  return one;
}));

function withBase64(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(withBase64);
  if (value === null || typeof value !== 'object') {
    return typeof value === 'number' && String(Math.abs(value)).length >= 16 ? `${value}n` : value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withBase64(one)]));
}

test('every message decodes and encodes to the same bytes', () => {
  const seen = new Set();
  for (const one of golden) {
    const type = one.part === 'data' ? known.get(one.schema) : known.get(one.schema).Reply;
    const bytes = Buffer.from(one.messagepack, 'hex');
    const message = decodeMessage(type, unpack(bytes));
    assert.deepEqual(asJson(withBase64(message)), one.json, one.schema);
    assert.equal(pack(encodeMessage(message)).toString('hex'), one.messagepack, one.schema);
    assert.equal(pack(encodeMessage(new type(message))).toString('hex'), one.messagepack, one.schema);
    seen.add(one.schema);
  }
  assert.deepEqual(seen, new Set(known.keys()));
  assert.ok(seen.size > 120);
});

const Session = record('Session', { room: text(1, 5), seats: optional(integer(1, 30)) });
const Planned = event('school/planned.v1', { id: uuid(), sessions: list(Session, 1, 3), by: optional(parameters()) },
  { subject: 'id' });

const refused = changed => {
  try {
    decodeMessage(Planned, { id: Buffer.alloc(16), sessions: [{ room: '301', seats: 3 }], ...changed });
  } catch (error) {
    assert.ok(error instanceof Unfit, error);
    return error.errors.map(({ path, code }) => `${path} ${code}`);
  }
  return [];
};

test('what does not fit is named by its path when it comes', () => {
  assert.deepEqual(refused({ id: Buffer.from('short') }), ['id wrong_type']);
  assert.deepEqual(refused({ id: null }), ['id missing']);
  assert.deepEqual(refused({ sessions: [] }), ['sessions too_short']);
  assert.deepEqual(refused({ sessions: [{}, 7] }), ['sessions.0.room missing', 'sessions.1 no_map']);
  assert.deepEqual(refused({ sessions: [{ room: '六个字的房间', seats: 31 }] }),
    ['sessions.0.room too_long', 'sessions.0.seats out_of_range']);
  assert.deepEqual(refused({ sessions: [{ room: '1', seats: 1.5 }] }), ['sessions.0.seats wrong_type']);
  assert.deepEqual(refused({ by: { a: 1 } }), ['by.a wrong_type']);
  assert.deepEqual(refused({ later: 1 }), [], 'a newer sender may know more');
});

test('what does not fit is named by its path when a program makes it', () => {
  assert.throws(() => new Planned({ id: 'no uuid', sessions: [7] }),
    error => error instanceof Unfit && error.message === 'school/planned.v1: id: wrong_type, sessions.0: no_map');
});

test('a secret is the same in either language', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gonghui-'));
  try {
    writeFileSync(path.join(folder, 'a.service'), 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n');
    assert.equal(derivedSecret(path.join(folder, 'a.service'), 'codes').toString('hex'),
      'e60a48227e9c3eecb680265c2fb245571e873a1a02611194756b541b3000dfc7');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
