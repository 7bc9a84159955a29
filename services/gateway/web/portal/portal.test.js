// What of the portal needs no browser.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sessionsOf, upcoming } from './src/data/agenda.js';
import { calendarFile } from './src/data/icalendar.js';
import en from './src/texts/en.js';
import zh from './src/texts/zh-CN.js';

const paths = (texts, before = '') => Object.entries(texts).flatMap(([key, text]) => (typeof text === 'string' ? [before + key] : paths(text, `${before}${key}.`)));
const at = (texts, path) => path.split('.').reduce((branch, key) => branch[key], texts);

test('both languages have the same texts with the same facts in them', () => {
  assert.deepEqual(paths(en).sort(), paths(zh).sort());
  const facts = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
  // English greets without a family name.
  for (const path of paths(zh)) if (path !== 'home.hello') assert.deepEqual(facts(at(en, path)), facts(at(zh, path)), path);
});

test('every text that a page names is there', () => {
  const source = new URL('./src/', import.meta.url);
  const files = readdirSync(source, { recursive: true }).filter((name) => /\.(vue|js)$/.test(name) && !name.startsWith('texts'));
  const named = files.flatMap((name) => [...readFileSync(new URL(name, source), 'utf8').matchAll(/say\('([\w.]+)'/g)].map(([, path]) => path));
  assert.ok(named.length > 100);
  assert.deepEqual(named.filter((path) => typeof at(zh, path) !== 'string'), []);
});

test('a calendar file is what RFC 5545 wants', () => {
  const file = calendarFile([{ id: 'c-1', starts_at: '2026-03-01T11:00:00.000000Z', ends_at: '2026-03-01T12:30:00.000000Z', title: '书法；行书, 入门\n第一课'.repeat(4), venue: '301 室' }], 0);
  const lines = file.split('\r\n');
  assert.equal(lines.at(-1), '');
  for (const line of lines) assert.ok(new TextEncoder().encode(line).length <= 75, line);
  assert.ok(lines.includes('DTSTART:20260301T110000Z') && lines.includes('DTEND:20260301T123000Z'));
  const unfolded = file.replaceAll('\r\n ', '');
  assert.ok(unfolded.includes('行书\\, 入门\\n第一课'));
  assert.equal(unfolded.match(/BEGIN:VEVENT/g).length, 1);
});

test('the next session is one with a seat that is not over', () => {
  const session = (day) => ({ starts_at: `2026-03-0${day}T11:00:00Z`, ends_at: `2026-03-0${day}T12:00:00Z` });
  const held = [
    { class_id: 'a', campaign_id: 'k', state: 'waiting', sessions: [session(2)] },
    { class_id: 'b', campaign_id: 'k', state: 'taken', sessions: [session(5), session(1), session(4)] },
  ];
  assert.deepEqual(upcoming(held, Date.parse('2026-03-01T12:30:00Z')).map(({ id }) => id), ['b-3', 'b-1']);
  assert.equal(sessionsOf([{ class_id: 'c', state: 'taken' }]).length, 0);
});
