// What officers and operators do in the console, each as a journey in a real browser, with the real gateway and district.
//
//   PROGRAMS=build/dev/bin node --test tests/browser/console.test.js
//
// GONGHUI_PICTURES=FOLDER keeps a picture of every screen.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { promisify } from 'node:util';

import { DESK, inspect, launch, open as openPage, PHONE } from './browser.js';
import { District, idNumber, until } from './district.js';
import { addOfficer, totp } from './officers.js';
import { uuidv7 } from '../../services/gateway/web/shared/uuid.js';

const run = promisify(execFile);
const programs = process.env.PROGRAMS ?? new URL('../../build/dev/bin', import.meta.url).pathname;
const pictures = process.env.GONGHUI_PICTURES;
const zh = 'zh-CN';
const TABLET = { width: 820, height: 1180 };
const factoryCode = '81331083M00000169Y';
let town, browser, officer, operator, place;
let nextPerson = 1;

const call = async (message, data, actor) => (await town.call(message, data, actor)).data ?? {};
// Odd numbers are men's.
const idOf = (number) => idNumber(number % 100, { female: number % 2 === 0, born: `${1980 + Math.floor(number / 100)}0615` });

async function picture(page, name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png` });
}

async function apply(name) {
  const number = nextPerson++;
  const application = randomUUID();
  const phone = `139${String(number).padStart(8, '0')}`;
  const reply = await call('registration.submit_application', {
    application_id: application,
    organisation_id: place.union,
    name,
    id_number: idOf(number),
    phone,
  });
  return { application, person: reply.person_id, number, phone };
}

async function join(name) {
  const one = await apply(name);
  await call('registration.approve_application', { application_id: one.application, verification: 'officer' });
  return one;
}

before(async () => {
  [town, browser] = await Promise.all([District.start(programs), launch()]);
  place = { district: town.district, union: town.union, township: randomUUID() };
  await call('registration.found_organisation', { organisation_id: place.township, parent_id: place.district, kind: 'township', name: '试验街道总工会' });
  officer = await addOfficer(town, 'wang.officer', ['officer', place.union], ['township', place.township]);
  operator = await addOfficer(town, 'li.operator', ['district', place.district]);
});

// Of a journey that failed, where it stood.
afterEach(async () => {
  town?.recover();
  for (const context of browser?.contexts() ?? []) {
    for (const page of context.pages()) await picture(page, `failed-${page.url().split('/').at(-1).slice(0, 20)}`);
    await context.close();
  }
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

// A code is good once: who logs in again within its half minute waits for the next.
const usedCodes = new Map();
async function freshCode(who) {
  return until(() => {
    const code = totp(who.secret);
    if (usedCodes.get(who.login) === code) return null;
    usedCodes.set(who.login, code);
    return code;
  }, 'the next one-time code', 31_000);
}

async function logIn(page, who, role) {
  await page.goto('/console/');
  await page.locator('#login').fill(who.login);
  await page.locator('#password').fill(who.password);
  await page.locator('#totp').fill(await freshCode(who));
  await page.locator('form button[type=submit]').click();
  if (role) await page.locator('.role-list button', { hasText: role }).click();
  await page.locator('#page').waitFor();
}

// One log-in per officer and role; every journey gets a page of its own with that cookie.
const cookies = new Map();
async function open(who, { size = DESK, language = zh, role, screen = 'stall' } = {}) {
  const page = await openPage(browser, { size, language, baseURL: town.origin, timezoneId: 'Asia/Shanghai' });
  const name = `${who.login} ${role}`;
  if (cookies.has(name)) await page.context().addCookies(cookies.get(name));
  else {
    await logIn(page, who, role);
    cookies.set(name, await page.context().cookies());
  }
  await page.goto(`/console/#/${screen}`);
  await page.locator('#page').waitFor();
  return page;
}

// Who has written through the operator's command is seen by everybody.
const gonghui = (...words) => run(`${programs}/gonghui`, ['--district-folder', `${town.folder}/331083`, ...words]);
const level = () => until(() => gonghui('status').then(() => true, () => false), 'everyone to be level');
const pidOf = (program) => Number(readFileSync(`${town.folder}/331083/run/${program}.pid`, 'utf8'));
function file(name, text) {
  const path = `${town.folder}/${name}`;
  writeFileSync(path, text);
  return path;
}

