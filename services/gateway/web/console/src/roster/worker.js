// Reads a roster beside the page, so that a file of a hundred thousand rows holds up no key stroke.
//
// In: {open: File} | {faulty: [{line, texts}]}. Out: {opened} | {failed} | {csv}.

import { csvField, records } from './csv.js';
import { NoRoster, openRoster, rowsOf } from './file.js';
import { importIdOf } from './import_id.js';

let roster = null;

async function open(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  roster = openRoster(bytes);
  const rows = [];
  const errors = [];
  for (const row of rowsOf(roster)) (row.code ? errors : rows).push(row);
  return { rows, errors, encoding: roster.encoding, importId: importIdOf(bytes) };
}

// The faulty rows as they stood in the file, with what is wrong behind them: mended, it is a roster that can be uploaded.
function faultyRows(faulty, titles) {
  const textsOf = new Map(faulty.map(({ line, texts }) => [line, texts]));
  const lines = [[...roster.headers, ...titles]];
  for (const record of records(roster.text, roster.delimiter)) {
    const texts = textsOf.get(record.line);
    if (!texts) continue;
    const fields = roster.headers.map((_, index) => record.fields?.[index] ?? '');
    lines.push([...fields, ...texts]);
  }
  // With a byte order mark, so that a spreadsheet shows Chinese as it is.
  return '\uFEFF' + lines.map((fields) => fields.map(csvField).join(',') + '\r\n').join('');
}

self.onmessage = async ({ data }) => {
  try {
    if (data.open) self.postMessage({ opened: await open(data.open) });
    else self.postMessage({ csv: faultyRows(data.faulty, data.titles) });
  } catch (error) {
    if (!(error instanceof NoRoster)) throw error;
    self.postMessage({ failed: { why: error.why, detail: error.detail } });
  }
};
