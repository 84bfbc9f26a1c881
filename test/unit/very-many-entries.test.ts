/** What it takes to read and write very many entries: counted in requests of the database, not in time. */

import 'fake-indexeddb/auto';
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ModifierMethod } from '../../src/spec/modifier-methods';
import { EntriesCache } from '../../src/store/entries/entries-cache';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import type { OrderedEntries } from '../../src/store/entries/known-entries';
import { connectToEntries, type EntriesConnection } from '../../src/store/entries/schema';

const ORIGIN = 'https://a.example';
const COUNT = 3000;

const set = (key: string): ModifierMethod => ({ type: 'set', key, value: 'v', ignoreIfPresent: false });
const keysFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => String(first + index).padStart(6, '0'));

let connection: EntriesConnection;
let database: IndexedDatabase;
/** How many entries there may have been in each answer of the database so far. */
let asked: number[];

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  connection = connectToEntries();
  const environment = { currentWallTime: 1_000_000, defaultEntryLifetime: 1000, quota: 1_000_000 };
  // There is no room for them in memory.
  database = new IndexedDatabase(() => environment, connection, new EntriesCache(COUNT));
  asked = [];
  const { getAll } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(function (this: IDBObjectStore, ...args) {
    if (this.name === 'entries') asked.push(args[1] ?? Number.POSITIVE_INFINITY);
    return getAll.apply(this, args);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const keysOf = (entries: OrderedEntries) => entries.map(([key]) => key);

/** What comes ahead, and how much was asked of the database before the first of it did; and the rest. */
async function read() {
  const ahead: string[] = [];
  let before: number[] | null = null;
  asked.length = 0;
  const rest = await database.entries(ORIGIN, (entries) => {
    before ??= [...asked];
    ahead.push(...keysOf(entries));
  });
  return { ahead, before, rest: keysOf(rest) };
}

test('the first entries are there when a few have been read, whatever their number, and all of them in their order', async () => {
  await database.update(ORIGIN, keysFrom(0, COUNT).map(set));
  const { ahead, before, rest } = await read();
  expect(before).toEqual([128]);
  expect([...ahead, ...rest]).toEqual(keysFrom(0, COUNT));
});

test('where the order is not that of the database, nothing comes before all are known', async () => {
  await database.update(ORIGIN, [...keysFrom(0, COUNT), '\u0100'].map(set));
  const all = ['\u0100', ...keysFrom(0, COUNT)];
  expect(await read()).toEqual({ ahead: [], before: null, rest: all });
  // One that is gone may have been there when others were looked at; once all are gone, none has.
  await database.update(ORIGIN, [{ type: 'delete', key: '\u0100' }]);
  expect((await read()).ahead).toEqual([]);
  await database.update(ORIGIN, [{ type: 'clear' }, ...keysFrom(0, COUNT).map(set)]);
  expect((await read()).ahead).toEqual(keysFrom(0, COUNT));
});

test('an origin that an earlier version has written to may have keys of any kind', async () => {
  await database.update(ORIGIN, ['a', '\u0100'].map(set));
  await connection.use(async (open) => {
    const { isPlain: _, ...record } = (await open.get('origins', ORIGIN)) ?? { bytes: 0, count: 0, mark: '', created: null };
    await open.put('origins', record, ORIGIN);
  });
  await database.update(ORIGIN, [set('b')]);
  expect(await read()).toEqual({ ahead: [], before: null, rest: ['\u0100', 'a', 'b'] });
});

test('a connection that is closed in between lets no entry be given twice, nor left out', async () => {
  await database.update(ORIGIN, keysFrom(0, COUNT).map(set));
  const ahead: string[] = [];
  let isClosed = false;
  const rest = await database.entries(ORIGIN, (entries) => {
    ahead.push(...keysOf(entries));
    if (isClosed) return;
    isClosed = true;
    // As where the browser has closed it by force.
    vi.spyOn(IDBObjectStore.prototype, 'getAllKeys').mockImplementationOnce(() => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError');
    });
  });
  expect(isClosed).toBe(true);
  expect([...ahead, ...keysOf(rest)]).toEqual(keysFrom(0, COUNT));
});

test('so they are where all are in memory, and something has changed since they were looked at', async () => {
  const environment = { currentWallTime: 1_000_000, defaultEntryLifetime: 1000, quota: 1_000_000 };
  database = new IndexedDatabase(() => environment, connection, new EntriesCache(2 ** 24));
  await database.update(ORIGIN, keysFrom(0, COUNT).map(set));
  await read();
  await database.update(ORIGIN, [set('000000'), set('x')]);
  const parts: OrderedEntries[] = [];
  asked.length = 0;
  const rest = await database.entries(ORIGIN, (entries) => parts.push(entries));
  expect(asked).toEqual([]);
  expect(parts[0]).toHaveLength(128);
  expect(keysOf([...parts.flat(), ...rest])).toEqual([...keysFrom(0, COUNT), 'x']);
  // Nothing has changed since.
  expect((await read()).rest).toHaveLength(COUNT + 1);
  await database.update(ORIGIN, [set('\u0100')]);
  expect(await read()).toEqual({ ahead: [], before: null, rest: ['\u0100', ...keysFrom(0, COUNT), 'x'] });
});

test('batches are applied, and kept in the journal, in transactions of no more than a thousand methods', async () => {
  const puts: Record<string, number> = {};
  const transactions = new Map<unknown, number>();
  for (const method of ['put', 'add'] as const) {
    const native = IDBObjectStore.prototype[method];
    vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (this: IDBObjectStore, ...args) {
      puts[this.name] = (puts[this.name] ?? 0) + 1;
      if (this.name === 'entries') transactions.set(this.transaction, (transactions.get(this.transaction) ?? 0) + 1);
      return native.apply(this, args);
    });
  }
  const batches = [0, 1, 2, 3].map((index) => keysFrom(500 * index, 500).map(set));
  const places = batches.map((methods, index) => {
    const update = { dataOrigin: ORIGIN, methods, withLock: null, documentId: 'document', tabId: 1, time: 0 };
    const kept = database.keep(update, { documentId: 'document', sequence: index + 1 });
    return database.applyKept(ORIGIN, methods, kept);
  });
  await Promise.all(places);
  const counts = [...transactions.values()];
  expect(Math.max(...counts)).toBeLessThanOrEqual(1000);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2000);
  expect(puts.journal).toBe(2);
  expect(await database.length(ORIGIN)).toBe(2000);
});