// A member with their phone, without the pages of the portal.
async function enrollOnce({ person, phone, campaign, class_id }) {
  const page = await openPage(browser, { baseURL: town.origin });
  const headers = { Origin: town.origin, 'X-Gonghui': '1', 'Idempotency-Key': uuidv7() };
  const sent = town.sentMails();
  await page.request.post('/api/v1/session/code', { headers, data: { phone } });
  const code = await town.codeFor(phone, sent);
  await page.request.post('/api/v1/session', { headers, data: { phone, code } });
  const reply = await page.request.post('/api/v1/training/enroll', { headers, data: { campaign_id: campaign, class_id, person_id: person } });
  const answer = await reply.json();
  await close(page);
  return answer;
}

const close = (page) => page.context().close();
const dialog = (page) => page.getByRole('dialog');
const told = (page, text) => page.locator('.el-message', { hasText: text }).waitFor();

test('logging in: wrong words are told, a role is chosen, and the way out', async () => {
  const page = await openPage(browser, { language: zh, baseURL: town.origin });
  await page.goto('/console/');
  await page.locator('#login').waitFor();
  await picture(page, 'login-phone-zh');
  await inspect(page, 'log in');
  await page.locator('#login').fill(officer.login);
  await page.locator('#password').fill('wrong-password');
  await page.locator('#totp').fill('000000');
  await page.locator('#totp').press('Enter');
  await page.getByRole('alert').filter({ hasText: '不正确' }).waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await page.getByRole('button', { name: '中文' }).click();
  await logIn(page, officer, '红旗纺织厂工会');
  cookies.set(`${officer.login} 红旗纺织厂工会`, await page.context().cookies());
  await page.locator('.standing', { hasText: '红旗纺织厂工会' }).waitFor();
  await page.locator('.standing').click();
  await page.getByRole('menuitem', { name: '登录设备' }).click();
  await dialog(page).getByText('本设备').waitFor();
  assert.deepEqual(page.faults, []);
  await close(page);
});

test('a stall: the next applicant at once, by one key; a refusal with its reason; who comes without having applied', async () => {
  const applicants = [await apply('赵试验'), await apply('钱试验'), await apply('孙试验')];
  await level();
  const page = await open(officer, { size: TABLET, role: '红旗纺织厂工会' });
  await page.locator('.stall-name', { hasText: '赵' }).waitFor();
  await inspect(page, 'stall');
  await picture(page, 'stall-tablet-zh');
  await page.keyboard.press('a');
  await page.locator('.stall-name', { hasText: '钱' }).waitFor();
  await page.locator('.stall-told .done', { hasText: '赵' }).waitFor();

  await page.getByRole('button', { name: '显示证件号码以核对' }).click();
  await page.locator('.look-seen', { hasText: idOf(applicants[1].number) }).waitFor();
  await page.locator('.stall-refuse').click();
  await dialog(page).getByText('身份未能核实').click();
  await dialog(page).getByRole('button', { name: '不同意' }).click();
  await page.locator('.stall-name', { hasText: '孙' }).waitFor();
  await page.locator('.stall-told .done', { hasText: '钱' }).waitFor();

  await page.getByRole('button', { name: '录入' }).first().click();
  await page.locator('#take-name:focus').waitFor();
  const good = idOf(600);
  await page.locator('#take-name').fill('周试验');
  await page.locator('#take-id').fill(good.slice(0, 17) + (good[17] === '0' ? '1' : '0'));
  await page.locator('#take-phone').fill('13700000600');
  await page.locator('#take-phone').press('Enter');
  await page.locator('.el-form-item', { hasText: '校验码不正确' }).waitFor();
  await picture(page, 'stall-take-tablet-zh');
  await inspect(page, 'stall: taking');
  await page.locator('#take-id').fill(good);
  await page.locator('#take-id').press('Enter');
  await page.locator('.stall-told .done', { hasText: '周试验' }).waitFor();

  const card = await call('registration.member_card', { person_id: applicants[0].person });
  assert.equal(card.member.state, 'member');
  assert.equal((await call('registration.member_card', { person_id: applicants[1].person })).member.state, 'stranger');
  const taken = await call('registration.find_member', { id_number: good });
  assert.equal(taken.member.state, 'member');
  await close(page);
});

