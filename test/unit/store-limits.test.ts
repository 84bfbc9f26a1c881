/** Quota, expiry, usage and clearing. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import type { ModifierMethod } from '../../src/spec/modifier-methods';
import { because } from '../../src/spec/reason';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';

const set = (key: string, value: string, ignoreIfPresent = false): ModifierMethod => ({ type: 'set', key, value, ignoreIfPresent });

const environment = { currentWallTime: 1_000_000, defaultEntryLifetime: 1000, quota: 100 };
let database: IndexedDatabase;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  Object.assign(environment, { currentWallTime: 1_000_000, defaultEntryLifetime: 1000, quota: 100 });
  database = new IndexedDatabase(() => environment);
});

test('the quota counts keys and values in UTF-16, to the last byte, for each data origin alone', async () => {
  expect(await database.update('o', [set('kk', 'v'.repeat(48))])).toBe(true);
  expect(await database.updateWithReason('o', [set('x', '')])).toEqual({
    result: false,
    reason: because('reasonQuota', 100),
  });
  expect(await database.update('another', [set('x', '')])).toBe(true);
  expect(await database.origins()).toEqual([
    { dataOrigin: 'another', bytes: 2, count: 1 },
    { dataOrigin: 'o', bytes: 100, count: 1 },
  ]);
});

test('a batch over the quota leaves nothing behind, even where its end would fit', async () => {
  await database.update('o', [set('k', 'v'.repeat(40))]);
  expect(await database.update('o', [set('l', 'v'.repeat(40)), { type: 'delete', key: 'k' }])).toBe(false);
  expect(await database.update('o', [{ type: 'delete', key: 'k' }, set('l', 'v'.repeat(40))])).toBe(true);
  expect((await database.entries('o')).map(([key]) => key)).toEqual(['l']);
});

test('under a quota that was lowered, entries can be renewed and made smaller', async () => {
  await database.update('o', [set('k', 'v'.repeat(40))]);
  environment.quota = 50;
  expect(await database.update('o', [set('k', 'new', true)])).toBe(true);
  expect(await database.update('o', [set('k', 'v'.repeat(41))])).toBe(false);
  expect(await database.update('o', [set('k', 'v'.repeat(39))])).toBe(true);
});

test('what has expired neither counts nor takes room, purged or not', async () => {
  await database.update('o', [set('old', 'v'.repeat(40))]);
  await database.update('another', [set('old', 'v')]);
  environment.currentWallTime += 999;
  await database.update('another', [set('young', 'v')]);
  environment.currentWallTime += 1;
  expect(await database.length('another')).toBe(1);
  expect(await database.update('o', [set('new', 'v'.repeat(40))])).toBe(true);
  expect(await database.entries('o')).toEqual([['new', 'v'.repeat(40)]]);
  await database.purgeExpired();
  expect(await database.origins()).toEqual([
    { dataOrigin: 'another', bytes: 12, count: 1 },
    { dataOrigin: 'o', bytes: 86, count: 1 },
  ]);
});

test('ignoreIfPresent on a present key renews it', async () => {
  await database.update('o', [set('k', 'first')]);
  environment.currentWallTime += 900;
  await database.update('o', [set('k', 'second', true)]);
  environment.currentWallTime += 900;
  expect(await database.get('o', 'k')).toBe('first');
});

test('a purge takes more than one transaction and says how many went', async () => {
  environment.quota = 1_000_000;
  await database.update(
    'o',
    Array.from({ length: 250 }, (_, i) => set(`key ${i}`, 'v')),
  );
  environment.currentWallTime += 1000;
  await database.update('o', [set('stays', 'v')]);
  const [purged, joined] = await Promise.all([database.purgeExpired(), database.purgeExpired()]);
  expect([purged, joined]).toEqual([250, 250]);
  expect(await database.length('o')).toBe(1);
});

test('a read sees the updates before it and none after it', async () => {
  const reads: Promise<string | undefined>[] = [];
  for (let i = 0; i < 5; i++) {
    void database.update('o', [set('k', String(i))]);
    reads.push(database.get('o', 'k'));
  }
  expect(await Promise.all(reads)).toEqual(['0', '1', '2', '3', '4']);
});

test('clearing one origin and clearing all', async () => {
  await database.update('a', [set('k', 'v')]);
  await database.update('b', [set('k', 'v')]);
  await database.clearOrigin('a');
  expect((await database.origins()).map(({ dataOrigin }) => dataOrigin)).toEqual(['b']);
  await database.clearAll();
  expect(await database.origins()).toEqual([]);
  expect(await database.length('b')).toBe(0);
});

test('a database of version 1 is migrated: nothing is lost, usage is known, the old expire', async () => {
  const old = await openDB('shared-storage', 1, {
    upgrade(created) {
      created.createObjectStore('entries');
      created.createObjectStore('writes').createIndex('time', 'time');
    },
  });
  const transaction = old.transaction(['entries', 'writes'], 'readwrite');
  for (let i = 0; i < 1200; i++) {
    const entry = { value: 'v', lastUpdated: i < 700 ? 999_000 : 999_001 };
    void transaction.objectStore('entries').put(entry, [`https://${i % 3}.example`, `key ${i}`]);
  }
  void transaction.objectStore('writes').put({ sequence: 7, time: 999_999 }, 'document');
  await transaction.done;
  // As the older version of the extension does it when the newer one starts.
  old.addEventListener('versionchange', () => old.close());

  environment.quota = 100_000;
  expect(await database.length('https://0.example')).toBe(400 - 234);
  const asked = { dataOrigin: 'https://0.example', methods: [], withLock: null, documentId: 'document', tabId: 1, time: 0 };
  expect(await database.keep(asked, { documentId: 'document', sequence: 7 })).toBeNull();
  expect(await database.get('https://0.example', 'key 1197')).toBe('v');
  await database.purgeExpired();
  const usages = await database.origins();
  expect(usages.map(({ count }) => count)).toEqual([166, 167, 167]);
  const entries = await database.entries('https://2.example');
  expect(usages[2]?.bytes).toBe(entries.reduce((sum, [key, value]) => sum + 2 * (key.length + value.length), 0));
});

test('a database of a newer version is left alone, and the error says what to do', async () => {
  (await openDB('shared-storage', 99)).close();
  await expect(database.update('o', [set('k', 'v')])).rejects.toMatchObject({
    name: 'UnknownError',
    message: expect.stringContaining('a newer version of the extension wrote it'),
  });
});

test('a database that another part holds at its old version: an error at last, and it works once the other lets go', {
  timeout: 15_000,
}, async () => {
  const old = await openDB('shared-storage', 1, {
    upgrade(created) {
      created.createObjectStore('entries');
      created.createObjectStore('writes').createIndex('time', 'time');
    },
  });
  await expect(database.length('o')).rejects.toMatchObject({
    name: 'UnknownError',
    message: expect.stringContaining('Reload the extension'),
  });
  old.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await database.length('o')).toBe(0);
});

test('a database that is deleted under the open connection is made anew', async () => {
  await database.update('o', [set('k', 'v')]);
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('shared-storage');
    request.onsuccess = resolve;
    request.onerror = reject;
  });
  expect(await database.length('o')).toBe(0);
  expect(await database.update('o', [set('k', 'again')])).toBe(true);
});
