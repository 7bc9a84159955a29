// What a worker does, in a real browser against a whole district: every journey on a phone in Chinese and on a desk in
// English, every page at both sizes in both languages.
//
//   node --test tests/browser/portal.test.js        PROGRAMS: folder of the executables; SHOTS: folder for pictures
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import en from '../../services/gateway/web/portal/src/texts/en.js';
import zh from '../../services/gateway/web/portal/src/texts/zh-CN.js';
import { DESK, PHONE, inspect, launch, open } from './browser.js';
import { District, idNumber, sleep, until } from './district.js';

const PROGRAMS = process.env.PROGRAMS ?? new URL('../../build/dev/bin', import.meta.url).pathname;
const PEOPLE = [{ size: PHONE, language: 'zh-CN', texts: zh }, { size: DESK, language: 'en', texts: en }];
let district;
let browser;
let people = 0;  // numbered, each with an ID number and a phone of its own

before(async () => {
  [district, browser] = await Promise.all([District.start(PROGRAMS), launch()]);
});
after(async () => {
  await browser?.close();
  await district?.stop();
});

const say = (texts, path, facts = {}) => path.split('.').reduce((branch, key) => branch[key], texts).replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
const title = (language, text) => (language === 'en' ? `${text} (en)` : text);
const shot = (page, name) => process.env.SHOTS && page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });

async function logIn(page, texts, phone) {
  const sent = district.sentMails();
  await page.goto(district.origin);
  await page.getByLabel(say(texts, 'field.phone')).fill(phone);
  await page.getByRole('button', { name: say(texts, 'welcome.send') }).click();
  await page.getByLabel(say(texts, 'welcome.code'), { exact: true }).fill(await district.codeFor(phone, sent));
  await page.getByRole('button', { name: say(texts, 'welcome.enter') }).click();
  await page.waitForURL(`${district.origin}/`);
}

// Somebody logged in, and everything that is said to them.
async function member(who, options) {
  const person = await district.member(++people, options);
  const page = await open(browser, who);
  await logIn(page, who.texts, person.phone);
  return { ...person, page };
}

const enrollments = async ({ person_id }) => (await district.call('training.my_enrollments', { person_id })).data.enrollments;
const card = (page, name) => page.locator('.class').filter({ hasText: name });
const toast = (page, text) => page.locator('.toast.shown').filter({ hasText: text }).waitFor();

