// What needs no browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayNow, noteDate } from './clock.js';
import { faultOfEmail, faultOfIdNumber, faultOfName, faultOfPhone } from './identity.js';
import { Problem, problemOf } from './problem.js';
import { uuidv7 } from './uuid.js';

// Modules of the client look at the browser's language and storage when they are loaded.
async function api() {
  globalThis.localStorage ??= { getItem: () => null, setItem() {} };
  Object.defineProperty(globalThis, 'navigator', { value: { language: 'zh-CN', languages: ['zh-CN'] }, configurable: true });
  return import('./api.js');
}

test('an idempotency key is a UUIDv7 and tells its time', () => {
  const key = uuidv7(0x018e9c0a1234);
  assert.match(key, /^018e9c0a-1234-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(uuidv7(1), uuidv7(1));
});

test('the clock comes closer with each answer, and follows one that was set', () => {
  // The gateway is 5,300 ms ahead.
  const gateway = (local) => new Date(Math.floor((local + 5300) / 1000) * 1000).toUTCString();
  const start = Date.now();
  for (let later = 0; later < 3000; later += 130) noteDate(gateway(start + later), start + later - 20, start + later + 20);
  const ahead = gatewayNow() - Date.now();
  assert.ok(ahead <= 5301 && ahead > 5100, String(ahead));
  noteDate(new Date(start - 3_600_000).toUTCString(), start, start + 10);
  assert.ok(gatewayNow() < Date.now() - 3_500_000);
  noteDate('no date', start, start);
});

test('faults of fields are named as registration names them', () => {
  const faults = { '11010519491231002X': '', '110105194912310021': 'wrong_check_digit', '110105194913310021': 'impossible_date', '1101051949123100': 'wrong_length', '11010519491231002Y': 'bad_character', '': 'missing_value', ABC123456789012: '' };
  for (const [number, fault] of Object.entries(faults)) assert.equal(faultOfIdNumber(number), fault, number);
  assert.equal(faultOfPhone('+86 139-0000-0001'), '');
  assert.equal(faultOfPhone('1390000000'), 'bad_phone');
  assert.equal(faultOfName('王'), 'wrong_length');
  assert.equal(faultOfName('阿依古丽·买买提'), '');
  assert.equal(faultOfEmail('nobody'), 'bad_email');
  assert.equal(faultOfEmail(''), '');
});

test('a problem says what it is about', async () => {
  const invalid = new Problem({ status: 422, code: 'invalid_fields', errors: [{ path: 'phone', code: 'too_long', message: '太长' }] });
  assert.equal(invalid.of('phone'), '太长');
  assert.equal(invalid.of('name'), '');
  const refused = new Problem({ status: 409, code: 'bad_phone', detail: '手机号码不正确', facts: { field: 'phone' } });
  assert.equal(refused.of('phone'), '手机号码不正确');
  const busy = await problemOf(new Response('{"code":"overloaded","retry_after_ms":2300,"facts":{"ahead":41},"ticket":"abc"}', { status: 503, headers: { 'Retry-After': '3' } }));
  assert.deepEqual([busy.isBusy, busy.retryAfterMs, busy.facts.ahead, busy.ticket], [true, 2300, 41, 'abc']);
  const proxy = await problemOf(new Response('<html>Bad gateway', { status: 502 }));
  assert.deepEqual([proxy.code, proxy.isBusy], ['fault', undefined]);
});

test('a command is sent under one key until it is answered, and not after it was given up', async () => {
  const { command } = await api();
  const sent = [];
  let answers = [];
  globalThis.fetch = async (path, { headers }) => {
    sent.push([path, headers['Idempotency-Key'], headers['Gonghui-Ticket']]);
    const answer = answers.shift();
    if (!answer) throw new TypeError('no network');
    return new Response(JSON.stringify(answer.body), { status: answer.status, headers: answer.headers });
  };
  answers = [
    { status: 503, body: { code: 'overloaded', retry_after_ms: 20, ticket: 'turn', facts: { ahead: 7 } } },
    null,
    { status: 200, body: { state: 'taken' }, headers: { 'Gonghui-At': '331083/training/0@1:42' } },
  ];
  const waits = [];
  const reply = await command('training.enroll', { class_id: 'a' }, { patient: true, onWaiting: (waiting) => waits.push(waiting) });
  assert.equal(reply.state, 'taken');
  assert.equal(new Set(sent.map(([, key]) => key)).size, 1);
  assert.deepEqual(sent.map(([, , ticket]) => ticket), [undefined, 'turn', 'turn']);
  assert.deepEqual(waits.map(({ ahead, offline }) => [ahead, offline]), [[7, false], [undefined, true]]);

  // What was answered is seen by what is asked next.
  let seen;
  globalThis.fetch = async (path, { headers }) => {
    seen = headers['Gonghui-After'];
    return new Response('{}');
  };
  const { query } = await api();
  await query('training.my_enrollments', {});
  assert.equal(seen, '331083/training/0@1:42');

  const stop = new AbortController();
  let tries = 0;
  globalThis.fetch = async () => {
    tries += 1;
    stop.abort();
    throw new TypeError('no network');
  };
  await assert.rejects(command('training.enroll', {}, { patient: true, signal: stop.signal }), { code: 'given_up' });
  assert.equal(tries, 1);
});
