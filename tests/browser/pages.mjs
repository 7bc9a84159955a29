// The browser that looks at the pages: Debian's chromium, driven by the packages of services/gateway/web.
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const packages = createRequire(new URL('../../services/gateway/web/package.json', import.meta.url));
const { chromium } = packages('playwright-core');
const axe = packages('axe-core');

export const sizes = { phone: { width: 360, height: 740 }, tablet: { width: 820, height: 1180 }, desktop: { width: 1440, height: 900 } };

// Where pictures go, if anywhere.
const pictures = process.env.GONGHUI_PICTURES;

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export async function openPage(browser, { size, language, address }) {
  const context = await browser.newContext({ viewport: sizes[size], locale: language, timezoneId: 'Asia/Shanghai', baseURL: address, acceptDownloads: true, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    // What the gateway refuses is said by the page; the browser's own line about it is no fault.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) page.faults.push(message.text());
  });
  return page;
}

export async function picture(page, name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** No violation that axe knows, nothing wider than the screen, nothing in the console. */
export async function inspect(page, name) {
  await page.evaluate(axe.source); // past the Content-Security-Policy, which lets no page do this
  const violations = await page.evaluate(async () => {
    const found = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
  });
  assert.deepEqual(violations, [], `${name}: what axe found`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${name}: ${overflow} pixels wider than the screen`);
  assert.deepEqual(page.faults, [], `${name}: faults of the page`);
}
