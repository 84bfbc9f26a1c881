/** What is read from memory, and when the database is asked again. */

import 'fake-indexeddb/auto';
import { IDBDatabase, IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ModifierMethod } from '../../src/spec/modifier-methods';
import { EntriesCache, FRESH } from '../../src/store/entries/entries-cache';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';

const ORIGIN = 'https://a.example';
const set = (key: string, value: string): ModifierMethod => ({ type: 'set', key, value, ignoreIfPresent: false });

let clock: number;
const environment = { currentWallTime: 1_000_000, defaultEntryLifetime: 1000, quota: 1_000_000 };
const begun = vi.spyOn(IDBDatabase.prototype, 'transaction');

/** That of the worklets, with so much memory, and another part of the extension's. */
const open = (maximum = 2 ** 24) => new IndexedDatabase(() => ({ ...environment }), undefined, new EntriesCache(maximum, () => clock));
let reader: IndexedDatabase;
let writer: IndexedDatabase;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  Object.assign(environment, { currentWallTime: 1_000_000, defaultEntryLifetime: 1000 });
  clock = 1;
  reader = open();
  writer = new IndexedDatabase(() => ({ ...environment }));
  await writer.update(ORIGIN, [set('a', '1'), set('b', '2')]);
  begun.mockClear();
});

/** What the task comes to, and whether the database was asked for it. */
async function asking<Result>(task: () => Promise<Result>): Promise<{ result: Result; asked: boolean }> {
  begun.mockClear();
  const result = await task();
  return { result, asked: begun.mock.calls.length > 0 };
}

const fromDatabase = (result: unknown) => ({ result, asked: true });
const fromMemory = (result: unknown) => ({ result, asked: false });

test('what was read is in memory until its time is over', async () => {
  expect(await asking(() => reader.get(ORIGIN, 'a'))).toEqual(fromDatabase('1'));
  clock += FRESH - 1;
  expect(await asking(() => reader.get(ORIGIN, 'a'))).toEqual(fromMemory('1'));
  expect(await asking(() => reader.get(ORIGIN, 'b'))).toEqual(fromDatabase('2'));
  clock += FRESH - 1;
  // Another read has heard meanwhile that nothing has changed.
  expect(await asking(() => reader.get(ORIGIN, 'a'))).toEqual(fromMemory('1'));
  clock += 1;
  expect(await asking(() => reader.get(ORIGIN, 'a'))).toEqual(fromDatabase('1'));
});

test('once all entries were read, all there is to know is in memory', async () => {
  await reader.entries(ORIGIN);
  expect(await asking(() => reader.get(ORIGIN, 'none'))).toEqual(fromMemory(undefined));
  expect(await asking(() => reader.length(ORIGIN))).toEqual(fromMemory(2));
  expect(await asking(() => reader.entries(ORIGIN))).toEqual(
    fromMemory([
      ['a', '1'],
      ['b', '2'],
    ]),
  );
  expect(await asking(() => reader.length('https://none.example'))).toEqual(fromDatabase(0));
});

test('where the database is to be asked each time, it is, and only what has changed is read again', async () => {
  const environmentNow = () => ({ ...environment });
  const asker = new IndexedDatabase(environmentNow, undefined, new EntriesCache(2 ** 24, () => clock, 0));
  const reads = vi.spyOn(IDBObjectStore.prototype, 'getAll');
  const reading = async () => {
    reads.mockClear();
    const { result, asked } = await asking(() => asker.entries(ORIGIN));
    return { entries: Object.fromEntries(result), asked, read: reads.mock.calls.length > 0 };
  };
  expect(await reading()).toEqual({ entries: { a: '1', b: '2' }, asked: true, read: true });
  expect(await reading()).toEqual({ entries: { a: '1', b: '2' }, asked: true, read: false });
  await writer.update(ORIGIN, [set('a', '3')]);
  expect(await reading()).toEqual({ entries: { a: '3', b: '2' }, asked: true, read: false });
  // What it writes itself it need not read.
  await asker.update(ORIGIN, [set('c', '4')]);
  expect(await reading()).toEqual({ entries: { a: '3', b: '2', c: '4' }, asked: true, read: false });
  environment.currentWallTime += 2000;
  expect(await reading()).toMatchObject({ entries: {}, asked: true });
  reads.mockRestore();
});

