/** What the service worker says that reads may see before it is applied. */

import 'fake-indexeddb/auto';
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeepAlive } from '../../src/background/browser/keep-alive';
import { WindowUpdates } from '../../src/background/updates/window-updates';
import { windowUpdatesAnswer } from '../../src/protocol/entries-ahead';
import type { ModifierMethod } from '../../src/spec/modifier-methods';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import { FakeLocks } from './locks';

vi.stubGlobal('chrome', { runtime: { getPlatformInfo: async () => ({}) } });

const ORIGIN = 'https://a.example';
const NOW = 1_000_000;

const set = (key: string, value: string, ignoreIfPresent = false): ModifierMethod => ({ type: 'set', key, value, ignoreIfPresent });

let database: IndexedDatabase;
let locks: FakeLocks;
let updates: WindowUpdates;
let sequence: number;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  database = new IndexedDatabase(() => ({ currentWallTime: NOW, defaultEntryLifetime: 1000, quota: 1000 }));
  locks = new FakeLocks();
  updates = new WindowUpdates(database, locks, () => undefined, new KeepAlive());
  sequence = 0;
});

afterEach(async () => {
  vi.restoreAllMocks();
  // Nothing is left for the next test to see.
  await updates.settledUnlessBlocked(ORIGIN);
});

const add = (methods: ModifierMethod[], withLock: string | null = null) => {
  const update = { dataOrigin: ORIGIN, methods, withLock, documentId: 'document', tabId: 1, time: 0 };
  return updates.add(update, { documentId: 'document', sequence: ++sequence });
};

test('what has been asked for is told of once it is kept: of each key the last value, and the most that it has come to', async () => {
  void add([set('a', '1234')]);
  void add([set('b', '1'), set('a', '12')]);
  expect(await updates.entriesAhead('https://b.example')).toEqual([]);
  const ahead = await updates.entriesAhead(ORIGIN);
  expect(ahead).toEqual([
    ['a', '12', NOW, 10],
    ['b', '1', NOW, 4],
  ]);
  expect(windowUpdatesAnswer(structuredClone(ahead))).toEqual(ahead);
  await updates.settledUnlessBlocked(ORIGIN);
  expect(await updates.entriesAhead(ORIGIN)).toEqual([]);
  expect(await database.get(ORIGIN, 'a')).toBe('12');
});

test.each<[string, ModifierMethod]>([
  ['append', { type: 'append', key: 'a', value: '1' }],
  ['delete', { type: 'delete', key: 'a' }],
  ['clear', { type: 'clear' }],
  ['set, unless there is one', set('a', '1', true)],
])('%s has to be applied before it is known what comes of it', async (_what, method) => {
  void add([set('a', '1')]);
  void add([set('b', '1'), method]);
  void add([set('c', '1')]);
  expect(await updates.entriesAhead(ORIGIN)).toBeNull();
  await updates.settledUnlessBlocked(ORIGIN);
  expect(await updates.entriesAhead(ORIGIN)).toEqual([]);
});

test('nothing is seen ahead while something waits for a lock, nor what came after that', async () => {
  let release = (): void => undefined;
  void locks.request(`${ORIGIN}\nl`, () => new Promise<void>((resolve) => (release = resolve)));
  void add([set('a', 'locked')], 'l');
  void add([set('a', 'later')]);
  expect(await updates.entriesAhead(ORIGIN)).toBeNull();
  release();
  await vi.waitFor(async () => expect(await updates.entriesAhead(ORIGIN)).toEqual([]));
});

test('what could not be kept is not seen, and what the disk refuses to apply has to be tried again first', async () => {
  const addToStore = IDBObjectStore.prototype.add;
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (this: IDBObjectStore, value: unknown, ...key) {
    if (this.name === 'journal' && JSON.stringify(value).includes('unkept')) throw new DOMException('no', 'QuotaExceededError');
    return addToStore.call(this, value, ...key);
  });
  const refused = add([set('a', 'unkept')]).catch((error: Error) => error.name);
  const kept = add([set('b', '1')]);
  expect(await updates.entriesAhead(ORIGIN)).toEqual([['b', '1', NOW, 4]]);
  expect(await refused).toBe('QuotaExceededError');
  await kept;
  const put = IDBObjectStore.prototype.put;
  let isFull = true;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    if (this.name === 'entries' && isFull) throw new DOMException('no', 'QuotaExceededError');
    return put.apply(this, args);
  });
  await updates.settledUnlessBlocked(ORIGIN);
  expect(await updates.entriesAhead(ORIGIN)).toBeNull();
  isFull = false;
  await updates.settledUnlessBlocked(ORIGIN);
  expect(await database.get(ORIGIN, 'b')).toBe('1');
});

test('what an earlier worker has kept comes before what is asked for now, though it is found later', async () => {
  await add([set('a', 'old')]);
  // It leaves it in the journal.
  await updates.entriesAhead(ORIGIN);
  const earlier = updates;
  const next = new IndexedDatabase(() => ({ currentWallTime: NOW, defaultEntryLifetime: 1000, quota: 1000 }));
  updates = new WindowUpdates(next, locks, () => undefined, new KeepAlive());
  void add([set('a', 'new')]);
  expect(await updates.entriesAhead(ORIGIN)).toEqual([['a', 'new', NOW, 8]]);
  await earlier.settledUnlessBlocked(ORIGIN);
});

test('what is seen ahead is applied later, as long as reads ask, unless somebody waits for it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const stored = vi.spyOn(IDBObjectStore.prototype, 'put');
    const isApplied = () => (stored.mock.contexts as IDBObjectStore[]).some(({ name }) => name === 'entries');
    await add([set('a', '1')]);
    for (let i = 0; i < 4; i++) {
      await updates.entriesAhead(ORIGIN);
      await vi.advanceTimersByTimeAsync(90);
    }
    expect(isApplied()).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    await vi.waitFor(() => expect(isApplied()).toBe(true));
    await updates.settledUnlessBlocked(ORIGIN);
    stored.mockClear();
    await add([set('a', '2')]);
    await updates.entriesAhead(ORIGIN);
    await updates.settledUnlessBlocked(ORIGIN);
    expect(isApplied()).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test.each([null, undefined, false, {}, [['k', 'v', 1]], [['k', 'v', '1', 4]], [['k', 1, 1, 4]], [['k', 'v', 1, -1]], [null]])(
  '%j is no answer of the service worker',
  (answer) => {
    expect(windowUpdatesAnswer(answer)).toBeNull();
  },
);
