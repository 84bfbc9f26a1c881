/** selectURL(), as far as it goes without a frame: the results are read in the extension. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StoredSelection } from '../../src/store/selection-schema';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

type Page = Awaited<ReturnType<Lab['page']>>;

/** What the extension's database says of a URN. */
async function stored(urn: string): Promise<StoredSelection | undefined> {
  const worker = await lab.browser.serviceWorker();
  const selection = await worker.evaluate(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('shared-storage-selections');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const request = opening.result.transaction('selections').objectStore('selections').get(${JSON.stringify(urn)});
      request.onsuccess = () => { opening.result.close(); resolve(request.result); };
    };
  })`);
  await worker.detach();
  return selection as StoredSelection | undefined;
}

const result = async (urn: string) => until(async () => (await stored(urn))?.result);

async function withModule(site: string): Promise<Page> {
  const page = await lab.page(site);
  await page.evaluate(`sharedStorage.worklet.addModule('/select-url.js')`);
  return page;
}

const URLS = `[{ url: '/a.html' }, { url: '/b.html' }, { url: 'https://other.example/c' }]`;

const select = (data: object, options: object = {}, operation = 'select') =>
  `sharedStorage.selectURL(${JSON.stringify(operation)}, ${URLS}, ${JSON.stringify({ keepAlive: true, data, ...options })})`;

test('a URN comes at once, and the operation selects what it stands for', async () => {
  const page = await withModule('road');
  const urn = await page.evaluate(select({ returns: 2 }));
  expect(urn).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
  expect(await result(urn)).toEqual({ index: 2, reason: null, charged: true });
});