/** What is read of an origin by one who asks the database each time, and how many entries are read for that. */
function countingReader() {
  const asker = new IndexedDatabase(() => ({ ...environment }), undefined, new EntriesCache(2 ** 24, () => clock, 0));
  const one = vi.spyOn(IDBObjectStore.prototype, 'get');
  const all = vi.spyOn(IDBObjectStore.prototype, 'getAll');
  const read = async (dataOrigin = ORIGIN) => {
    one.mockClear();
    all.mockClear();
    const entries = Object.fromEntries(await asker.entries(dataOrigin));
    return { entries, read: all.mock.calls.length > 0 ? 'all' : one.mock.calls.filter(([key]) => Array.isArray(key)).length };
  };
  return { asker, read };
}

describe('of what another part of the extension has changed', () => {
  test('no more is read than that, whatever it was', async () => {
    const { read } = countingReader();
    const expected: Record<string, string> = { a: '1', b: '2' };
    expect(await read()).toEqual({ entries: expected, read: 'all' });
    await writer.update(ORIGIN, [set('a', '3')]);
    await writer.update(ORIGIN, [{ type: 'delete', key: 'b' }]);
    await writer.update(ORIGIN, [set('c', '4'), { type: 'append', key: 'a', value: '!' }]);
    expect(await read()).toEqual({ entries: { a: '3!', c: '4' }, read: 3 });
    expect(await read()).toEqual({ entries: { a: '3!', c: '4' }, read: 0 });
    await writer.update(ORIGIN, [{ type: 'clear' }, set('d', '5')]);
    expect(await read()).toEqual({ entries: { d: '5' }, read: 'all' });
  });

  test('everything is read where it was too much, and right in any case', async () => {
    const { asker, read } = countingReader();
    const expected: Record<string, string> = { a: '1', b: '2' };
    await read();
    for (const writes of [15, 16, 17, 1, 40]) {
      for (let index = 0; index < writes; index++) {
        const key = `${'k'.repeat(index % 3)}${index}`;
        expected[key] = `${writes} ${index}`;
        await writer.update(ORIGIN, [set(key, `${writes} ${index}`)]);
      }
      expect(await read()).toEqual({ entries: expected, read: writes > 16 ? 'all' : writes });
    }
    // Neither does one change of very many, or very long, keys leave a list of them behind.
    const many = Array.from({ length: 200 }, (_, index) => `many ${index}`);
    for (const keys of [many, ['x'.repeat(3000)]]) {
      await writer.update(
        ORIGIN,
        keys.map((key) => set(key, 'new')),
      );
      for (const key of keys) expected[key] = 'new';
      await writer.update(ORIGIN, [set('a', 'after')]);
      Object.assign(expected, { a: 'after' });
      const [record] = await new Promise<{ recent: unknown[] }[]>((resolve) => {
        const request = indexedDB.open('shared-storage');
        request.onsuccess = () => {
          const records = request.result.transaction('origins').objectStore('origins').getAll();
          records.onsuccess = () => resolve(records.result);
        };
      });
      expect(record?.recent).toHaveLength(1);
      expect(await read()).toEqual({ entries: expected, read: 'all' });
    }
    await asker.update(ORIGIN, [set('own', '1')]);
    await writer.update(ORIGIN, [set('other', '1')]);
    expect(await read()).toEqual({ entries: { ...expected, own: '1', other: '1' }, read: 1 });
  });

  test('nothing is overlooked, however reads and writes meet', async () => {
    const { asker } = countingReader();
    await asker.entries(ORIGIN);
    for (let round = 0; round < 50; round++) {
      const written = writer.update(ORIGIN, [set('theirs', String(round))]);
      const own = round % 3 === 0 ? asker.update(ORIGIN, [set('ours', String(round))]) : null;
      await Promise.all([asker.entries(ORIGIN), asker.entries(ORIGIN), written, own]);
      if (round % 7 === 0) await writer.purgeExpired();
      const read = Object.fromEntries(await asker.entries(ORIGIN));
      expect(read).toEqual({ a: '1', b: '2', theirs: String(round), ours: String(round - (round % 3)) });
    }
  });

  test('what an earlier version has written is all read', async () => {
    const { read } = countingReader();
    await read();
    await new Promise((resolve) => {
      const request = indexedDB.open('shared-storage');
      request.onsuccess = () => {
        const transaction = request.result.transaction(['origins', 'entries'], 'readwrite');
        transaction.objectStore('entries').put({ value: 'old', lastUpdated: 1_000_000 }, [ORIGIN, 'a']);
        transaction.objectStore('origins').put({ bytes: 1, count: 2, mark: 'another', created: null }, ORIGIN);
        transaction.oncomplete = resolve;
      };
    });
    expect(await read()).toEqual({ entries: { a: 'old', b: '2' }, read: 'all' });
    await writer.update(ORIGIN, [set('b', 'new')]);
    expect(await read()).toEqual({ entries: { a: 'old', b: 'new' }, read: 1 });
  });
});

