import assert from 'node:assert/strict';
import { test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { attachSharedStorageLab, withSharedStorageLab } from 'shared-storage-lab/puppeteer';
import { serveShop } from './site/server.mjs';

// puppeteer, in place of puppeteer-core, brings a browser of its own along, and needs no executablePath.
const executablePath = process.env.CHROME_PATH;
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

test('a visitor who was here before is a returning one', async (context) => {
  const shop = await serveShop();
  const browser = await puppeteer.launch(withSharedStorageLab({ executablePath, args }));
  context.after(() => Promise.all([browser.close(), shop.close()]));
  const sharedStorage = await attachSharedStorageLab(browser);

  await sharedStorage.setEntries(shop.origin, { visits: '|' });
  const page = await browser.newPage();
  await page.goto(shop.origin);
  await sharedStorage.waitForEvent({ scope: 'sharedStorageWorklet', method: 'set' });
  assert.equal((await sharedStorage.entries(shop.origin)).find(({ key }) => key === 'kind')?.value, 'returning');
});