test('a gateway that dies in the middle loses no decision', async () => {
  await apply('吴试验');
  await level();
  const page = await open(officer, { size: PHONE, role: '红旗纺织厂工会' });
  await page.locator('#page input').fill('吴');
  await page.locator('.stall-name', { hasText: '吴' }).waitFor();
  await picture(page, 'stall-phone-zh');
  await inspect(page, 'stall on a phone');
  town.kill('gateway');
  await Promise.all([page.waitForEvent('requestfailed'), page.locator('.stall-approve').click()]);
  town.recover();
  await page.locator('.stall-told .done', { hasText: '吴' }).waitFor({ timeout: 30_000 });
  const waiting = await call('registration.pending_applications', { organisation_id: place.union });
  assert.ok(waiting.applications.every(({ name }) => !name.startsWith('吴')));
  page.faults.length = 0; // what was asked meanwhile met nobody
  await close(page);
});

test('applications are approved together, found by a name, and one is refused', async () => {
  await apply('郑试验');
  await apply('郑再试');
  await level();
  const page = await open(officer, { role: '红旗纺织厂工会', screen: 'applications', language: 'en' });
  await page.locator('tbody tr').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('郑');
  await until(async () => (await page.locator('tbody tr').count()) === 2, 'the two to be found');
  await inspect(page, 'applications');
  await page.getByRole('checkbox', { name: 'All' }).locator('..').click();
  await page.getByRole('button', { name: 'Approve chosen (2)' }).click();
  await told(page, '2 approved');
  await close(page);
});

test('a roster: a dry run, the faulty rows as a file, the import, and the same file again', async () => {
  const page = await open(operator, { screen: 'roster' });
  const row = (number, more = {}) => {
    const one = { name: '名册员', id: idOf(number), phone: `138${String(number).padStart(8, '0')}`, code: factoryCode, ...more };
    return `${one.name},${one.id},${one.phone},${one.code},备注`;
  };
  const good = Array.from({ length: 30 }, (_, index) => row(100 + index));
  const wrongDigit = idOf(200).slice(0, 17) + (idOf(200)[17] === '0' ? '1' : '0');
  const bad = [row(200, { id: wrongDigit }), row(201, { phone: '12' }), row(202, { name: '' }), row(203, { code: 'NOWHERE' }), row(100)];
  const roster = ['姓名,证件号码,手机号码,工会代码,其他', ...good, ...bad].join('\r\n');
  const path = file('名册.csv', roster);
  await page.locator('input[type=file]').setInputFiles(path);
  await page.locator('.figure', { hasText: '将入会' }).locator('b', { hasText: /^30$/ }).waitFor();
  await page.locator('.figure', { hasText: '有误' }).locator('b', { hasText: /^5$/ }).waitFor();
  await page.locator('tr', { hasText: '校验码不正确' }).locator('td', { hasText: /^32$/ }).waitFor();
  await page.locator('tr', { hasText: '（第 2 行）' }).waitFor();
  await inspect(page, 'roster');
  await picture(page, 'roster-desktop-zh');
  assert.equal((await call('registration.members_of', { organisation_id: place.union, limit: 1000 })).members.filter(({ name }) => name.startsWith('名')).length, 0);

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载有误的行' }).click()]);
  const faulty = readFileSync(await download.path(), 'utf8');
  assert.equal(faulty.trim().split('\r\n').length, 6);
  assert.match(faulty, /^\uFEFF姓名,证件号码,手机号码,工会代码,其他,行号,列,原因/);
  assert.match(faulty, new RegExp(`名册员,${wrongDigit},13800000200,${factoryCode},备注,32,证件号码,校验码不正确`));

  await page.getByRole('button', { name: '导入（30 人入会）' }).click();
  await page.locator('.figure', { hasText: '已入会' }).locator('b', { hasText: /^30$/ }).waitFor();
  await page.locator('input[type=file]').setInputFiles(path);
  await page.locator('.figure', { hasText: '不变' }).locator('b', { hasText: /^30$/ }).waitFor();
  // The faulty rows, mended: an extra row of reasons does no harm.
  await page.locator('input[type=file]').setInputFiles(file('改好.csv', faulty.replace(wrongDigit, idOf(200))));
  await page.getByRole('button', { name: '导入（1 人入会）' }).click();
  await page.locator('.figure', { hasText: '已入会' }).locator('b', { hasText: /^1$/ }).waitFor();
  await page.locator('input[type=file]').setInputFiles(file('来信.pdf', '%PDF-1.7'));
  await page.getByRole('alert').filter({ hasText: 'PDF' }).waitFor();
  await close(page);
});

