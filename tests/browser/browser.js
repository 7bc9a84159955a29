// Debian's Chromium, at the sizes and in the languages of our people.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../services/gateway/web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1440, height: 900 };
const OPTIONS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: OPTIONS });

// A page of its own context. Errors of its scripts fail the test that reads `page.faults`.
export async function open(browser, { size = PHONE, language = 'zh-CN', ...options } = {}) {
  const context = await browser.newContext({ viewport: size, locale: language === 'en' ? 'en-GB' : language, reducedMotion: 'reduce', deviceScaleFactor: process.env.SHOTS ? 2 : 1, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.setDefaultTimeout(10_000);
  return page;
}

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

// No violation of WCAG 2.2 AA that axe can see, nothing wider than the screen, no text that is missing.
export async function inspect(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: 'tag', values: tags } }), WCAG);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`).join(' | ')}`);
  assert.deepEqual(found, [], `axe at ${where}`);
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(excess <= 0, `${where} is ${excess} px wider than the screen`);
  const missing = (await page.locator('body').innerText()).match(/\b[a-z_]+\.[a-z_]+(\.[a-z_]+)*\b(?!\w)/g)?.filter((text) => !/\.(cn|com|example|ics|json)$/.test(text)) ?? [];
  assert.deepEqual(missing, [], `texts that are missing at ${where}`);
  assert.deepEqual(page.faults, [], `scripts at ${where}`);
}
