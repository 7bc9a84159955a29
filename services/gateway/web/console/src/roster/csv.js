// Records of a CSV text (RFC 4180, read leniently) with the line that each begins on, as an editor counts lines: quoted
// fields may hold line breaks, lines end with LF, CRLF or CR. The rules are those of `gonghui import`.

export const longestRecord = 64 * 1024;

const isBreak = (character) => character === '\n' || character === '\r';
const isBlank = (character) => character === ' ' || character === '\t';

function lineEnd(text, at) {
  while (at < text.length && !isBreak(text[at])) at += 1;
  return at;
}

function behindBreak(text, at) {
  if (text[at] === '\r' && text[at + 1] === '\n') return at + 2;
  return Math.min(at + 1, text.length);
}

function linesIn(text) {
  return (text.match(/\r\n|\n|\r/g) ?? []).length;
}

// The field behind an opening quote, and where it ends; null when no quote closes it.
function readQuoted(text, at, limit) {
  let field = '';
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0 || quote > limit) return null;
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { field, end: quote + 1 };
    field += '"';
    at = quote + 2;
  }
}

function readRecord(text, begin, delimiter) {
  const fields = [];
  let at = begin;
  for (;;) {
    while (isBlank(text[at]) && text[at] !== delimiter) at += 1;
    let field = '';
    if (text[at] === '"') {
      const quoted = readQuoted(text, at + 1, begin + longestRecord);
      if (!quoted) return null;
      field = quoted.field;
      at = quoted.end;
    }
    let end = at;
    while (end < text.length && text[end] !== delimiter && !isBreak(text[end])) end += 1;
    fields.push(field + text.slice(at, end).replace(/[ \t]+$/, ''));
    if (text[end] !== delimiter) return { fields, end: behindBreak(text, end) };
    at = end + 1;
  }
}

/** Yields `{line, fields}`, or `{line, fault}` for a record that cannot be read; reading goes on with the next line. */
export function* records(text, delimiter) {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const next = behindBreak(text, end);
    if (!text.slice(at, end).trim()) {
      line += 1;
      at = next;
      continue;
    }
    const record = end - at > longestRecord ? null : readRecord(text, at, delimiter);
    if (!record) {
      yield { line, fault: end - at > longestRecord ? 'line_too_long' : 'unclosed_quote' };
      line += 1;
      at = next;
      continue;
    }
    yield { line, fields: record.fields };
    line += linesIn(text.slice(at, record.end)) || 1;
    at = record.end;
  }
}

export function csvField(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
