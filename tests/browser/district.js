// A whole district of this machine, as `gonghui up` runs it, with a mail server that keeps one-time codes, and the
// operator's command to prepare what a journey needs. Synthetic people only.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { uuidv7 } from '../../services/gateway/web/shared/uuid.js';

const HERE = new URL('.', import.meta.url).pathname;
const ROOT = join(HERE, '../..');
const SMS = 'sms.invalid';
const PATIENCE_MS = 60_000;

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Until `look` gives something; what it gives.
export async function until(look, what, patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(100);
  }
}

// GB 11643, for a region that does not exist.
export function idNumber(count, { female = true, born = '19920615' } = {}) {
  const seventeen = `330099${born}${String(count).padStart(2, '0')}${female ? 2 : 1}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, place) => total + weight * Number(seventeen[place]), 0);
  return seventeen + '10X98765432'[sum % 11];
}

export class District {
  static async start(programs) {
    const district = new District();
    district.programs = programs;
    district.folder = mkdtempSync(join(tmpdir(), 'gonghui-browser-'));
    try {
      await district.#startMail();
      await district.#startServices();
      await district.#foundUnions();
    } catch (error) {
      await district.stop();
      throw error;
    }
    return district;
  }

  async #startMail() {
    this.mails = mkdtempSync(join(this.folder, 'mails-'));
    this.mail = spawn('/usr/bin/python3', [join(ROOT, 'services/notifications/mail/smtp_sink.py'), this.mails]);
    for await (const line of createInterface({ input: this.mail.stdout })) {
      this.mailPort = Number(line);
      return;
    }
  }

  async #startServices() {
    const free = '127.0.0.1:0';
    this.config = join(this.folder, 'district.toml');
    const services = {
      registration: '',
      training: '',
      matchmaking: '',
      notifications: `settings = """\nmail.host = "127.0.0.1"\nmail.port = ${this.mailPort}\nmail.encryption = "none"\nmail.from = "union@union.invalid"\nsms.host = "127.0.0.1"\nsms.port = ${this.mailPort}\nsms.encryption = "none"\nsms.domain = "${SMS}"\n"""`,
      gateway: `listen = "${free}"`,
    };
    writeFileSync(
      this.config,
      `district = "331083"\nfolder = "${this.folder}/331083"\n` +
        `[hub]\n${['publish', 'subscribe', 'request'].map((use) => `${use} = "tcp://${free}"\n`).join('')}http = "off"\n` +
        Object.entries(services).map(([name, lines]) => `[services.${name}]\nhttp = "off"\n${lines}\n`).join(''),
    );
    this.log = join(this.folder, 'up.log');
    const output = openSync(this.log, 'w');
    this.up = spawn(join(this.programs, 'gonghui'), ['up', '--config', this.config], { stdio: ['ignore', output, output] });
    // Not to outlive this program, however it ends.
    process.once('exit', () => this.up.kill('SIGTERM'));
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(1));
    const settings = `${this.folder}/331083/config/gateway.toml`;
    this.origin = await until(() => existsSync(settings) && readFileSync(settings, 'utf8').match(/edge\.listen = ".*:(\d+)"/), settings).then(([, port]) => `http://127.0.0.1:${port}`);
    await until(() => this.isReady(), `the district; see ${this.log}`, PATIENCE_MS);
  }

  async isReady() {
    if (this.up.exitCode !== null) throw new Error(`gonghui up ended: ${readFileSync(this.log, 'utf8').trim().split('\n').at(-1)}`);
    return fetch(`${this.origin}/api/v1/health`).then(({ ok }) => ok, () => false);
  }

  // As the operator, or in the name of "worker:<id>". Throws the whole answer when it is not `accepted`.
  async call(message, data = {}, actor) {
    const words = ['--district-folder', `${this.folder}/331083`, 'call', message, JSON.stringify(data), '--compact', ...(actor ? ['--actor', actor] : [])];
    for (let tries = 0; ; ++tries) {
      try {
        const { stdout } = await promisify(execFile)(join(this.programs, 'gonghui'), words);
        return JSON.parse(stdout);
      } catch (error) {
        // 12: not now; a person's key may still be on its way.
        if (error.code !== 12 || tries === 50) throw new Error(`${message}: ${error.stdout}${error.stderr}`);
        await sleep(100);
      }
    }
  }

  async #foundUnions() {
    [this.city, this.district, this.union] = [uuidv7(), uuidv7(), uuidv7()];
    const found = (organisation_id, parent_id, kind, name, more) =>
      this.call('registration.found_organisation', { organisation_id, kind, name, ...(parent_id && { parent_id }), ...more });
    await found(this.city, null, 'city', '试验市总工会');
    await found(this.district, this.city, 'district', '试验区总工会');
    await found(this.union, this.district, 'union', '红旗纺织厂工会', { form: 'enterprise', code: '81331083M00000169Y' });
  }

  // A member with a phone to log in with.
  async member(count, { name = '试验会员', female = true } = {}) {
    const application_id = uuidv7();
    const phone = `1390000${String(count).padStart(4, '0')}`;
    const { data } = await this.call('registration.submit_application', { application_id, organisation_id: this.union, name, id_number: idNumber(count, { female }), phone });
    await this.call('registration.approve_application', { application_id, verification: 'officer' });
    return { person_id: data.person_id, phone, actor: `worker:${data.person_id}` };
  }

  async campaign({ name, opensInSeconds = -60, classes, classesPerPerson = 2 }) {
    const campaign_id = uuidv7();
    const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString().replace('Z', '000Z');
    await this.call('training.plan_campaign', {
      campaign_id, organisation_id: this.district, name_zh: name, name_en: `${name} (en)`,
      opens_at: at(opensInSeconds), closes_at: at(30 * 86400), classes_per_person: classesPerPerson,
    });
    const ids = [];
    for (const [place, { title, capacity }] of classes.entries()) {
      const [course_id, class_id] = [uuidv7(), uuidv7()];
      await this.call('training.add_course', { course_id, title_zh: title, title_en: `${title} (en)`, description: '零基础也能学。' });
      const begins = (2 + place) * 86400;
      await this.call('training.open_class', {
        class_id, campaign_id, course_id, capacity, venue: '职工之家 301 室', teacher: '王春燕',
        sessions: [0, 7].map((days) => ({ starts_at: at(begins + days * 86400), ends_at: at(begins + days * 86400 + 5400) })),
      });
      ids.push(class_id);
    }
    return { campaign_id, classes: ids };
  }

  async evening(title, { startsInSeconds = 600 } = {}) {
    const evening_id = uuidv7();
    const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString().replace('Z', '000Z');
    await this.call('matchmaking.plan_evening', {
      evening_id, organisation_id: this.district, title_zh: title, title_en: `${title} (en)`, venue: '职工之家大厅',
      starts_at: at(startsInSeconds), ends_at: at(startsInSeconds + 7200), sign_up_until: at(startsInSeconds - 60), capacity_male: 10, capacity_female: 10,
    });
    return evening_id;
  }

  // The code in the last text message to this number since `after` messages.
  async codeFor(phone, after = 0) {
    return until(() => {
      const files = readdirSync(this.mails).filter((name) => name.endsWith('.eml')).sort((one, other) => parseInt(one) - parseInt(other));
      for (const name of files.slice(after).reverse()) {
        const mail = readFileSync(join(this.mails, name), 'utf8');
        if (!mail.includes(`${phone}@${SMS}`)) continue;
        const body = mail.split(/\r?\n\r?\n/).slice(1).join('\n\n');
        const text = /base64/i.test(mail) ? Buffer.from(body, 'base64').toString('utf8') : body;
        const code = text.match(/\b\d{6}\b/)?.[0];
        if (code) return code;
      }
      return null;
    }, `a code for ${phone}`);
  }

  sentMails() {
    return readdirSync(this.mails).filter((name) => name.endsWith('.eml')).length;
  }

  #pidOf(program) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1];
        if (Number(parent) === this.up.pid && readlinkSync(`/proc/${pid}/exe`).endsWith(`gonghui-${program}`)) return Number(pid);
      } catch {
        // It has ended meanwhile, or is nobody's that we may look at.
      }
    }
    return null;
  }

  // As a failing machine would. `gonghui up` starts it again, but not before `recover`: how soon would be a race with the page.
  kill(program) {
    const pid = this.#pidOf(program);
    this.up.kill('SIGSTOP');
    process.kill(pid, 'SIGKILL');
  }

  recover() {
    this.up.kill('SIGCONT');
  }

  async stop() {
    if (this.up?.exitCode === null) {
      this.recover();
      this.up.kill('SIGTERM');
      await once(this.up, 'exit');
    }
    this.mail?.stdin.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
