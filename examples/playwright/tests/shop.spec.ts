import { expect, test } from 'shared-storage-lab/playwright';
import { serveShop } from '../site/server.mjs';

let shop: Awaited<ReturnType<typeof serveShop>>;
test.beforeAll(async () => {
  shop = await serveShop();
});
test.afterAll(() => shop.close());

test('a visitor who was here before is a returning one', async ({ page, sharedStorage }) => {
  await sharedStorage.setEntries(shop.origin, { visits: '|' });
  await page.goto(shop.origin);
  await sharedStorage.waitForEvent({ scope: 'sharedStorageWorklet', method: 'set' });
  await expect(sharedStorage).toHaveSharedStorageEntry(shop.origin, 'kind', 'returning');
  await expect(sharedStorage).toHaveContributed(shop.origin, { bucket: 1n, value: 2 });
});

test('the first visit, in a browser of its own', async ({ page, sharedStorage }) => {
  await page.goto(shop.origin);
  await expect(sharedStorage).toHaveSharedStorageEntry(shop.origin, 'kind', 'new');
  expect(await sharedStorage.entries(shop.origin)).toEqual([
    { key: 'kind', value: 'new' },
    { key: 'visits', value: '|' },
  ]);
});
