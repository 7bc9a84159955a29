import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sendAll } from './batches.js';
import { records } from './csv.js';
import { NoRoster, openRoster, rowsOf } from './file.js';
import { importIdOf } from './import_id.js';

const bytesOf = (text) => new TextEncoder().encode(text);
const header = '姓名,证件号码,手机号码,工会代码';

test('lines are counted as an editor counts them, whatever ends them', () => {
  const text = 'a,b\r\n\r\n"x\ny", " z"" " tail \r1,2\n';
  assert.deepEqual([...records(text, ',')], [
    { line: 1, fields: ['a', 'b'] },
    { line: 3, fields: ['x\ny', ' z"  tail'] },
    { line: 5, fields: ['1', '2'] },
  ]);
});

test('a quote that never closes costs its own line', () => {
  assert.deepEqual([...records('a\n"b\nc', ',')], [
    { line: 1, fields: ['a'] },
    { line: 2, fault: 'unclosed_quote' },
    { line: 3, fields: ['c'] },
  ]);
});

test('a line that is too long is named and passed over', () => {
  const text = `a\n${'b'.repeat(70_000)}\nc`;
  assert.deepEqual([...records(text, ',')].map(({ line, fault }) => [line, fault]), [
    [1, undefined],
    [2, 'line_too_long'],
    [3, undefined],
  ]);
});

test('columns stand in any order, under either language', () => {
  const roster = openRoster(bytesOf('Union Code;phone;身份证号;name;备注\nU;13;I;张;x\n'));
  assert.deepEqual([...rowsOf(roster)], [{ line: 2, name: '张', id_number: 'I', phone: '13', union_code: 'U' }]);
});

test('GB18030 is found out by the header', () => {
  // 姓名,证件号码,手机号码,工会代码 and one row
  const gb = (...hex) => hex.map((pair) => Number.parseInt(pair, 16));
  const bytes = new Uint8Array([
    ...gb('d0', 'd5', 'c3', 'fb'), 0x2c, ...gb('d6', 'a4', 'bc', 'fe', 'ba', 'c5', 'c2', 'eb'), 0x2c,
    ...gb('ca', 'd6', 'bb', 'fa', 'ba', 'c5', 'c2', 'eb'), 0x2c, ...gb('b9', 'a4', 'bb', 'e1', 'b4', 'fa', 'c2', 'eb'),
    0x0a, ...gb('d5', 'c5'), 0x2c, ...bytesOf('1,2,3\n'),
  ]);
  const roster = openRoster(bytes);
  assert.equal(roster.encoding, 'gb18030');
  assert.equal([...rowsOf(roster)][0].name, '张');
});

test('bytes that are no text are named by line and column', () => {
  const bytes = new Uint8Array([...bytesOf(`${header}\n`), 0xe5, 0xa7, ...bytesOf(',1,2,3\n张,1,2,3\n李,1,2,3\n')]);
  const rows = [...rowsOf(openRoster(bytes))];
  assert.deepEqual(rows[0], { line: 2, column: 'name', code: 'bad_encoding' });
  assert.equal(rows[1].name, '张');
});

test('what is no roster says what it is instead', () => {
  const why = (bytes) => {
    try {
      openRoster(bytes);
    } catch (error) {
      assert.ok(error instanceof NoRoster);
      return error.why;
    }
    return null;
  };
  assert.equal(why(new Uint8Array()), 'empty');
  assert.equal(why(bytesOf('%PDF-1.7')), 'pdf');
  assert.equal(why(new Uint8Array([0x50, 0x4b, 3, 4])), 'spreadsheet');
  assert.equal(why(new Uint8Array([0xff, 0xfe, 0x41])), 'utf16');
  assert.equal(why(bytesOf('姓名,手机\n')), 'missing');
  assert.equal(why(bytesOf('姓名,name,证件号码,手机,工会代码\n')), 'twice');
});

test('the same file is the same import as by `gonghui import`', () => {
  assert.equal(importIdOf(bytesOf('abc')), 'cf4ab791-c62b-8d2b-a109-c90275287816'); // of common/ids/uuid_test.cpp
});

const person = (line, id) => ({ line, id_number: id, name: '张', phone: '1', union_code: 'U' });

test('a repetition waits for the answer about the first, and is told of the good one', async () => {
  const sent = [];
  const bad = new Set([1]);
  const result = await sendAll([person(1, 'a1x'), person(2, ' A1X'), person(3, 'a1x'), person(4, 'b')], async (rows) => {
    sent.push(rows.map(({ line, earlier_line }) => [line, earlier_line]));
    const errors = rows.filter(({ line }) => bad.has(line)).map(({ line }) => ({ line, column: 'phone', code: 'bad_phone' }));
    return { joined: rows.length - errors.length, unchanged: 0, errors };
  });
  assert.deepEqual(sent, [[[1, undefined], [4, undefined]], [[2, undefined]], [[3, 2]]]);
  assert.equal(result.done, 4);
  assert.deepEqual(result.errors.map(({ line }) => line), [1]);
});

test('no more than a few requests are under way, and none is larger than a thousand rows', async () => {
  let underWay = 0;
  let most = 0;
  const sizes = [];
  const rows = Array.from({ length: 7500 }, (_, index) => person(index + 2, `id${index}`));
  await sendAll(rows, async (batch) => {
    sizes.push(batch.length);
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    return { joined: batch.length, unchanged: 0, errors: [] };
  });
  assert.equal(most, 4);
  assert.deepEqual(sizes, [1000, 1000, 1000, 1000, 1000, 1000, 1000, 500]);
});