test('five thousand rows with 37 bad ones: found, mended, and uploaded again', async () => {
  const page = await open(operator, { screen: 'roster' });
  const rows = Array.from({ length: 5000 }, (_, number) => {
    const born = `${1970 + Math.floor(number / 2800)}03${String(1 + (Math.floor(number / 100) % 28)).padStart(2, '0')}`;
    return `大名册员,${idNumber(number % 100, { born })},${13_500_000_000 + number},${factoryCode}`;
  });
  const good = ['姓名,证件号码,手机号码,工会代码', ...rows];
  const bad = good.map((row, line) => (line > 0 && line % 135 === 0 ? row.replace(/,135\d+,/, ',1,') : row));
  const wrong = bad.filter((row, line) => row !== good[line]).length;
  assert.equal(wrong, 37);
  await page.locator('input[type=file]').setInputFiles(file('大名册.csv', bad.join('\n')));
  await page.getByRole('button', { name: `导入（${5000 - 37} 人入会）` }).click();
  await page.locator('.figure', { hasText: '已入会' }).locator('b', { hasText: /^4963$/ }).waitFor({ timeout: 30_000 });
  await page.locator('.figure', { hasText: '有误' }).locator('b', { hasText: /^37$/ }).waitFor();
  await inspect(page, 'a large roster');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载有误的行' }).click()]);
  const faulty = readFileSync(await download.path(), 'utf8');
  await page.locator('input[type=file]').setInputFiles(file('大名册-改好.csv', faulty.replaceAll(',1,', ',13700000000,')));
  await page.getByRole('button', { name: '导入（37 人入会）' }).click();
  await page.locator('.figure', { hasText: '已入会' }).locator('b', { hasText: /^37$/ }).waitFor();
  await close(page);
});

test('organisations: found, moved, closed', async () => {
  const page = await open(operator, { screen: 'organisations', language: 'en' });
  await page.locator('.node', { hasText: '试验街道总工会' }).click();
  await page.getByRole('heading', { name: '试验街道总工会' }).waitFor();
  await page.getByRole('button', { name: 'Found' }).click();
  await page.locator('#found-name').fill('新建试验工会');
  await page.locator('#found-code').fill('NOCODE');
  await page.locator('#found-code').press('Enter');
  await page.locator('.el-form-item__error').waitFor();
  await page.locator('#found-code').fill('');
  await page.locator('#found-code').press('Enter');
  await page.locator('.chosen-name', { hasText: '新建试验工会' }).waitFor();
  await inspect(page, 'organisations');
  await picture(page, 'organisations-desktop-en');
  await page.getByRole('button', { name: 'Close', exact: true }).last().click();
  await dialog(page).getByRole('button', { name: 'Close', exact: true }).last().click();
  await told(page, 'Closed');
  await close(page);
});

test('a member is found by number, seen in full for a reason, and the look stands in the audit trail', async () => {
  const member = await join('冯试验');
  await level();
  const page = await open(officer, { screen: 'members', role: '红旗纺织厂工会' });
  await page.locator('tbody tr').first().waitFor();
  await inspect(page, 'members');
  await picture(page, 'members-desktop-zh');
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.getByRole('textbox', { name: '按证件号码查找' }).fill(idOf(member.number));
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog', { name: '冯**' });
  await panel.waitFor();
  assert.ok(asked.every((url) => !url.includes(idOf(member.number))), 'an ID number stands in no address');
  await panel.getByRole('button', { name: '查看完整信息' }).click();
  await page.locator('#look-purpose').fill('来电核对手机号码');
  await picture(page, 'member-look-desktop-zh');
  await page.locator('#look-purpose').press('Enter');
  await panel.locator('.look-seen', { hasText: idOf(member.number) }).waitFor();
  await inspect(page, 'a member in full');
  await panel.getByRole('button', { name: '更改联系方式' }).click();
  await page.locator('#new-phone').fill('12');
  await page.locator('#new-phone').press('Enter');
  await page.locator('.el-form-item__error, .el-message--error').first().waitFor();
  await page.locator('#new-phone').fill('13600000001');
  await page.locator('#new-phone').press('Enter');
  await told(page, '联系方式已更改');
  await page.goto('/console/#/audit');
  await page.locator('tr', { hasText: '来电核对手机号码' }).waitFor();
  await inspect(page, 'audit');
  await picture(page, 'audit-desktop-zh');
  await close(page);
});

