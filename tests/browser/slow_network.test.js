// The pages at 400 kbit/s and 300 ms, with a connection that goes away at the worst moment. Alone on the machine: it says how
// soon a page is usable.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import zh from '../../services/gateway/web/portal/src/texts/zh-CN.js';
import { uuidv7 } from '../../services/gateway/web/shared/uuid.js';
import { launch, open } from './browser.js';
import { District, idNumber } from './district.js';
import { addOfficer, totp } from './officers.js';

const PROGRAMS = process.env.PROGRAMS ?? new URL('../../build/dev/bin', import.meta.url).pathname;
let district;
let browser;
let officer;

before(async () => {
  [district, browser] = await Promise.all([District.start(PROGRAMS), launch()]);
  officer = await addOfficer(district, 'wang', ['officer', district.union]);
});
after(async () => {
  await browser?.close();
  await district?.stop();
});

async function slowPage() {
  const page = await open(browser, { baseURL: district.origin });
  page.setDefaultTimeout(30_000);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const pass = (offline) => network.send('Network.emulateNetworkConditions', { offline, latency: 300, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 });
  await pass(false);
  page.bytes = 0;
  network.on('Network.loadingFinished', ({ encodedDataLength }) => {
    page.bytes += encodedDataLength;
  });
  page.cut = () => pass(true);
  page.mend = () => pass(false);
  return page;
}

// In milliseconds, until `locator` is there.
async function timeTo(page, path, locator) {
  const begun = Date.now();
  await page.goto(path, { waitUntil: 'commit' });
  await locator.waitFor();
  return Date.now() - begun;
}

// Past the page: how somebody logs in is no part of what is looked at here.
async function logIn(page, credentials) {
  const reply = await page.request.post('/api/v1/session', { headers: { Origin: district.origin, 'X-Gonghui': '1' }, data: credentials });
  assert.equal(reply.status(), 200, await reply.text());
}

async function logInByPhone(page, phone) {
  const sent = district.sentMails();
  await page.request.post('/api/v1/session/code', { headers: { Origin: district.origin, 'X-Gonghui': '1' }, data: { phone } });
  await logIn(page, { phone, code: await district.codeFor(phone, sent) });
}

// The first of these commands arrives, and its answer goes down with the connection. The keys of all that are sent.
async function cutDuring(page, message) {
  const keys = [];
  const path = message.replace('.', '/');
  page.on('request', (request) => request.url().endsWith(path) && keys.push(request.headers()['idempotency-key']));
  const lose = async (route) => {
    await route.fetch();
    await page.cut();
    await route.abort('connectionaborted');
  };
  await page.route(`**/${path}`, lose, { times: 1 });
  return keys;
}

test('the portal’s first load is small, and usable within 5 s', async () => {
  const page = await slowPage();
  const took = await timeTo(page, '/', page.getByLabel(zh.field.phone));
  await page.waitForLoadState('networkidle');
  console.log(`first load: ${Math.round(page.bytes / 1024)} KB, usable after ${(took / 1000).toFixed(1)} s`);
  assert.ok(page.bytes <= 150 * 1024, `${page.bytes} bytes`);
  assert.ok(took <= 5000, `${took} ms`);
  await page.context().close();
});

test('a double tap while the connection goes away is one seat', async () => {
  const { campaign_id } = await district.campaign({ name: '春季夜校', classes: [{ title: '茶艺', capacity: 20 }] });
  const { person_id, phone } = await district.member(1);
  const page = await slowPage();
  await logInByPhone(page, phone);
  const lesson = page.locator('.class').filter({ hasText: '茶艺' });
  const enroll = lesson.getByRole('button', { name: zh.courses.enroll });
  const took = await timeTo(page, `/courses/${campaign_id}`, enroll);
  const keys = await cutDuring(page, 'training.enroll');
  await enroll.dblclick({ noWaitAfter: true });
  await page.getByText(zh.waiting.offline, { exact: true }).waitFor();
  const mended = Date.now();
  await page.mend();
  await lesson.getByRole('button', { name: zh.courses.state.taken }).waitFor();
  console.log(`a campaign: there after ${(took / 1000).toFixed(1)} s; the seat ${((Date.now() - mended) / 1000).toFixed(1)} s after the connection was back`);
  assert.ok(keys.length > 1, 'it was sent again');
  assert.equal(new Set(keys).size, 1, 'two taps are one command');
  assert.equal((await district.call('training.my_enrollments', { person_id })).data.enrollments.length, 1);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('an officer at a stall decides on without a connection; nothing is lost or done twice', async () => {
  const people = [];
  for (const [number, name] of ['赵试验', '钱试验', '孙试验'].entries()) {
    const { data } = await district.call('registration.submit_application', { application_id: uuidv7(), organisation_id: district.union, name, id_number: idNumber(50 + number), phone: `1370000005${number}` });
    people.push(data.person_id);
  }
  const page = await slowPage();
  await logIn(page, { login: officer.login, password: officer.password, totp: totp(officer.secret) });
  const shown = (name) => page.locator('.stall-name', { hasText: name });
  const took = await timeTo(page, '/console/#/stall', shown('赵'));
  console.log(`the stall: ${Math.round(page.bytes / 1024)} KB, usable after ${(took / 1000).toFixed(1)} s`);
  const keys = await cutDuring(page, 'registration.approve_application');
  await page.keyboard.press('a');
  await shown('钱').waitFor();
  await Promise.all([page.waitForEvent('requestfailed'), page.keyboard.press('a')]);
  await shown('孙').waitFor();
  await page.mend();
  for (const name of ['赵', '钱']) await page.locator('.stall-told .done', { hasText: name }).waitFor();
  assert.ok(keys.length > 2, 'they were sent again');
  assert.equal(new Set(keys).size, 2, 'two decisions are two commands');
  const states = await Promise.all(people.map((person_id) => district.call('registration.member_card', { person_id }).then(({ data }) => data.member.state)));
  assert.deepEqual(states, ['member', 'member', 'applied']);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
