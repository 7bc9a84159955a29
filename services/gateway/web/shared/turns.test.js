import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turns } from './turns.js';

test('what is wanted meanwhile waits; the second tap on the same thing does nothing', async () => {
  const inTurn = turns();
  const done = [];
  let finish;
  const first = inTurn('a', () => new Promise((resolve) => (finish = resolve)).then(() => done.push('a')));
  const second = inTurn('b', async () => done.push('b'));
  assert.equal(await inTurn('a', async () => done.push('a again')), false);
  await Promise.resolve();
  assert.deepEqual(done, []);
  finish();
  await Promise.all([first, second]);
  assert.deepEqual(done, ['a', 'b']);
  await inTurn('a', async () => done.push('a later'));
  assert.deepEqual(done, ['a', 'b', 'a later']);
});
