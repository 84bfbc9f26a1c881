/** What is remembered of documents: each within its own room, and no longer than it, or the browser's session, lasts. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import { DocumentRecords, type Records } from '../../src/store/document-records';

const MILLION = 1_000_000;
const GREEDY = { documentId: 'greedy', tabId: 1 };
const OTHER = { documentId: 'other', tabId: 2 };

/** Whether a worker has begun the browser's session. */
let isBegun: boolean;

/** What the next worker of the session has. */
const worker = () =>
  new DocumentRecords(async (clear) => {
    if (isBegun) return;
    await clear();
    isBegun = true;
  });

let things: Records<string | object>;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  isBegun = false;
  things = worker().of('thing');
});

async function usages(): Promise<unknown[]> {
  const database = await openDB('shared-storage-documents');
  try {
    return await database.getAll('documents');
  } finally {
    database.close();
  }
}

test('kinds do not see each other; the next worker of the session sees everything, that of another session nothing', async () => {
  await things.set('k', 'thing', OTHER);
  const others = worker().of('other thing');
  expect(await others.get('k')).toBeUndefined();
  await others.set('k', 'other', OTHER);
  const next = worker().of('thing');
  expect([await next.get('k'), await next.keys(), await next.entries()]).toEqual(['thing', ['k'], [['k', 'thing']]]);
  isBegun = false;
  expect(await worker().of('thing').entries()).toEqual([]);
  expect(await usages()).toEqual([]);
});

test('keys are found by their beginning', async () => {
  for (const key of ['1 1', '1 2', '10 1', '2 1']) await things.set(key, '', OTHER);
  expect(await things.keys('1 ')).toEqual(['1 1', '1 2']);
  expect(await things.keys()).toHaveLength(4);
});

test('a document that has too much loses what it was given first; no other document loses anything', async () => {
  await things.set('of another', 'small', OTHER);
  for (let index = 0; index < 20; index++) await things.set(String(index), 'x'.repeat(2 * MILLION), GREEDY);
  expect((await things.keys()).toSorted()).toEqual(
    [...Array.from({ length: 16 }, (_, index) => String(index + 4)), 'of another'].toSorted(),
  );
});

test('that is so for many small ones as well, and for those of all kinds together', async () => {
  const others = worker().of('other thing');
  await others.set('first', '', GREEDY);
  for (let index = 0; index < 1000; index++) await things.set(String(index), '', GREEDY);
  expect([await others.keys(), (await things.keys()).length]).toEqual([[], 1000]);
});

test('one that is larger than all that a document may have is refused, and nothing goes for it', async () => {
  await things.set('k', 'small', GREEDY);
  const large = { metadata: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`event ${index}`, 'x'.repeat(MILLION)])) };
  await expect(things.set('large', large, GREEDY)).rejects.toThrow(RangeError);
  await expect(things.set('k', large, GREEDY)).rejects.toThrow(RangeError);
  expect(await things.entries()).toEqual([['k', 'small']]);
});

test('what is deleted, replaced or handed to another document makes room', async () => {
  await things.set('k', 'x'.repeat(20 * MILLION), GREEDY);
  await things.set('k', 'x'.repeat(18 * MILLION), GREEDY);
  await things.set('l', 'x'.repeat(14 * MILLION), GREEDY);
  expect(await things.keys()).toEqual(['k', 'l']);
  await things.set('k', '', OTHER);
  await things.set('m', 'x'.repeat(18 * MILLION), GREEDY);
  expect(await things.keys()).toEqual(['k', 'l', 'm']);
  await things.delete(['l', 'm', 'k', 'unknown']);
  expect([await things.keys(), await usages()]).toEqual([[], []]);
});

test('what belonged to documents that are gone is forgotten', async () => {
  const records = worker();
  things = records.of('thing');
  await things.set('a', 'x', GREEDY);
  await records.of('other thing').set('b', 'x', GREEDY);
  await things.set('c', 'x', OTHER);
  expect(await records.forget(async ({ documentId }) => documentId === 'greedy')).toEqual([OTHER]);
  expect([await things.keys(), await records.of('other thing').keys()]).toEqual([['c'], []]);
  expect(await records.forget(async () => true)).toEqual([]);
  expect(await usages()).toEqual([]);
});

test('a session that cannot be begun is told to whoever asks, and begun by the next one', async () => {
  let isBroken = true;
  const records = new DocumentRecords(async (clear) => {
    if (isBroken) throw new Error('not begun');
    await clear();
  });
  await expect(records.of('thing').get('k')).rejects.toThrow('not begun');
  isBroken = false;
  expect(await records.of('thing').get('k')).toBeUndefined();
});
