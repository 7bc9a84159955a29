import assert from 'node:assert/strict';
import { test } from 'node:test';

import { levelOf } from './level.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const fresh = { newest_at: '2026-03-01T06:00:00Z' };
const training = { source: '331083/training/0', status: { head: 50, parked: 0, follows: [], backup: fresh } };
const notifications = (cursor, more = {}) => ({
  source: '331083/notifications/0',
  status: { head: 9, parked: 0, follows: [{ source: training.source, cursor, head: 40 }], backup: fresh, ...more },
});
const level = (one) => levelOf(one, [training, one], now);

test('behind is counted against what the source says of itself, not against what the follower has heard', () => {
  assert.deepEqual(level(notifications(45)), { level: 'good', reason: 'level', behind: 5, parked: 0, head: 9 });
});

test('what matters most is said', () => {
  assert.equal(level({ source: 'x', status: null }).reason, 'silent');
  assert.equal(level(notifications(45, { parked: 1, backup: {} })).reason, 'parked');
  assert.equal(level(notifications(45, { follows: [{ source: 'x', cursor: 1, head: 1, diverged: true }] })).reason, 'diverged');
  assert.equal(level(notifications(-2000)).reason, 'behind');
  assert.equal(level(notifications(45, { backup: { newest_at: '2026-02-27T06:00:00Z' } })).reason, 'backup');
  assert.equal(level(notifications(45, { backup: {} })).reason, 'backup');
});
