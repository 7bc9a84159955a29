import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import en from './en.js';
import zh from './zh-CN.js';

const source = new URL('../', import.meta.url);

function leaves(branch, path = []) {
  return Object.entries(branch).flatMap(([key, value]) =>
    typeof value === 'string' ? [[[...path, key].join('.'), value]] : leaves(value, [...path, key]),
  );
}
const paths = new Set(leaves(zh).map(([path]) => path));
const facts = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

test('both languages say the same, with the same facts', () => {
  assert.deepEqual(leaves(en).map(([path]) => path), leaves(zh).map(([path]) => path));
  const english = new Map(leaves(en));
  for (const [path, text] of leaves(zh)) assert.deepEqual(facts(english.get(path)), facts(text), path);
});

// say('a.b') must be a text; of say(`a.${b}`) the branch must be there.
test('whatever is said has words, and whatever has words is said', () => {
  const said = new Set();
  for (const name of readdirSync(source, { recursive: true }).filter((one) => /(?<!\.test)\.(js|vue)$/.test(one))) {
    const text = readFileSync(new URL(name, source), 'utf8');
    for (const [call] of text.matchAll(/say\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g))
      for (const [, quoted] of call.matchAll(/['`]([a-zA-Z_]+(?:\.[\w${}.[\]!?'" ]+)+)['`]/g)) {
        const stem = quoted.split('${')[0];
        const found = [...paths].filter((path) => (stem === quoted ? path === stem : path.startsWith(stem)));
        assert.ok(found.length > 0, `${name}: no words for ${quoted}`);
        found.forEach((path) => said.add(path));
      }
  }
  assert.deepEqual([...paths].filter((path) => !said.has(path)), []);
});
