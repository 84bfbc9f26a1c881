/** When a promise settles tells a page nothing about what is stored: no update waits for the entries, or for a lock. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

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
  await lab.inExtension(HOLD_ENTRIES);
  try {
    await page.evaluate(`(async () => {
      await sharedStorage.set('present', 'w', { ignoreIfPresent: true });
      await sharedStorage.append('present', 'x');
      await sharedStorage.set('absent', 'y', { withLock: 'l' });
      await sharedStorage.delete('neither');
      await sharedStorage.batchUpdate([new SharedStorageAppendMethod('absent', 'z')], { withLock: 'l' });
    })()`);
  } finally {
    await lab.inExtension('letGo()');
  }
  expect(await lab.stored('acknowledged')).toEqual({ present: 'vx', absent: 'yz' });
});

test('an operation behind others is acknowledged as well, and a stop of the service worker does not lose it', async () => {
  lab.serve(
    '/behind.js',
    `register('select', class { async run() { return 0; } });
    register('note', class { async run() { await sharedStorage.append('noted', await sharedStorage.get('before') + ' '); } });`,
  );
  const page = await lab.page('behind');
  await page.evaluate(`sharedStorage.worklet.addModule('/behind.js')`);
  for (const before of ['first', 'second']) {
    await lab.inExtension(HOLD_ENTRIES);
    await page.evaluate(`(async () => {
      sharedStorage.set('before', '${before}');
      sharedStorage.selectURL('select', [{ url: '/blank.html' }], { keepAlive: true });
      await sharedStorage.run('note', { keepAlive: true });
    })()`);
    await lab.stopServiceWorker();
    await until(async () => (await lab.stored('behind')).noted?.endsWith(`${before} `));
  }
  expect((await lab.stored('behind')).noted).toBe('first second ');
});
