// Officers who can log in, as the operator's command makes them.
import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function bytesOf(base32) {
  const bits = [...base32].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

// RFC 6238: SHA-1, six digits, thirty seconds.
export function totp(secret, now = Date.now()) {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac('sha1', secret).update(step).digest();
  const at = mac[19] & 0xf;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// With their roles: [[role, place], ...].
export async function addOfficer(district, login, ...roles) {
  const person = randomUUID();
  for (const [role, place] of roles) await district.call('registration.grant_role', { person_id: person, role, place_id: place });
  const words = ['--district-folder', `${district.folder}/331083`, '--lang', 'en', 'accounts', 'add', login, '--person', person];
  const { stdout } = await promisify(execFile)(join(district.programs, 'gonghui'), words);
  const [, password] = /password\D*?: *(\S+)/i.exec(stdout) ?? [];
  const [, secret] = /secret=([A-Z2-7]+)/.exec(stdout) ?? [];
  if (!password || !secret) throw new Error(`gonghui accounts add: ${stdout}`);
  return { login, person, password, secret: bytesOf(secret) };
}
