/**
 * The setting `preferPolyfill`. That it replaces a native implementation is proven by running all browser tests in a browser
 * that has one (Chromium 150 does, and Lab then sets it); here is what holds in every browser.
 */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

async function preferPolyfill(value: unknown): Promise<void> {
  const worker = await lab.browser.serviceWorker();
  await worker.evaluate(`chrome.storage.local.set({ settings: { preferPolyfill: ${JSON.stringify(value)} } })`);
  const registered = value === true ? 1 : 0;
  await until(() => worker.evaluate(`chrome.scripting.getRegisteredContentScripts().then(({ length }) => length === ${registered})`));
  await worker.detach();
}

test('is read live, and a page without a native API works the same with it and without it', async () => {
  for (const value of [true, false, true]) {
    await preferPolyfill(value);
    const page = await lab.page('preference');
    // Only native functions show their name.
    const isNative = await page.evaluate(`String(sharedStorage.append).includes('append')`);
    expect(isNative).toBe(lab.hasNative && !value);
    // A native API may be switched off, in a browser that has forgotten what it depends on.
    const outcome = await page.evaluate(`sharedStorage.append('k', 'v').then(() => 'appended', (error) => error.message)`);
    if (!isNative) expect(outcome).toBe('appended');
  }
  expect(await lab.stored('preference')).toEqual({ k: lab.hasNative ? 'vv' : 'vvv' });
});

test('counts as false where it is not a boolean', async () => {
  await preferPolyfill(true);
  await preferPolyfill('yes');
});