for (const who of PEOPLE) {
  const { language, texts, size } = who;
  const t = (path, facts) => say(texts, path, facts);

  describe(`${language} at ${size.width} x ${size.height}`, () => {
    test('joining: a clear error per field, an application, a card', async () => {
      const page = await open(browser, who);
      const phone = `1380000${String(++people).padStart(4, '0')}`;
      await page.goto(district.origin);
      await page.getByLabel(t('field.phone')).fill('123');
      await page.getByRole('button', { name: t('welcome.send') }).click();
      await page.getByText(t('fault.phone.bad_phone')).waitFor();
      await inspect(page, 'welcome');
      await logIn(page, texts, phone);
      await page.getByRole('link', { name: t('home.join') }).click();

      const begun = Date.now();
      await page.getByRole('button', { name: t('join.submit') }).click();
      for (const path of ['join.union_missing', 'fault.name.missing_value', 'fault.id_number.missing_value']) await page.getByText(t(path)).waitFor();
      await inspect(page, 'join, empty');
      await page.getByRole('button', { name: t('join.choose_union') }).click();
      await page.getByLabel(t('join.search')).fill('红旗');
      await inspect(page, 'union picker');
      await page.getByRole('button', { name: '红旗纺织厂工会' }).click();
      const right = idNumber(people);
      for (const [wrong, code] of [['3300', 'wrong_length'], [right.slice(0, 17) + (right[17] === '1' ? '2' : '1'), 'wrong_check_digit'], [`${right.slice(0, 10)}1331${right.slice(14)}`, 'impossible_date']]) {
        await page.getByLabel(t('field.id_number')).fill(wrong);
        await page.getByRole('button', { name: t('join.submit') }).click();
        await page.getByText(t(`fault.id_number.${code}`)).waitFor();
      }
      // What only the service knows comes to its field, too.
      await page.getByLabel(t('field.id_number')).fill(right);
      await page.getByLabel(t('field.name'), { exact: true }).fill('张★试验');
      await page.getByRole('button', { name: t('join.submit') }).click();
      await page.locator('[name=name][aria-invalid]').waitFor();
      await page.getByLabel(t('field.name'), { exact: true }).fill('张试验');
      await shot(page, `join-${language}`);
      await page.getByRole('button', { name: t('join.submit') }).click();
      await page.waitForURL(`${district.origin}/card`);
      await page.getByText(t('card.waiting')).waitFor();
      assert.ok(Date.now() - begun < 60_000, 'joining took longer than a minute');
      await inspect(page, 'card, applied');

      const { data } = await district.call('registration.pending_applications', { organisation_id: district.union });
      const mine = data.applications.at(-1);
      await district.call('registration.approve_application', { application_id: mine.application_id });
      await page.getByRole('button', { name: t('card.look_again') }).click();
      await page.getByText(t('card.state.member')).first().waitFor();
      await inspect(page, 'card');
      await shot(page, `card-${language}`);
      await page.context().close();
    });

    test('enrolling: a double tap is one seat, a full class a place in line with a reason, cancelling moves the line', async () => {
      const { campaign_id, classes } = await district.campaign({ name: '春季夜校', classesPerPerson: 1, classes: [{ title: '书法', capacity: 1 }, { title: '茶艺', capacity: 20 }] });
      const first = await member(who);
      const { page } = first;
      await page.getByRole('link', { name: t('nav.courses') }).first().click();
      await page.getByRole('heading', { name: title(language, '春季夜校') }).first().click();
      const tea = card(page, title(language, '茶艺'));
      await tea.getByRole('button', { name: t('courses.enroll') }).dblclick({ noWaitAfter: true });
      await tea.getByRole('button', { name: t('courses.state.taken') }).waitFor();
      assert.deepEqual((await enrollments(first)).map(({ state }) => state), ['taken']);

      // Over one's number of classes: the service's words.
      const brush = card(page, title(language, '书法'));
      await brush.getByRole('button', { name: t('courses.enroll') }).click();
      await toast(page, language === 'en' ? 'number of classes per person' : '已达上限');

      const rival = await district.member(++people);
      await district.call('training.enroll', { campaign_id, class_id: classes[0], person_id: rival.person_id });
      const second = await member(who);
      await second.page.goto(`${district.origin}/courses/${campaign_id}`);
      const full = card(second.page, title(language, '书法'));
      await full.getByRole('button', { name: t('courses.wait') }).click();
      await full.getByRole('button', { name: t('courses.rank', { rank: 1 }) }).click();
      await second.page.getByText(t('rank.next')).waitFor();
      await inspect(second.page, 'rank');
      await shot(second.page, `rank-${language}`);
      await second.page.getByRole('button', { name: t('act.close') }).click();

      // The seat comes free: it is offered, and taken.
      await district.call('training.cancel', { campaign_id, class_id: classes[0], person_id: rival.person_id });
      await second.page.goto(district.origin);
      await second.page.getByText(t('offer.kept')).waitFor();
      await inspect(second.page, 'home, with an offer');
      await shot(second.page, `offer-${language}`);
      await second.page.getByRole('button', { name: t('offer.accept') }).click();
      await toast(second.page, t('offer.taken'));
      assert.equal((await enrollments(second))[0].state, 'taken');

      // And given back.
      await second.page.goto(`${district.origin}/courses/${campaign_id}?class=${classes[0]}`);
      await second.page.getByRole('button', { name: t('courses.cancel') }).click();
      await second.page.getByRole('button', { name: t('courses.yes_leave') }).click();
      await toast(second.page, t('courses.left'));
      assert.deepEqual(await enrollments(second), []);
      await first.page.context().close();
      await second.page.context().close();
    });

    test('a campaign opens: the countdown runs out and the button is there; seats change while one looks', async () => {
      const { page, ...person } = await member(who);
      const { campaign_id, classes } = await district.campaign({ name: '秋季夜校', opensInSeconds: 10, classes: [{ title: '摄影', capacity: 5 }] });
      await page.goto(`${district.origin}/courses/${campaign_id}`);
      const lesson = card(page, title(language, '摄影'));
      await page.getByRole('timer').waitFor();
      assert.ok(await lesson.getByRole('button', { name: t('courses.phase.soon') }).isDisabled());
      await lesson.getByRole('button', { name: t('courses.enroll') }).click({ timeout: 20_000 });
      await lesson.getByRole('button', { name: t('courses.state.taken') }).waitFor();
      assert.equal((await enrollments(person)).length, 1);
      // By the stream: the page asks again only after 20 s.
      await lesson.getByText(t('courses.free', { count: 4 })).waitFor({ timeout: 8_000 });
      const other = await district.member(++people);
      await district.call('training.enroll', { campaign_id, class_id: classes[0], person_id: other.person_id });
      await lesson.getByText(t('courses.free', { count: 3 })).waitFor({ timeout: 8_000 });
      await page.context().close();
    });

    test('the gateway is killed in the middle of an enroll: the tap counts once', async () => {
      const { campaign_id } = await district.campaign({ name: '冬季夜校', classes: [{ title: '瑜伽', capacity: 5 }] });
      const { page, ...person } = await member(who);
      await page.goto(`${district.origin}/courses/${campaign_id}`);
      const lesson = card(page, title(language, '瑜伽'));
      await lesson.getByRole('button', { name: t('courses.enroll') }).waitFor();
      district.kill('gateway');
      await lesson.getByRole('button', { name: t('courses.enroll') }).click();
      await page.getByText(t('waiting.offline'), { exact: true }).waitFor();
      await inspect(page, 'waiting without a connection');
      district.recover();
      await lesson.getByRole('button', { name: t('courses.state.taken') }).waitFor({ timeout: 30_000 });
      assert.equal((await enrollments(person)).length, 1);
      await page.context().close();
    });

    test('a page that was asked for without a network looks as it should once there is one', async () => {
      const { page } = await member(who);
      await page.goto(`${district.origin}/me`);
      const tab = page.locator('nav .tab', { hasText: t('nav.courses') });
      await tab.waitFor();
      await page.context().setOffline(true);
      await tab.click();
      await page.getByText(t('problem.no_network')).first().waitFor();
      await page.context().setOffline(false);
      await tab.click();
      await page.waitForURL('**/courses');
      await page.locator('h1', { hasText: t('courses.title') }).waitFor();
      const sheets = () => page.evaluate(() => document.styleSheets.length);
      const before = await sheets();
      await page.reload();
      await page.locator('h1', { hasText: t('courses.title') }).waitFor();
      assert.equal(before, await sheets(), 'the same style sheets as after a reload');
      await page.context().close();
    });

    test('a tap without network outlives a reload and is sent once', async () => {
      const { campaign_id } = await district.campaign({ name: '夏季夜校', classes: [{ title: '吉他', capacity: 5 }] });
      const { page, ...person } = await member(who);
      await page.goto(`${district.origin}/courses/${campaign_id}`);
      const lesson = card(page, title(language, '吉他'));
      await lesson.getByRole('button', { name: t('courses.enroll') }).waitFor();
      // The request arrives, its answer does not; and then nothing does.
      await page.route('**/api/v1/training/enroll', async (route) => {
        await route.fetch();
        await route.abort();
      });
      await lesson.getByRole('button', { name: t('courses.enroll') }).click();
      await page.getByText(t('waiting.offline'), { exact: true }).waitFor();
      assert.equal((await enrollments(person)).length, 1);
      await page.unroute('**/api/v1/training/enroll');
      await page.reload();
      await toast(page, t('pending.sent'));
      await lesson.getByRole('button', { name: t('courses.state.taken') }).waitFor();
      assert.equal((await enrollments(person)).length, 1);
      assert.equal(await page.evaluate(() => localStorage.getItem('gonghui.pending')), '[]');
      await page.context().close();
    });

    test('training is away: the waiting page waits, and the seat is there when it is back', async () => {
      const { campaign_id } = await district.campaign({ name: '周末课堂', classes: [{ title: '急救', capacity: 5 }] });
      const { page, ...person } = await member(who);
      await page.goto(`${district.origin}/courses/${campaign_id}`);
      const lesson = card(page, title(language, '急救'));
      await lesson.getByRole('button', { name: t('courses.enroll') }).waitFor();
      district.kill('training');
      await lesson.getByRole('button', { name: t('courses.enroll') }).click();
      district.recover();
      await lesson.getByRole('button', { name: t('courses.state.taken') }).waitFor({ timeout: 40_000 });
      assert.equal((await enrollments(person)).length, 1);
      await page.context().close();
    });

    test('my calendar goes into the phone’s', async () => {
      const { campaign_id, classes } = await district.campaign({ name: '日历课堂', classes: [{ title: '合唱', capacity: 5 }] });
      const { page, person_id } = await member(who);
      await district.call('training.enroll', { campaign_id, class_id: classes[0], person_id });
      await page.goto(`${district.origin}/calendar`);
      await page.locator('.item').filter({ hasText: title(language, '合唱') }).first().waitFor();
      await inspect(page, 'calendar');
      const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: t('calendar.save') }).click()]);
      const file = readFileSync(await saved.path(), 'utf8');
      assert.equal(file.match(/BEGIN:VEVENT/g).length, 2);
      assert.ok(file.includes(`SUMMARY:${title(language, '合唱')}`));
      await page.context().close();
    });

    test('an evening: profile, sign-up, door, choices, a mutual yes; then a block', async () => {
      const evening_id = await district.evening('春日茶会');
      const names = { ann: `小安${size.width}`, ben: `大本${size.width}` };
      const ann = await member(who, { name: '安试验', female: true });
      const ben = await member(who, { name: '本试验', female: false });
      await ann.page.goto(`${district.origin}/evenings/people`);
      await ann.page.getByRole('link', { name: t('evenings.go_on') }).waitFor();
      assert.equal(await ann.page.getByRole('button', { name: t('act.again') }).count(), 0, 'trying again would not help');
      for (const [{ page }, nickname] of [[ann, names.ann], [ben, names.ben]]) {
        await page.goto(`${district.origin}/evenings/${evening_id}`);
        await page.getByRole('button', { name: t('evening.sign_up') }).click();
        // What has to come first is said, with the way to it.
        await page.getByRole('link', { name: t('evenings.go_on') }).click();
        await page.getByRole('button', { name: t('profile.sign') }).click();
        for (const purpose of ['profile', 'evenings', 'contacts']) {
          const control = page.getByRole('switch', { name: t(`profile.purpose.${purpose}`) });
          await control.click();
          await until(async () => (await control.getAttribute('aria-checked')) === 'true', `consent to ${purpose}`);
        }
        await page.locator('[name=name]').fill('试验者');
        await page.locator('[name=contact]').fill(`微信 ${nickname}`);
        await page.locator('[name=nickname]').fill(nickname);
        await page.locator('[name=occupation]').fill('试验工程师');
        await inspect(page, 'profile');
        await page.getByRole('button', { name: t('profile.publish') }).click();
        await toast(page, t('profile.published'));
      }
      await ann.page.goto(`${district.origin}/evenings/people`);
      await ann.page.getByRole('heading', { name: names.ben }).waitFor();
      assert.equal(await ann.page.getByText('试验工程师').count(), 0, 'the occupation was not ticked');
      assert.equal(await ann.page.getByText(`微信 ${names.ben}`).count(), 0, 'a contact is never shown');
      await inspect(ann.page, 'people');

      for (const { page } of [ann, ben]) {
        await page.goto(`${district.origin}/evenings/${evening_id}`);
        await page.getByRole('button', { name: t('evening.sign_up') }).click();
        const code = await page.locator('.code').innerText();
        await inspect(page, 'evening, with a code');
        await district.call('matchmaking.check_in', { evening_id, code });
        await page.getByText(t('evening.soon')).waitFor();
      }
      await shot(ann.page, `door-${language}`);
      await district.call('matchmaking.open_choosing', { evening_id });
      for (const [{ page }, other] of [[ann, names.ben], [ben, names.ann]]) {
        const heart = page.getByRole('button', { name: other, exact: false }).and(page.locator('.token'));
        await heart.click();
        await until(async () => (await heart.getAttribute('aria-pressed')) === 'true', 'the heart');
      }
      await inspect(ann.page, 'choosing');
      await shot(ann.page, `choosing-${language}`);
      await district.call('matchmaking.close_choosing', { evening_id });
      await ann.page.getByText(t('evening.mutual')).waitFor();
      await ann.page.getByText(`微信 ${names.ben}`).waitFor();
      await inspect(ann.page, 'couple');
      await shot(ann.page, `couple-${language}`);

      await ann.page.getByRole('button', { name: t('person.title') }).click();
      await ann.page.getByRole('button', { name: t('person.report') }).click();
      await inspect(ann.page, 'report');
      await ann.page.getByLabel(t('person.note')).fill('试验举报');
      await ann.page.getByRole('button', { name: t('person.send') }).click();
      await toast(ann.page, t('person.reported'));
      await ann.page.getByRole('button', { name: t('person.title') }).click();
      await ann.page.getByRole('button', { name: t('person.block') }).click();
      await ann.page.getByRole('button', { name: t('person.block_yes') }).click();
      await toast(ann.page, t('person.blocked'));
      await ben.page.reload();
      await ben.page.getByText(t('evening.no_couple')).waitFor();
      await ann.page.context().close();
      await ben.page.context().close();
    });

    test('inbox, preferences, consents', async () => {
      const { page, actor, person_id } = await member(who);
      await page.getByRole('link', { name: t('nav.inbox') }).first().click();
      const message = page.locator('.message.unread').first();
      await message.waitFor();
      await inspect(page, 'inbox');
      await page.locator('.message button').first().click();
      await until(async () => (await district.call('notifications.unread_count', { person_id }, actor)).data.unread === 0, 'the message to be read');

      await page.goto(`${district.origin}/me/notices`);
      const email = page.getByRole('switch', { name: t('notices.channel.email') }).first();
      await email.click();
      await until(async () => (await district.call('notifications.preferences', { person_id }, actor)).data.preferences.some(({ wanted }) => !wanted), 'the preference');

      await page.goto(`${district.origin}/me/privacy`);
      await page.getByRole('switch', { name: t('privacy.purpose.membership_benefits') }).click();
      await until(async () => (await district.call('registration.member_card', { person_id })).data.consents.length === 1, 'the consent');

      await page.goto(`${district.origin}/me/contact`);
      await page.getByLabel(t('contact.phone')).fill('12');
      await page.getByRole('button', { name: t('welcome.send') }).click();
      await page.getByText(t('fault.phone.bad_phone')).waitFor();
      const moved = `1370000${String(++people).padStart(4, '0')}`;
      const sent = district.sentMails();
      await page.getByLabel(t('contact.phone')).fill(moved);
      await page.getByRole('button', { name: t('welcome.send') }).click();
      const code = await district.codeFor(moved, sent);
      await page.getByLabel(t('welcome.code'), { exact: true }).fill(code === '000000' ? '111111' : '000000');
      await page.getByRole('button', { name: t('act.save') }).click();
      await page.getByRole('alert').waitFor();
      await page.getByLabel(t('welcome.code'), { exact: true }).fill(code);
      await inspect(page, 'contact, code');
      await page.getByRole('button', { name: t('act.save') }).click();
      await toast(page, t('contact.saved'));
      assert.deepEqual((await district.call('registration.person_by_phone', { phone: moved })).data.persons, [person_id]);
      await page.context().close();
    });

    test('a password of one’s own: chosen, used, changed, and done without again', async () => {
      const { page, phone } = await member(who);
      const [first, second] = ['lan hua 32 deng', 'mei hua 57 chuang'];
      await page.goto(`${district.origin}/me/password`);
      const choose = async (password, act) => {
        await page.getByLabel(t('password.new'), { exact: true }).fill(password);
        await page.getByRole('button', { name: t(act), exact: true }).click();
      };
      await choose('13800000000ab', 'password.set');
      await page.locator('[name=password][aria-invalid]').waitFor();
      await inspect(page, 'password, too easy');
      await shot(page, `password-${language}`);
      await choose(first, 'password.set');
      await toast(page, t('password.saved'));
      await page.getByRole('button', { name: t('password.change'), exact: true }).waitFor();

      const other = await open(browser, who);
      const enter = async (password) => {
        await other.getByLabel(t('field.phone')).fill(phone);
        await other.getByLabel(t('password.title'), { exact: true }).fill(password);
        await other.getByRole('button', { name: t('welcome.enter'), exact: true }).click();
      };
      await other.goto(district.origin);
      await other.getByRole('button', { name: t('welcome.by_password') }).click();
      await inspect(other, 'welcome, password');
      await shot(other, `welcome-password-${language}`);
      await enter(second);
      await other.locator('[name=password][aria-invalid]').waitFor();
      await enter(first);
      await other.waitForURL(`${district.origin}/`);

      // No code was shown there: the present one is asked for, and whoever else is logged in is so no more.
      await other.goto(`${district.origin}/me/password`);
      await other.getByLabel(t('password.current'), { exact: true }).fill(first);
      await other.getByLabel(t('password.new'), { exact: true }).fill(second);
      await inspect(other, 'password, change');
      await other.getByRole('button', { name: t('password.change'), exact: true }).click();
      await toast(other, t('password.saved'));
      await page.goto(`${district.origin}/me`);
      await page.waitForURL(/welcome/);
      await other.getByLabel(t('password.current'), { exact: true }).fill(second);
      await other.getByRole('button', { name: t('password.remove'), exact: true }).click();
      await toast(other, t('password.removed'));
      await other.getByText(t('password.log_in_first')).waitFor();
      await inspect(other, 'password, no proof');
      await other.getByRole('button', { name: t('password.log_in_anew'), exact: true }).click();
      await other.waitForURL(/welcome\?then=/);
      await Promise.all([page, other].map((one) => one.context().close()));
    });

    test('a copy of everything, and then nothing: erased', async () => {
      const { page, person_id } = await member(who, { name: '伊试验' });
      await page.goto(`${district.origin}/me/privacy`);
      const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: t('privacy.copy_make') }).click()]);
      const copy = JSON.parse(readFileSync(await saved.path(), 'utf8'));
      assert.equal(copy.registration.person.name, '伊试验');
      assert.deepEqual(Object.keys(copy).slice(2), ['registration', 'training', 'matchmaking', 'notifications']);

      await page.getByRole('button', { name: t('privacy.erase_go') }).click();
      await page.getByRole('button', { name: t('privacy.erase_yes') }).click();
      await page.locator('[name=word][aria-invalid]').waitFor();
      await inspect(page, 'erasing');
      await page.getByLabel(t('privacy.type', { word: t('privacy.word') })).fill(t('privacy.word'));
      await page.getByRole('button', { name: t('privacy.erase_yes') }).click();
      await page.waitForURL(`${district.origin}/welcome`);
      await assert.rejects(district.call('registration.member_card', { person_id }), /unknown_person/);
      await page.context().close();
    });
  });
}

