import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

import { templates } from './templates.js';

// Sent to nobody's inbox by an event that an officer follows: codes for logging in.
const notShown = ['login_code'];

test('every text of notifications can be previewed', () => {
  const folder = new URL('../../../../../notifications/templates/', import.meta.url);
  const there = readdirSync(folder)
    .filter((name) => name.endsWith('.en.txt') && !name.startsWith('phrases.'))
    .map((name) => name.replace('.en.txt', ''))
    .filter((name) => !notShown.includes(name));
  assert.deepEqual([...templates].sort(), there.sort());
});
