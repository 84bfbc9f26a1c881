/** When a promise settles tells a page nothing about what is stored: no update waits for the entries, or for a lock. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

/** Keeps everybody else from reading and writing entries, until `letGo` is called. */
const HOLD_ENTRIES = `new Promise((resolve, reject) => {
  const opening = indexedDB.open('shared-storage');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const database = opening.result;
    const transaction = database.transaction(['entries', 'origins'], 'readwrite');
    let isHeld = true;
    self.letGo = () => { isHeld = false; };
    transaction.oncomplete = () => database.close();
    const hold = () => {
      // A transaction is over when it has nothing more to do.
      if (isHeld) transaction.objectStore('entries').count().onsuccess = hold;
      resolve();
    };
    transaction.objectStore('entries').count().onsuccess = hold;
  };
})`;

test('updates are acknowledged while nobody can read or write an entry', async () => {
  const page = await lab.page('acknowledged');
  await page.evaluate(`sharedStorage.set('present', 'v')`);
  const worker = await lab.browser.serviceWorker();
  await worker.evaluate(HOLD_ENTRIES);
  try {
    await page.evaluate(`(async () => {
      await sharedStorage.set('present', 'w', { ignoreIfPresent: true });
      await sharedStorage.append('present', 'x');
      await sharedStorage.set('absent', 'y', { withLock: 'l' });
      await sharedStorage.delete('neither');
      await sharedStorage.batchUpdate([new SharedStorageAppendMethod('absent', 'z')], { withLock: 'l' });
    })()`);
  } finally {
    await worker.evaluate('letGo()');
  }
  expect(await lab.stored('acknowledged')).toEqual({ present: 'vx', absent: 'yz' });
});