test('every page at both sizes, in both languages, light and dark, in large type', async () => {
  const { campaign_id } = await district.campaign({ name: '全年课堂', classes: ['书法', '茶艺', '摄影', '瑜伽'].map((name) => ({ title: name, capacity: 12 })) });
  const evening_id = await district.evening('中秋茶会');
  const pages = ['/', '/join', '/card', '/courses', `/courses/${campaign_id}`, '/calendar', '/evenings', `/evenings/${evening_id}`, '/evenings/profile', '/evenings/people', '/inbox', '/me', '/me/contact', '/me/password', '/me/notices', '/me/privacy', '/me/devices'];
  const { page, phone } = await member(PEOPLE[0]);
  const state = await page.context().storageState();
  assert.ok(phone);
  const faults = [];
  for (const [size, language, colorScheme, large] of [[PHONE, 'zh-CN', 'light'], [PHONE, 'en', 'dark', true], [DESK, 'zh-CN', 'dark'], [DESK, 'en', 'light', true]]) {
    const shown = await open(browser, { size, language, colorScheme, storageState: state });
    await shown.addInitScript(([tag, isLarge]) => {
      localStorage.setItem('gonghui.language', tag);
      localStorage.setItem('gonghui.large_type', isLarge ? 'yes' : 'no');
    }, [language, large]);
    for (const path of pages) {
      await shown.goto(district.origin + path, { waitUntil: 'domcontentloaded' });
      await shown.locator('h1').waitFor();
      await until(async () => (await shown.locator('.van-skeleton').count()) === 0, `${path} to be loaded`);
      await inspect(shown, `${path} ${language} ${size.width} ${colorScheme}`).catch((fault) => faults.push(fault.message));
      await shot(shown, `page${path.replace(/[0-9a-f-]{36}/, 'one').replaceAll('/', '-')}-${size.width}-${language}-${colorScheme}`);
    }
    await shown.context().close();
  }
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('a session ends on another device, and with it what is open there', async () => {
  const here = await member(PEOPLE[0]);
  const there = await open(browser, PEOPLE[0]);
  // A number gets one code a minute, so the second log-in is by another one.
  const phone = `1360000${String(++people).padStart(4, '0')}`;
  await district.call('registration.confirm_phone', { person_id: here.person_id, phone });
  await logIn(there, zh, phone);
  await here.page.goto(`${district.origin}/me/devices`);
  await here.page.getByRole('button', { name: zh.devices.end }).click();
  await until(async () => (await here.page.locator('.entry').count()) === 1, 'the other session to be gone');
  // Without a touch: its stream ends, and it asks why.
  await there.waitForURL(/welcome/, { timeout: 20_000 });
  await here.page.goto(`${district.origin}/me`);
  await here.page.getByRole('button', { name: zh.me.out }).click();
  await here.page.waitForURL(/welcome/);
  await sleep(200);
  assert.deepEqual(here.page.faults, []);
  await here.page.context().close();
  await there.context().close();
});
