/** How a connection to a database is opened, kept, lost, given up, and opened again. */

import 'fake-indexeddb/auto';
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';
import { type DBSchema, openDB, unwrap } from 'idb';
import { beforeEach, expect, test, vi } from 'vitest';
import { allOrNothing, DatabaseConnection, type DatabaseDefinition } from '../../src/store/database-connection';

interface Schema extends DBSchema {
  things: { key: string; value: string };
}

const definition = (changes: Partial<DatabaseDefinition<Schema>> = {}): DatabaseDefinition<Schema> => ({
  name: 'things',
  version: 1,
  upgrade(database) {
    database.createObjectStore('things');
  },
  ...changes,
});

let connection: DatabaseConnection<Schema>;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  connection = new DatabaseConnection(definition());
});

const put = (key: string, value: string) => connection.use((open) => open.put('things', value, key));
const get = (key: string) => connection.use((open) => open.get('things', key));

test('it is opened when it is first needed, once, and kept', async () => {
  const open = vi.spyOn(indexedDB, 'open');
  expect(open).not.toHaveBeenCalled();
  await Promise.all([put('a', '1'), put('b', '2')]);
  expect([await get('a'), await get('b')]).toEqual(['1', '2']);
  expect(open).toHaveBeenCalledTimes(1);
});

test('a failure to open is told to all who wait for it, as something that pages may be shown; the next one tries again', async () => {
  const open = vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
    throw new DOMException('no disk', 'UnknownError');
  });
  const outcomes = await Promise.allSettled([put('a', '1'), get('a')]);
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'UnknownError', message: expect.stringContaining('no disk') } });
  expect(open).toHaveBeenCalledTimes(1);
  await put('a', '2');
  expect(await get('a')).toBe('2');
});

test('it gives way to a newer version, and is opened anew where that was taken back', async () => {
  await put('a', '1');
  const newer = await openDB('things', 2);
  await expect(get('a')).rejects.toThrow('a newer version of the extension wrote it');
  newer.close();
  connection = new DatabaseConnection(definition({ version: 2 }));
  expect(await get('a')).toBe('1');
});

test('one that the browser closes, with or without a word, is opened anew', async () => {
  await put('a', '1');
  // Its type asks for the constructor.
  forceCloseDatabase(unwrap(await connection.open()) as never);
  expect(await get('a')).toBe('1');
  (await connection.open()).close();
  expect(await get('a')).toBe('1');
  (await connection.open()).close();
  await Promise.all([put('b', '2'), put('c', '3')]);
  expect([await get('b'), await get('c')]).toEqual(['2', '3']);
});

test('a task whose transaction the browser ends with its connection is done once, with another one', async () => {
  await put('a', '1');
  let attempts = 0;
  await connection.use(async (open) => {
    const transaction = open.transaction('things', 'readwrite');
    const stored = allOrNothing(transaction, () => transaction.store.put('2', 'a'));
    if (++attempts === 1) {
      transaction.abort();
      open.close();
    }
    await stored;
  });
  expect(attempts).toBe(2);
  expect(await get('a')).toBe('2');
});

test('a request that fails before its connection has heard that the browser closes it is made again, with another one', async () => {
  await put('a', '1');
  const used = new Set();
  const answer = connection.use(async (open) => {
    used.add(open);
    if (used.size === 1) throw new DOMException('Connection is closing because of: Unknown', 'UnknownError');
    return open.get('things', 'a');
  });
  expect(await answer).toBe('1');
  expect(used.size).toBe(2);
  const other = new DOMException('Internal error.', 'UnknownError');
  await expect(connection.use(() => Promise.reject(other))).rejects.toBe(other);
});

test('a connection that does not say whether it is open is taken for closed', async () => {
  await put('a', '1');
  const used = new Set();
  const answer = connection.use(async (open) => {
    used.add(open);
    if (used.size > 1) return open.get('things', 'a');
    // No transaction of it ends any more.
    const raw = unwrap(open);
    const begin = raw.transaction.bind(raw);
    raw.transaction = (...scope) => Object.assign(begin(...scope), { _started: true });
    throw new DOMException('', 'AbortError');
  });
  await expect.poll(() => used.size, { timeout: 10_000 }).toBe(2);
  (unwrap([...used][0] as never) as unknown as { _rawDatabase: { transactions: unknown[] } })._rawDatabase.transactions.length = 0;
  expect(await answer).toBe('1');
});

test('one whose transaction is ended for another reason fails, and is not done again', async () => {
  let attempts = 0;
  const failed = connection.use(async (open) => {
    attempts++;
    const transaction = open.transaction('things', 'readwrite');
    const stored = allOrNothing(transaction, () => transaction.store.put('2', 'a'));
    transaction.abort();
    await stored;
  });
  await expect(failed).rejects.toThrow();
  expect(attempts).toBe(1);
  await put('a', '1');
});

test('what a task does wrong is told to whoever asked, and costs nobody else the connection', async () => {
  await put('a', '1');
  const open = vi.spyOn(indexedDB, 'open');
  await expect(connection.use(async () => Promise.reject(new RangeError('of the task')))).rejects.toThrow('of the task');
  await expect(connection.use((opened) => opened.put('things', '2', undefined as unknown as string))).rejects.toThrow();
  expect(await get('a')).toBe('1');
  expect(open).not.toHaveBeenCalled();
});

test('a migration that fails changes nothing, and says why', async () => {
  await put('a', '1');
  (await connection.open()).close();
  connection = new DatabaseConnection(
    definition({
      version: 2,
      async upgrade(_database, _oldVersion, transaction) {
        await transaction.objectStore('things').put('changed', 'a');
        throw new Error('the migration went wrong');
      },
    }),
  );
  await expect(get('a')).rejects.toThrow('the migration went wrong');
  connection = new DatabaseConnection(definition());
  expect(await get('a')).toBe('1');
});

test('while another part holds it at an older version it is waited for, but not for ever; a later attempt succeeds', async () => {
  const old = await openDB('things', 1, { upgrade: (database) => void database.createObjectStore('things') });
  connection = new DatabaseConnection(definition({ version: 2, upgrade: () => undefined }));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const refused = expect(get('a')).rejects.toThrow('Reload the extension');
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1), { timeout: 30_000 });
    await vi.advanceTimersByTimeAsync(5000);
    await refused;
  } finally {
    vi.useRealTimers();
  }
  old.close();
  expect(await get('a')).toBeUndefined();
});

test('a transaction of which a part fails leaves nothing behind', async () => {
  await put('a', '1');
  const failed = connection.use(async (open) => {
    const transaction = open.transaction('things', 'readwrite');
    return allOrNothing(transaction, async () => {
      await transaction.store.put('2', 'a');
      throw new Error('half-way');
    });
  });
  await expect(failed).rejects.toThrow('half-way');
  expect(await get('a')).toBe('1');
});