test('what was written since there was nothing need not be read by whoever wrote it', async () => {
  const { asker, read } = countingReader();
  await asker.update('https://new.example', [set('b', '1')]);
  await asker.update('https://new.example', [set('a', '2')]);
  expect(await read('https://new.example')).toEqual({ entries: { a: '2', b: '1' }, read: 0 });
  expect(await asker.entries('https://new.example')).toEqual([
    ['a', '2'],
    ['b', '1'],
  ]);
  await asker.update('https://new.example', [{ type: 'clear' }]);
  await writer.update('https://new.example', [set('c', '3')]);
  expect(await read('https://new.example')).toMatchObject({ entries: { c: '3' } });
});

test('an origin without entries is known as such', async () => {
  expect(await asking(() => reader.get('https://none.example', 'a'))).toEqual(fromDatabase(undefined));
  expect(await asking(() => reader.entries('https://none.example'))).toEqual(fromMemory([]));
});

test.each<[string, () => void]>([
  ['when an operation begins or a lock is granted', () => reader.recheck()],
  ['a little later without that', () => (clock += FRESH)],
])('what another part of the extension has written is seen %s', async (_when, happens) => {
  const writes: [() => Promise<unknown>, [string, string][]][] = [
    [() => writer.update(ORIGIN, [set('a', '3')]), Object.entries({ a: '3', b: '2' })],
    [() => writer.update(ORIGIN, [{ type: 'delete', key: 'b' }]), [['a', '3']]],
    [() => writer.clearOrigin(ORIGIN), []],
    [() => writer.update(ORIGIN, [set('c', '4')]), [['c', '4']]],
    [() => writer.clearAll(), []],
    [() => writer.update(ORIGIN, [set('c', '5')]), [['c', '5']]],
  ];
  for (const [write, expected] of writes) {
    clock += 1;
    await reader.entries(ORIGIN);
    await write();
    happens();
    clock += 1;
    const values = new Map(expected);
    for (const key of ['a', 'b', 'c']) expect(await reader.get(ORIGIN, key)).toBe(values.get(key));
    expect(await reader.entries(ORIGIN)).toEqual(expected);
    expect(await reader.length(ORIGIN)).toBe(expected.length);
  }
});

test('what has to be asked again is, though the question before that is still under way', async () => {
  await reader.get(ORIGIN, 'a');
  clock += FRESH;
  const earlier = reader.get(ORIGIN, 'a');
  await new Promise((resolve) => setImmediate(resolve));
  reader.recheck();
  await earlier;
  expect(await asking(() => reader.get(ORIGIN, 'a'))).toEqual(fromDatabase('1'));
});

test('own writes are seen at once, waited for or not, and are in memory then', async () => {
  await reader.entries(ORIGIN);
  void reader.update(ORIGIN, [set('a', '3')]);
  void reader.update(ORIGIN, [{ type: 'append', key: 'a', value: '4' }, set('aa', '5')]);
  expect(await reader.get(ORIGIN, 'a')).toBe('34');
  expect(await asking(() => reader.entries(ORIGIN))).toEqual(fromMemory(Object.entries({ a: '34', aa: '5', b: '2' })));
  await reader.update(ORIGIN, [{ type: 'delete', key: 'a' }]);
  expect(await asking(() => reader.get(ORIGIN, 'a'))).toEqual(fromMemory(undefined));
  await reader.update(ORIGIN, [{ type: 'clear' }, set('z', '6')]);
  expect(await asking(() => reader.entries(ORIGIN))).toEqual(fromMemory([['z', '6']]));
  void reader.clearOrigin(ORIGIN);
  expect(await reader.get(ORIGIN, 'z')).toBeUndefined();
  expect(await reader.entries(ORIGIN)).toEqual([]);
});

test('a write that finds what is known to be out of date leaves none of that', async () => {
  await reader.entries(ORIGIN);
  await writer.update(ORIGIN, [set('b', '3')]);
  await reader.update(ORIGIN, [set('a', '4')]);
  expect(await reader.entries(ORIGIN)).toEqual(Object.entries({ a: '4', b: '3' }));
});

test('answers come in the order of the questions', async () => {
  await reader.get(ORIGIN, 'a');
  const order: string[] = [];
  await Promise.all(['b', 'a', 'c', 'a'].map((key) => reader.get(ORIGIN, key).then(() => order.push(key))));
  expect(order).toEqual(['b', 'a', 'c', 'a']);
});

