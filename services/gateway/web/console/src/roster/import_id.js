// The same file is the same import, by whichever way it comes: a UUID of version 8 over its bytes, as `gonghui import`
// makes it (BLAKE2b with 16 bytes). So an upload that was broken off goes on when it is repeated.

import { blake2b } from '@noble/hashes/blake2.js';

export function importIdOf(bytes) {
  const hash = blake2b(bytes, { dkLen: 16 });
  hash[6] = (hash[6] & 0x0f) | 0x80;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  const hex = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
