// The portal over a slow network. Alone on the machine: it says how soon a page is usable.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import zh from '../../services/gateway/web/portal/src/texts/zh-CN.js';
import { launch, open } from './browser.js';
import { District } from './district.js';

const PROGRAMS = process.env.PROGRAMS ?? new URL('../../build/dev/bin', import.meta.url).pathname;
let district;
let browser;

before(async () => {
  [district, browser] = await Promise.all([District.start(PROGRAMS), launch()]);
});
after(async () => {
  await browser?.close();
  await district?.stop();
});

test('the first load is small, and usable within 5 s at 400 kbit/s and 300 ms', async () => {
  const page = await open(browser);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 300, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 });
  let bytes = 0;
  network.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  const begun = Date.now();
  await page.goto(district.origin, { waitUntil: 'commit', timeout: 20_000 });
  await page.getByLabel(zh.field.phone).waitFor({ timeout: 20_000 });
  const took = Date.now() - begun;
  await page.waitForLoadState('networkidle');
  console.log(`first load: ${Math.round(bytes / 1024)} KB, usable after ${(took / 1000).toFixed(1)} s`);
  assert.ok(bytes <= 150 * 1024, `${bytes} bytes`);
  assert.ok(took <= 5000, `${took} ms`);
  await page.context().close();
});