test('what expires is gone from memory, and back when it lives longer', async () => {
  await reader.entries(ORIGIN);
  environment.currentWallTime += 999;
  expect(await asking(() => reader.entries(ORIGIN))).toEqual(fromMemory(Object.entries({ a: '1', b: '2' })));
  environment.currentWallTime += 1;
  expect(await asking(() => reader.entries(ORIGIN))).toEqual(fromMemory([]));
  expect(await asking(() => reader.get(ORIGIN, 'a'))).toEqual(fromMemory(undefined));
  environment.defaultEntryLifetime = 2000;
  expect(await asking(() => reader.length(ORIGIN))).toEqual(fromMemory(2));
  environment.defaultEntryLifetime = 1000;
  expect(await reader.purgeExpired()).toBe(2);
  environment.defaultEntryLifetime = 2000;
  reader.recheck();
  expect(await reader.entries(ORIGIN)).toEqual([]);
});

test('of more than there is room for, what was used last stays; one that is too large never does', async () => {
  reader = open(1000);
  const origins = Array.from({ length: 4 }, (_, index) => `https://${index}.example`);
  for (const origin of origins) {
    await writer.update(origin, [set('k', 'v'.repeat(100))]);
    await reader.entries(origin);
    await reader.entries(origins[0] as string);
  }
  expect((await asking(() => reader.entries(origins[0] as string))).asked).toBe(false);
  expect((await asking(() => reader.entries(origins[1] as string))).asked).toBe(true);
  const many = Array.from({ length: 100 }, (_, index) => set(`key ${index}`, ''));
  await writer.update(ORIGIN, many);
  for (let times = 0; times < 2; times++) expect((await asking(() => reader.entries(ORIGIN))).asked).toBe(true);
  // One key after the other, none of which exists.
  for (let index = 0; index < 20; index++) await reader.get(ORIGIN, `none ${index}`);
  expect((await asking(() => reader.get(ORIGIN, 'none 0'))).asked).toBe(true);
});

test('a copy says for how long it may be read, and is the same object until something changes', async () => {
  const copyOf = async (key: string) => {
    const { value, copy } = await reader.getAndCopy(ORIGIN, key, 1000);
    return { value, entries: copy?.entries, freshFor: copy?.freshFor };
  };
  const first = await copyOf('a');
  expect(first).toEqual({ value: '1', entries: Object.entries({ a: '1', b: '2' }), freshFor: FRESH });
  clock += 2;
  const second = await asking(() => copyOf('none'));
  expect(second).toEqual(fromMemory({ value: undefined, entries: first.entries, freshFor: FRESH - 2 }));
  expect(second.result.entries).toBe(first.entries);
  clock += FRESH;
  const third = await asking(() => copyOf('b'));
  expect(third).toEqual(fromDatabase({ value: '2', entries: first.entries, freshFor: FRESH }));
  expect(third.result.entries).toBe(first.entries);
  reader.recheck();
  clock += 1;
  expect((await asking(() => copyOf('b'))).asked).toBe(true);
  await reader.update(ORIGIN, [set('a', '3')]);
  expect((await copyOf('a')).entries).toEqual(Object.entries({ a: '3', b: '2' }));
  environment.currentWallTime += 1000;
  expect(await copyOf('a')).toMatchObject({ value: undefined, entries: [] });
});

test.each([
  ['many entries', Array.from({ length: 10 }, (_, index) => set(`key ${index}`, ''))],
  ['long entries', [set('long', 'v'.repeat(500))]],
])('of %s there is no copy, but the value', async (_what, methods) => {
  await writer.update(ORIGIN, methods);
  for (let times = 0; times < 2; times++) expect(await reader.getAndCopy(ORIGIN, 'a', 1000)).toEqual({ value: '1', copy: null });
  await reader.entries(ORIGIN);
  expect(await asking(() => reader.getAndCopy(ORIGIN, 'a', 1000))).toEqual(fromMemory({ value: '1', copy: null }));
});

test('entries that are read in several chunks are all there, in order', { timeout: 30_000 }, async () => {
  const keys = Array.from({ length: 10_500 }, (_, index) => String(index).padStart(6, '0'));
  await writer.update(
    ORIGIN,
    keys.map((key) => set(key, '')),
  );
  const entries = await reader.entries(ORIGIN);
  expect(entries.map(([key]) => key)).toEqual([...keys, 'a', 'b']);
});
