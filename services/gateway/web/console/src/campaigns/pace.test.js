import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Pace, shownSeconds } from './pace.js';

test('the rate is that of the last seconds, not of the whole rush', () => {
  const pace = new Pace();
  pace.add(0, { taken: 7, waiting: 0 }); // from before anybody looked
  pace.add(20_000, { taken: 107, waiting: 0 });
  assert.equal(pace.rate(20_900), 20);
  pace.add(22_000, { taken: 107, waiting: 40 });
  assert.equal(pace.rate(22_000), 28);
  assert.equal(pace.rate(60_000), 0);
});

test('every second has its own count, and the old ones are forgotten', () => {
  const pace = new Pace();
  for (let at = 0; at < 3000; at += 100) pace.add(at, { taken: at / 100, waiting: 0 });
  const seconds = pace.perSecond(2999);
  assert.equal(seconds.length, shownSeconds);
  assert.deepEqual(seconds.slice(-4), [0, 9, 10, 10]);
  assert.deepEqual(new Set(pace.perSecond(2999 + shownSeconds * 1000)), new Set([0]));
});

test('seats that come free are no rate', () => {
  const pace = new Pace();
  pace.add(0, { taken: 30, waiting: 5 });
  pace.add(1000, { taken: 29, waiting: 0 });
  assert.equal(pace.rate(1000), 0);
});
