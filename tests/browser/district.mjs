// A district of real programs for tests in a browser: `gonghui up` in a folder of its own, on free ports, and the operator's
// command to make synthetic people with.
import { execFile, spawn } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const patienceMs = 60_000;

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function until(condition, what, milliseconds = 20_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(50);
  }
}

export class District {
  // `programs` is the folder of the executables.
  static async start(programs) {
    const district = new District(programs);
    await district.#begin();
    return district;
  }

  constructor(programs) {
    this.programs = programs;
    this.parent = mkdtempSync(join(tmpdir(), 'gonghui-browser-'));
    this.folder = join(this.parent, '331083');
  }

  async #begin() {
    this.up = spawn(join(this.programs, 'gonghui'), ['--district-folder', this.folder, 'up', '--free-ports'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, GONGHUI_LANG: 'en' },
    });
    this.said = '';
    for (const stream of [this.up.stdout, this.up.stderr]) stream.on('data', (text) => (this.said += text));
    await until(() => this.#isReady(), `the district: ${this.said}`, patienceMs);
    const listen = /^listen = "(.*)"$/m.exec(readFileSync(join(this.folder, 'district.toml'), 'utf8'));
    this.address = `http://${listen[1].replace('127.0.0.1', 'localhost')}`;
  }

  async #isReady() {
    if (this.up.exitCode !== null) throw new Error(`gonghui up ended: ${this.said}`);
    try {
      await this.gonghui('status');
      return true;
    } catch {
      return false;
    }
  }

  async gonghui(...words) {
    const { stdout } = await run(join(this.programs, 'gonghui'), ['--district-folder', this.folder, '--lang', 'en', ...words]);
    return stdout;
  }

  // What a service answers to the operator, or to `actor` ("worker:PERSON").
  async call(message, data = {}, { actor } = {}) {
    const answer = await this.gonghui('call', ...(actor ? ['--actor', actor] : []), message, JSON.stringify(data));
    return JSON.parse(answer).data ?? {};
  }

  level() {
    return until(async () => {
      try {
        await this.gonghui('status');
        return true;
      } catch {
        return false;
      }
    }, 'everyone to be level');
  }

  // An officer who can log in, with their roles: [[role, place], ...].
  async officer(login, ...roles) {
    const person = randomUUID();
    for (const [role, place] of roles) await this.call('registration.grant_role', { person_id: person, role, place_id: place });
    const password = `pass-${randomBytes(9).toString('hex')}`;
    const secret = randomBytes(20);
    const { stdout } = await run('/usr/bin/python3', [
      '-c',
      'import nacl.pwhash.argon2id as a, sys; print(a.str(sys.argv[1].encode(), opslimit=a.OPSLIMIT_MIN, memlimit=a.MEMLIMIT_MIN).decode())',
      password,
    ]);
    await this.call('gateway.add_account', {
      login,
      person_id: person,
      password_hash: stdout.trim(),
      totp_secret: secret.toString('base64'),
    });
    return { login, password, secret, person };
  }

  pid(program) {
    return Number(readFileSync(join(this.folder, 'run', `${program}.pid`), 'utf8'));
  }

  async stop() {
    this.up.kill('SIGTERM');
    await until(() => this.up.exitCode !== null || this.up.signalCode !== null, 'the district to end', patienceMs);
    rmSync(this.parent, { recursive: true, force: true });
  }

  file(name, text) {
    const path = join(this.parent, name);
    writeFileSync(path, text);
    return path;
  }
}

// RFC 6238: SHA-1, six digits, thirty seconds.
export function totp(secret, now = Date.now()) {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac('sha1', secret).update(step).digest();
  const at = mac[19] & 0xf;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// Synthetic: the region 330099 does not exist. Odd numbers are men's.
export function idNumber(number) {
  const seventeen = `330099${1980 + (number % 20)}0101${String(100 + (number % 900))}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((all, weight, index) => all + weight * Number(seventeen[index]), 0);
  return seventeen + '10X98765432'[sum % 11];
}
