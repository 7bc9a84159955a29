// What is wrong with a row, in words: registration's own, and ours for what it never sees.
import refusals from '../../../../../../schemas/registration/refusals.json';
import { language, say } from '@gonghui/shared/language';

const ours = ['bad_encoding', 'unclosed_quote', 'line_too_long'];

export function codeWords(code) {
  if (ours.includes(code)) return say(`roster.codes.${code}`);
  return refusals[code]?.[language.value] ?? code;
}

export function rowWords({ code, first_line }) {
  return codeWords(code) + (first_line ? say('roster.firstLine', { line: first_line }) : '');
}
