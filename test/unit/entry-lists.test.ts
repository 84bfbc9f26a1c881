/** Lists of entries, of which whoever shows them reads a part at a time. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test, vi } from 'vitest';
import { EntryLists, type ListQuery } from '../../src/store/entries/entry-lists';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import { connectToEntries } from '../../src/store/entries/schema';

const ORIGIN = 'https://a.example';

let time: number;
let database: IndexedDatabase;
let lists: EntryLists;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  time = 1000;
  const connection = connectToEntries();
  database = new IndexedDatabase(() => ({ currentWallTime: time++, defaultEntryLifetime: 1e9, quota: 1e6 }), connection);
  lists = new EntryLists(connection);
});

const set = (key: string, value: string, dataOrigin = ORIGIN) =>
  database.update(dataOrigin, [{ type: 'set', key, value, ignoreIfPresent: false }]);

async function keysOf(query: Partial<ListQuery>): Promise<(string | undefined)[]> {
  const { list, count } = await lists.make({ dataOrigin: ORIGIN, filter: '', sortBy: 'key', desc: false, ...query });
  return ((await lists.read(list, 0, count)) ?? []).map((entry) => entry?.[0]);
}

test('a list has the keys of its data origin alone, in the order that was asked for', async () => {
  await set('b', '1');
  await set('a', '3');
  await set('c', '2');
  await set('d', '0', 'https://a.example.other');
  expect(await keysOf({})).toEqual(['a', 'b', 'c']);
  expect(await keysOf({ desc: true })).toEqual(['c', 'b', 'a']);
  expect(await keysOf({ sortBy: 'value' })).toEqual(['b', 'c', 'a']);
  expect(await keysOf({ sortBy: 'lastUpdated', desc: true })).toEqual(['c', 'a', 'b']);
});

test('a filter looks for a part of keys and values, in any case', async () => {
  await set('Name', 'x');
  await set('other', 'the NAME of it');
  await set('third', 'y');
  expect(await keysOf({ filter: 'name' })).toEqual(['Name', 'other']);
  expect(await keysOf({ filter: 'name', sortBy: 'value', desc: true })).toEqual(['Name', 'other']);
});

test('a part is read as it is now: what has changed or gone since, too', async () => {
  for (const key of ['a', 'b', 'c', 'd']) await set(key, key);
  const { list, count } = await lists.make({ dataOrigin: ORIGIN, filter: '', sortBy: 'key', desc: false });
  expect(count).toBe(4);
  await set('b', 'changed');
  await database.update(ORIGIN, [{ type: 'delete', key: 'c' }]);
  const part = await lists.read(list, 1, 3);
  expect(part?.map((entry) => entry && [entry[0], entry[1].value])).toEqual([['b', 'changed'], null]);
});

test('of a long list only the beginning is read before somebody looks further', async () => {
  const names = Array.from({ length: 500 }, (_, index) => `key ${String(index).padStart(3, '0')}`);
  await database.update(
    ORIGIN,
    names.map((key) => ({ type: 'set', key, value: key, ignoreIfPresent: false })),
  );
  const getAllKeys = vi.spyOn(IDBObjectStore.prototype, 'getAllKeys');
  const { list, count } = await lists.make({ dataOrigin: ORIGIN, filter: '', sortBy: 'key', desc: false });
  const keysIn = async (from: number, to: number) => (await lists.read(list, from, to))?.map((entry) => entry?.[0]);
  expect(count).toBe(500);
  expect(await keysIn(100, 200)).toEqual(names.slice(100, 200));
  expect(getAllKeys.mock.calls.map(([, most]) => most)).toEqual([200]);
  expect(await keysIn(400, 500)).toEqual(names.slice(400));
  expect(await keysIn(0, 100)).toEqual(names.slice(0, 100));
  expect(getAllKeys).toHaveBeenCalledTimes(2);
  getAllKeys.mockRestore();
});

test('so many lists are remembered, and no more', async () => {
  await set('a', '1');
  const query = { dataOrigin: ORIGIN, filter: '', sortBy: 'key', desc: false } as const;
  const { list: first } = await lists.make(query);
  for (let i = 0; i < 7; i++) await lists.make(query);
  expect(await lists.read(first, 0, 1)).toHaveLength(1);
  for (let i = 0; i < 8; i++) await lists.make(query);
  expect(await lists.read(first, 0, 1)).toBeNull();
});

test('a data origin is as old as the first entry that it has had without a gap', async () => {
  const created = async () => (await lists.creationTimes()).get(ORIGIN);
  expect(await created()).toBeUndefined();
  await set('a', '1');
  const first = await created();
  await set('b', '2');
  await database.update(ORIGIN, [{ type: 'delete', key: 'a' }]);
  expect(await created()).toBe(first);
  await database.update(ORIGIN, [{ type: 'clear' }, { type: 'set', key: 'c', value: '3', ignoreIfPresent: false }]);
  expect(await created()).toBeGreaterThan(first ?? 0);
  await database.update(ORIGIN, [{ type: 'clear' }]);
  expect(await created()).toBeUndefined();
});
