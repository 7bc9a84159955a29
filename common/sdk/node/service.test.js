// What a Service says of a mistake of its developer, before anything runs.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Bus, Request, Service, loadKey } from './index.js';
import { told } from './envelope.js';
import { query } from './messages.js';
import { MemberJoined } from './schemas/registration.js';
import Database from 'better-sqlite3';

const Unions = query('tally.unions', {});

test('a name, an option, a handler that do not do are refused with the reason', () => {
  assert.throws(() => new Service('Tally Z'), /small letters/);
  assert.throws(() => new Service('tally', { read_models: {} }), /no option read_models; there are tables and readModels/);
  const service = new Service('tally');
  assert.throws(() => service.evolve('seat_taken', () => {}), /wants an event/);
  assert.throws(() => service.evolve(undefined, () => {}), /wants an event/);
  assert.throws(() => service.evolve(MemberJoined), /handler, a function/);
  assert.throws(() => service.evolve(MemberJoined, async () => {}), /synchronous/);
  assert.throws(() => service.query(MemberJoined, () => {}), /wants a command or a query/);
  assert.throws(() => new Service('other').query(Unions, () => {}), /tally.unions never reaches a service named other/);
  service.query(Unions, () => null);
  assert.throws(() => service.query(Unions, () => null), /has a handler already/);
});

test('a request is made of a message, and carries what belongs to it', async () => {
  assert.throws(() => new Request('tally.unions', {}), /takes a command or a query/);
  await assert.rejects(Bus.prototype.ask.call(null, new Request(new Unions({})), { actor: { role: 'worker' } }), /carries its own actor/);
});

test('a file that is no key is named', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gonghui-sdk-'));
  try {
    const file = path.join(folder, 'tally-0.key');
    writeFileSync(file, 'rubbish');
    assert.throws(() => loadKey(file), /tally-0\.key: /);
    writeFileSync(file, 'public = "short"\nsecret = "shorter"\n');
    assert.throws(() => loadKey(file), /tally-0\.key: no key file/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a mistake in SQL is told with its words and the place in the handler, a value is not', () => {
  const db = new Database(':memory:');
  const wrong = () => db.prepare('SELECT joind FROM nowhere');
  assert.match(caught(wrong), /^SqliteError: no such table: nowhere \(service\.test\.js:\d+\)$/);
  assert.match(caught(() => { throw new Error('张三'); }), /^Error \(service\.test\.js:\d+\)$/);
});

function caught(work) {
  try {
    return work();
  } catch (error) {
    return told(error);
  }
}