test('officers: one becomes one on their card, stands in the list, and is none again', async () => {
  const member = await join('沈试验');
  await level();
  const page = await open(operator, { screen: 'officers', language: 'en' });
  await page.locator('tr', { hasText: '试验街道总工会' }).waitFor();
  await page.getByRole('textbox', { name: 'Find by ID number' }).fill(idOf(member.number));
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog', { name: '沈**' });
  await panel.getByRole('button', { name: 'Give a role' }).click();
  await dialog(page).getByRole('button', { name: 'Give a role' }).last().click();
  await told(page, 'given');
  await page.keyboard.press('Escape');
  const row = page.locator('tr', { hasText: '沈**' });
  await row.waitFor();
  await inspect(page, 'officers');
  await picture(page, 'officers-desktop-en');
  await row.getByRole('button', { name: 'Take back' }).click();
  await dialog(page).getByRole('button', { name: 'Take back' }).click();
  await row.waitFor({ state: 'detached' });
  assert.deepEqual((await call('registration.member_card', { person_id: member.person })).roles, []);
  await close(page);
});

test('a campaign: planned, a class added, followed live; and its waiting list with reasons', async () => {
  const members = [];
  for (const name of ['陈试验', '褚试验', '卫试验']) members.push(await join(name));
  const page = await open(operator, { screen: 'campaigns' });
  await page.getByRole('button', { name: '新增课程' }).click();
  await page.locator('#course-zh').fill('茶艺');
  await page.locator('#course-en').fill('Tea');
  await page.locator('#course-en').press('Enter');
  await told(page, '已新增课程');
  await page.getByRole('button', { name: '新建活动' }).click();
  await page.locator('#plan-zh:focus').waitFor();
  await page.locator('#plan-zh').fill('春季夜校');
  await page.locator('#plan-opens').fill('2026-01-01T08:00');
  await inspect(page, 'planning a campaign');
  await picture(page, 'campaign-plan-desktop-zh');
  await page.locator('#plan-zh').press('Enter');
  await page.getByRole('heading', { name: '春季夜校' }).waitFor();
  const campaign = page.url().split('/').at(-1);
  await page.getByRole('button', { name: '更改', exact: true }).click();
  await page.locator('#change-zh').fill('春季夜校（加长）');
  await page.locator('#change-closes').fill('2030-01-01T08:00');
  await inspect(page, 'changing a campaign');
  await page.locator('#change-zh').press('Enter');
  await told(page, '活动已更改');
  await page.getByRole('heading', { name: '春季夜校（加长）' }).waitFor();
  for (const [venue, capacity] of [['文化宫一楼', 1], ['文化宫二楼', 20]]) {
    await page.getByRole('button', { name: '新增班级' }).click();
    await page.locator('#class-course').click();
    await page.getByRole('option', { name: '茶艺' }).click();
    await page.locator('#class-venue').fill(venue);
    await page.locator('#class-capacity').fill(String(capacity));
    await page.locator('#class-capacity').press('Enter');
    await page.locator('tr', { hasText: venue }).waitFor();
  }
  await inspect(page, 'a campaign');
  await picture(page, 'campaign-desktop-zh');
  await page.getByRole('button', { name: '实时看板' }).click();
  const { classes } = await call('training.campaign_status', { campaign_id: campaign });
  const small = classes.find(({ capacity }) => capacity === 1).class_id;
  for (const { person } of members) await call('training.enroll', { campaign_id: campaign, class_id: small, person_id: person });
  await page.locator('.figure', { hasText: '候补' }).locator('b', { hasText: /^2$/ }).waitFor();
  const enrolled = await enrollOnce({ ...members[1], campaign, class_id: small });
  assert.equal(enrolled.code, 'already_waiting');
  await page.locator('.rush-reasons', { hasText: '您已在该班级的候补名单中' }).waitFor();
  await inspect(page, 'rush board');
  await picture(page, 'rush-desktop-zh');

  await page.goto(`/console/#/lines?campaign=${campaign}&class=${small}`);
  await page.locator('tr', { hasText: '褚' }).waitFor();
  await inspect(page, 'waiting list');
  await picture(page, 'lines-desktop-zh');
  await page.locator('tr', { hasText: '褚' }).getByRole('button', { name: '移出' }).click();
  await told(page, '已移出');
  assert.equal(await page.locator('tbody tr').count(), 1);
  await close(page);
});

