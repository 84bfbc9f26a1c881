import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Builder } from 'selenium-webdriver';
import { Options, ServiceBuilder } from 'selenium-webdriver/chrome.js';
import { addSharedStorageLab, attachSharedStorageLab } from 'shared-storage-lab/webdriver';
import { serveShop } from './site/server.mjs';

// Without these, Selenium finds a browser and its driver, or a grid at SELENIUM_REMOTE_URL, by itself.
const { CHROME_PATH, CHROMEDRIVER_PATH } = process.env;

test('a visitor who was here before is a returning one', async (context) => {
  const options = addSharedStorageLab(new Options());
  options.addArguments('--headless=new', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []));
  if (CHROME_PATH) options.setBinaryPath(CHROME_PATH);
  const builder = new Builder().forBrowser('chrome').setChromeOptions(options);
  if (CHROMEDRIVER_PATH) builder.setChromeService(new ServiceBuilder(CHROMEDRIVER_PATH));
  const driver = await builder.build();
  const shop = await serveShop();
  context.after(() => Promise.all([driver.quit(), shop.close()]));
  const sharedStorage = await attachSharedStorageLab(driver);

  await sharedStorage.setEntries(shop.origin, { visits: '|' });
  await driver.get(shop.origin);
  await sharedStorage.waitForEvent({ scope: 'sharedStorageWorklet', method: 'set' });
  assert.equal((await sharedStorage.entries(shop.origin)).find(({ key }) => key === 'kind')?.value, 'returning');
});
