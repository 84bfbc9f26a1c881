/** What is noted of changes, for handlers: in the transaction that makes the change, or not at all. docs/possibilities.md */

import 'fake-indexeddb/auto';
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ModifierMethod } from '../../src/spec/modifier-methods';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import { forgetWatchedKeys, readWatchedKeys, takeChangeNotes, writeWatchedKeys } from '../../src/store/entries/noted-changes';
import { connectToEntries, type EntriesConnection } from '../../src/store/entries/schema';

const set = (key: string, value: string): ModifierMethod => ({ type: 'set', key, value, ignoreIfPresent: false });
const append = (key: string, value: string): ModifierMethod => ({ type: 'append', key, value });
const remove = (key: string): ModifierMethod => ({ type: 'delete', key });
const CLEAR: ModifierMethod = { type: 'clear' };

const watched = new Map([['o', new Set(['k', 'l'])]]);
const environment = { currentWallTime: 1_000_000, defaultEntryLifetime: 1000, quota: 100, watched };
let connection: EntriesConnection;
let database: IndexedDatabase;
const told = vi.fn();
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  Object.assign(environment, { currentWallTime: 1_000_000, quota: 100, watched });
  connection = connectToEntries();
  database = new IndexedDatabase(() => environment, connection);
  told.mockClear();
  database.onNotedChanges(told);
});
afterEach(() => vi.restoreAllMocks());

/** What is noted, as `data origin: action key, …`. */
const taken = async () =>
  (await takeChangeNotes(connection, () => undefined)).map(
    ({ dataOrigin, changes }) => `${dataOrigin}: ${changes.map(({ key, action }) => `${action} ${key}`).join(', ')}`,
  );

test('changes of keys that are watched are noted, and taken once', async () => {
  await database.update('o', [set('k', '1'), set('x', '1'), append('k', '2'), append('k', '3'), remove('l'), set('l', '1')]);
  await database.update('o', [set('x', '2')]);
  await database.update('another', [set('k', '1')]);
  await database.update('o', [CLEAR, set('k', '4')]);
  expect(told).toHaveBeenCalledTimes(2);
  expect(await taken()).toEqual(['o: set k, append k, set l', 'o: clear k, clear l, set k']);
  expect(await taken()).toEqual([]);
});

test('a batch that comes to nothing is not noted, nor what made room for one', async () => {
  await database.update('o', [set('k', 'v'.repeat(40))]);
  expect(await database.update('o', [remove('k'), set('x', 'v'.repeat(60))])).toBe(false);
  environment.currentWallTime += 1000;
  // What has expired gives way: the batch is carried out twice, and noted once.
  expect(await database.update('o', [set('l', '1'), set('x', 'v'.repeat(40))])).toBe(true);
  expect(await taken()).toEqual(['o: set k', 'o: set l']);
});

test('what has expired is not there: deleting and clearing it is no change', async () => {
  await database.update('o', [set('k', '1')]);
  environment.currentWallTime += 1000;
  await database.update('o', [remove('k'), CLEAR]);
  await database.clearOrigin('o');
  expect(await database.purgeExpired()).toBe(0);
  expect(await taken()).toEqual(['o: set k']);
});

test('clearing an origin, or everything, is noted with whoever did it', async () => {
  for (const origin of ['o', 'another']) await database.update(origin, [set('k', '1')]);
  await database.clearOrigin('another');
  await database.clearOrigin('o', { scope: 'header', documentId: 'd', tabId: 7, by: null });
  await database.update('o', [set('l', '1')]);
  await database.clearAll();
  const notes = await takeChangeNotes(connection, () => undefined);
  expect(notes.map(({ changes, method, scope, tabId }) => [changes[0], method, scope, tabId])).toEqual([
    [{ key: 'k', action: 'set' }, 'set', 'background', null],
    [{ key: 'k', action: 'clear' }, 'clear', 'header', 7],
    [{ key: 'l', action: 'set' }, 'set', 'background', null],
    [{ key: 'l', action: 'clear' }, 'clear', 'background', null],
  ]);
});

test('where the note cannot be written, neither is the change', async () => {
  const { add } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function fail(this: IDBObjectStore, ...args) {
    if (this.name === 'changes') throw new Error('no disk');
    return add.apply(this, args);
  });
  await expect(database.update('o', [set('k', '1')])).rejects.toThrow('no disk');
  expect(await database.get('o', 'k')).toBeUndefined();
  expect(told).not.toHaveBeenCalled();
});

test('writes of data origins without handlers open no store more, whether others have some or nobody can have any', async () => {
  await database.get('o', 'k');
  const opened: string[][] = [];
  const { transaction } = IDBDatabase.prototype;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function note(this: IDBDatabase, stores, ...rest) {
    opened.push([stores].flat() as string[]);
    return transaction.call(this, stores, ...rest);
  });
  const storesOf = async (task: () => Promise<unknown>) => {
    opened.length = 0;
    await task();
    return opened.map((stores) => stores.join(' '));
  };
  const without = await storesOf(() => database.update('another', [set('k', '1'), CLEAR]));
  const withHandlers = await storesOf(() => database.update('o', [set('x', '1')]));
  Object.assign(environment, { watched: undefined });
  const switchedOff = await storesOf(() => database.update('o', [set('k', '1'), CLEAR]));
  expect(switchedOff).toEqual(['entries origins applied']);
  expect(without).toEqual(switchedOff);
  expect(withHandlers).toEqual(['entries origins applied changes']);
});

test('the keys that have handlers are kept for the next worker, until there are none, or they are forgotten', async () => {
  await writeWatchedKeys(connection, 'o', ['k', 'l'], () => true);
  await writeWatchedKeys(connection, 'p', ['m', 'n'], (key) => key === 'm');
  expect(await readWatchedKeys(connection)).toEqual(
    new Map([
      ['o', new Set(['k', 'l'])],
      ['p', new Set(['m'])],
    ]),
  );
  await writeWatchedKeys(connection, 'o', ['k', 'l'], (key) => key === 'l');
  expect((await readWatchedKeys(connection)).get('o')).toEqual(new Set(['l']));
  await database.update('o', [set('k', '1')]);
  await forgetWatchedKeys(connection);
  expect((await readWatchedKeys(connection)).size).toBe(0);
  // What is noted meanwhile may be for the first handler of all.
  expect(await taken()).toEqual(['o: set k']);
});