test('an evening: planned, guests checked in by code, choosing opened and closed, couples counted', async () => {
  const page = await open(officer, { size: TABLET, screen: 'evenings', role: '红旗纺织厂工会' });
  await page.getByRole('button', { name: '新建活动' }).click();
  await page.locator('#evening-zh').fill('桌游之夜');
  await page.locator('#evening-venue').fill('工人文化宫');
  await page.locator('#evening-venue').press('Enter');
  await page.getByRole('heading', { name: '桌游之夜' }).waitFor();
  const evening = page.url().split('/').at(-1);

  const guests = [await join('韩试验'), await join('杨试验')]; // a man and a woman: odd and even numbers
  await level();
  for (const { person, number } of guests) {
    const actor = `worker:${person}`;
    const about = { person_id: person };
    await call('matchmaking.declare_single', { ...about, declaration_id: randomUUID(), statement: 1 }, actor);
    for (const purpose of ['profile', 'evenings', 'contacts']) await call('matchmaking.give_consent', { ...about, purpose }, actor);
    await call('matchmaking.publish_profile', { ...about, name: '试验', contact: '微信 shiyan', nickname: '试验', visible: ['nickname'] }, actor);
    await call('matchmaking.sign_up', { ...about, evening_id: evening }, actor);
    const { code } = await call('matchmaking.my_evening', { ...about, evening_id: evening }, actor);
    await page.getByRole('textbox', { name: '签到码' }).fill(code);
    await page.keyboard.press('Enter');
    await page.locator('.badge', { hasText: number % 2 === 1 ? '男士' : '女士' }).waitFor();
    await page.getByRole('textbox', { name: '签到码' }).and(page.locator(':focus')).waitFor();
  }
  await page.getByRole('textbox', { name: '签到码' }).fill('NOCODE');
  await page.keyboard.press('Enter');
  await page.locator('.door-told', { hasText: '签到码不正确' }).waitFor();
  await page.getByRole('button', { name: '开放选择' }).click();
  await dialog(page).getByRole('button', { name: '开放选择' }).click();
  await page.getByText('正在进行').waitFor();
  await inspect(page, 'an evening');
  await picture(page, 'evening-tablet-zh');
  const [one, other] = guests.map(({ person }) => person);
  for (const [chooser, chosen] of [[one, other], [other, one]])
    await call('matchmaking.choose', { evening_id: evening, person_id: chooser, chosen_id: chosen, wants: true }, `worker:${chooser}`);
  const heard = [];
  page.on('response', async (response) => heard.push(await response.text().catch(() => '')));
  await page.getByRole('button', { name: '结束选择' }).click();
  await dialog(page).getByRole('button', { name: '结束选择' }).click();
  await page.locator('.couples b', { hasText: /^1$/ }).waitFor();
  assert.ok(heard.every((text) => !text.includes(one) && !text.includes(other)), 'nobody is named to the officer');
  await close(page);
});

test('an announcement: preview, count, and into every inbox, though gateway and registration die on the way', async () => {
  const reader = await join('蒋试验');
  await level();
  const page = await open(officer, { screen: 'messages', role: '红旗纺织厂工会' });
  const { members } = await call('registration.counts', { organisation_id: place.union });
  await page.locator('#announce-title').fill('周六停电检修');
  await page.locator('#announce-text').fill('周六 8:00 至 12:00 停电，请提前保存工作。');
  await page.locator('.announcement', { hasText: '请提前保存工作' }).waitFor();
  await inspect(page, 'announcing');
  await picture(page, 'announce-desktop-zh');
  await page.locator('#announce-title').press('Enter');
  await dialog(page).getByRole('button', { name: `发给 ${members} 人` }).click();
  await told(page, `正在送达 ${members} 人`);
  town.kill('registration');
  town.kill('gateway');
  town.recover();
  await page.locator('.made li', { hasText: '周六停电检修' }).getByText(`已送达 ${members} 人`).waitFor({ timeout: 60_000 });
  await until(async () => {
    const inbox = await call('notifications.inbox', { person_id: reader.person }, `worker:${reader.person}`);
    return inbox.messages.some(({ title }) => title === '周六停电检修');
  }, 'the announcement in an inbox');
  await close(page);
});

