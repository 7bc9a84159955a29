// A roster as an officer's spreadsheet writes it: CSV in UTF-8 or GB18030, one header row with Chinese or English names in
// any order. What it means is registration's to judge; here it is only read, by the rules of `gonghui import`, so that a file
// is the same roster by either way.

import { records } from './csv.js';

export const columns = ['name', 'id_number', 'phone', 'email', 'union_code', 'sex', 'birth_year'];
const required = ['name', 'id_number', 'phone', 'union_code'];

const aliases = {
  name: ['姓名', 'name'],
  id_number: ['证件号码', '身份证号', '身份证号码', '公民身份号码', 'id_number'],
  phone: ['手机号码', '手机号', '手机', '联系电话', 'phone'],
  email: ['电子邮箱', '邮箱', '电子邮件', 'email', 'e-mail'],
  union_code: ['工会代码', '工会统一社会信用代码', '统一社会信用代码', 'union_code'],
  sex: ['性别', 'sex'],
  birth_year: ['出生年份', 'birth_year'],
};
const columnOf = new Map(columns.flatMap((column) => aliases[column].map((alias) => [alias, column])));

const longestField = 2000; // the schema's bound, in code points
const replaced = '\uFFFD'; // what a decoder puts where bytes are no text

/** Why a file is no roster at all: `why` is a key of words.js, `detail` names what is missing or stands there instead. */
export class NoRoster extends Error {
  constructor(why, detail = '') {
    super(`${why} ${detail}`.trim());
    this.why = why;
    this.detail = detail;
  }
}

const startsWith = (bytes, ...values) => values.every((value, index) => bytes[index] === value);

function requireText(bytes) {
  if (bytes.length === 0) throw new NoRoster('empty');
  if (startsWith(bytes, 0x25, 0x50, 0x44, 0x46)) throw new NoRoster('pdf');
  if (startsWith(bytes, 0x50, 0x4b, 3, 4) || startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0)) throw new NoRoster('spreadsheet');
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) throw new NoRoster('utf16');
  const header = bytes.subarray(0, bytes.indexOf(0x0a) < 0 ? 4096 : bytes.indexOf(0x0a));
  if (header.includes(0)) throw new NoRoster('binary');
}

// One damaged field does not turn a UTF-8 file into GB18030: the lines that are not ASCII decide.
function encodingOf(bytes) {
  const text = new TextDecoder('utf-8').decode(bytes);
  let good = 0;
  let bad = 0;
  for (const line of text.split('\n')) {
    if (line.includes(replaced)) bad += 1;
    else if (/[^\0-\x7f]/.test(line)) good += 1;
  }
  const header = text.slice(0, text.search(/[\r\n]|$/));
  if (header.includes(replaced)) return 'gb18030';
  // Chinese names in a readable header settle the matter.
  return /[^\0-\x7f]/.test(header) || good >= bad ? 'utf-8' : 'gb18030';
}

function delimiterOf(text) {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  return [',', '\t', ';'].find((delimiter) => header.includes(delimiter)) ?? ',';
}

function placesOf(headers) {
  const places = {};
  headers.forEach((header, index) => {
    const column = columnOf.get(header.trim().replaceAll(' ', '_').toLowerCase());
    if (!column) return;
    if (column in places) throw new NoRoster('twice', header);
    places[column] = index;
  });
  const missing = required.filter((column) => !(column in places));
  if (missing.length > 0) throw new NoRoster('missing', missing.map((column) => aliases[column][0]).join('、'));
  return places;
}

/** Throws NoRoster. */
export function openRoster(bytes) {
  requireText(bytes);
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes); // drops a byte order mark
  if (!text.trim()) throw new NoRoster('empty');
  const delimiter = delimiterOf(text);
  const header = records(text, delimiter).next().value;
  if (!header?.fields) throw new NoRoster('missing', required.map((column) => aliases[column][0]).join('、'));
  return { text, encoding, delimiter, headers: header.fields, places: placesOf(header.fields) };
}

const sexes = { 男: 'male', male: 'male', 女: 'female', female: 'female' };

function rowOf(record, places) {
  const row = { line: record.line };
  const texts = {};
  for (const column of columns) {
    const text = (column in places && record.fields[places[column]]) || '';
    if (text.includes(replaced) || text.includes('\0')) return { line: record.line, column, code: 'bad_encoding' };
    if (text.length > longestField && [...text].length > longestField)
      return { line: record.line, column, code: 'wrong_length' };
    texts[column] = text;
  }
  for (const column of required) row[column] = texts[column];
  if (texts.email) row.email = texts.email;
  if (sexes[texts.sex]) row.sex = sexes[texts.sex];
  const year = /^\d{4}$/.test(texts.birth_year) ? Number(texts.birth_year) : 0;
  if (year >= 1900 && year <= 2100) row.birth_year = year;
  return row;
}

/** Yields rows to send, and rows with a `code` that are not worth sending. */
export function* rowsOf({ text, delimiter, places }) {
  let isHeader = true;
  for (const record of records(text, delimiter)) {
    if (isHeader) isHeader = false;
    else if (record.fault) yield { line: record.line, code: record.fault };
    else yield rowOf(record, places);
  }
}
