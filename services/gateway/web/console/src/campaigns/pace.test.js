import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Pace } from './pace.js';

test('the rate is that of the last seconds, not of the whole rush', () => {
  const pace = new Pace();
  pace.add(0, { taken: 0, waiting: 0 });
  pace.add(20_000, { taken: 100, waiting: 0 });
  pace.add(22_000, { taken: 100, waiting: 40 });
  assert.equal(pace.rate(22_000), 20);
  assert.equal(pace.rate(60_000), 0);
});

test('what comes within a second is one point', () => {
  const pace = new Pace();
  for (let at = 0; at < 3000; at += 100) pace.add(at, { taken: at, waiting: 0 });
  assert.deepEqual(pace.points.map(({ at }) => at), [0, 1000, 2000]);
  assert.deepEqual(pace.rates(), [[1000, 1000], [2000, 1000]]);
});

test('seats that come free are no rate', () => {
  const pace = new Pace();
  pace.add(0, { taken: 30, waiting: 5 });
  pace.add(1000, { taken: 29, waiting: 0 });
  assert.equal(pace.rate(1000), 0);
});