test('operations: every partition is shown, a silent one is named and comes back', async () => {
  const page = await open(operator, { screen: 'operations' });
  await page.locator('tr', { hasText: 'training / 0' }).waitFor();
  await inspect(page, 'operations');
  await picture(page, 'operations-desktop-zh');
  process.kill(pidOf('matchmaking'), 'SIGSTOP');
  try {
    await page.getByRole('button', { name: '刷新' }).click();
    await page.locator('tr', { hasText: 'matchmaking / 0' }).getByText('没有应答').waitFor({ timeout: 20_000 });
    await page.locator('.verdict.bad').waitFor();
  } finally {
    process.kill(pidOf('matchmaking'), 'SIGCONT');
  }
  await until(async () => (await page.locator('.verdict.bad').count()) === 0, 'the verdict to be better', 30_000);
  await close(page);
});

test('an officer changes their password', async () => {
  const changer = await addOfficer(town, 'zhao.changer', ['officer', place.union]);
  const page = await open(changer, { role: '' });
  const password = 'lan hua 32 deng';
  await page.locator('.standing').click();
  await page.getByRole('menuitem', { name: '修改密码' }).click();
  const fill = async (current, fresh) => {
    await page.locator('#current-password').fill(current);
    await page.locator('#new-password').fill(fresh);
    // The code of the log-in is used; the next one is good already.
    await page.locator('#password-totp').fill(totp(changer.secret, Date.now() + 30_000));
    await dialog(page).getByRole('button', { name: '修改' }).click();
  };
  await fill(changer.password, 'zhao.changer1');
  await dialog(page).getByText('太容易被猜到').waitFor();
  await fill('not the present one', password);
  await dialog(page).getByText('不正确').waitFor();
  await inspect(page, 'change password');
  await picture(page, 'password');
  await fill(changer.password, password);
  await told(page, '密码已修改');
  await page.reload();
  await page.locator('#page').waitFor();
  await close(page);
});

test('an officer of a union is shown nothing of the district’s', async () => {
  const page = await open(officer, { screen: 'operations', role: '红旗纺织厂工会' });
  assert.equal(await page.locator('.side a', { hasText: '运行' }).count(), 0);
  const status = await page.evaluate(() => fetch('/api/v1/operations/status').then((response) => response.status));
  assert.equal(status, 403);
  await close(page);
});

const screens = ['stall', 'applications', 'members', 'roster', 'organisations', 'officers', 'campaigns', 'lines', 'evenings', 'messages', 'audit', 'operations'];
for (const [device, size] of [['phone', PHONE], ['desktop', DESK]])
  for (const language of [zh, 'en'])
    test(`every screen on a ${device} in ${language}: no fault, nothing too wide, axe content`, async () => {
      const page = await open(operator, { size, language });
      for (const screen of screens) {
        await page.goto(`/console/#/${screen}`);
        await page.locator('#page h1').first().waitFor();
        await page.waitForLoadState('networkidle').catch(() => {});
        await picture(page, `${screen}-${device}-${language.slice(0, 2)}`);
        await inspect(page, `${screen} on a ${device} in ${language}`);
      }
      await close(page);
    });

test('by keyboard alone: from screen to screen, and the list of keys', async () => {
  const page = await open(operator, { screen: 'members', language: 'en' });
  await page.locator('#page h1', { hasText: 'Members' }).waitFor();
  await page.keyboard.type('gc');
  await page.locator('#page h1', { hasText: 'Campaigns' }).waitFor();
  await page.keyboard.type('?');
  await dialog(page).getByText('Keyboard shortcuts').first().waitFor();
  await picture(page, 'keys-desktop-en');
  await page.keyboard.press('Escape');
  await page.keyboard.type('gp');
  await page.locator('#page h1', { hasText: 'Operations' }).waitFor();
  await close(page);
});
