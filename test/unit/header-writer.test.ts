/** What responses write: one way into the store with the updates of windows, and one line in the event log for each response. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { KeepAlive } from '../../src/background/browser/keep-alive';
import { HeaderWriter } from '../../src/background/header-writes/header-writer';
import { type Note, WindowUpdates } from '../../src/background/updates/window-updates';
import { lockManagerName } from '../../src/spec/locks';
import { because, type Reason } from '../../src/spec/reason';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import { FakeLocks } from './locks';

const ORIGIN = 'https://a.example';

/** A service worker whose database takes no more than so many transactions: then it is stopped. */
class Worker {
  readonly notes: { method: string; event: Record<string, unknown> }[] = [];
  readonly database: IndexedDatabase;
  readonly updates: WindowUpdates;
  readonly writer: HeaderWriter;

  constructor(locks: FakeLocks, transactions = Number.POSITIVE_INFINITY, quota = 1_000_000) {
    let left = transactions;
    const environment = { currentWallTime: 1_000_000, defaultEntryLifetime: 1_000_000, quota };
    this.database = new IndexedDatabase(() => (left-- > 0 ? environment : new Promise(() => undefined)));
    const noteUpdate: Note = ({ method, scope }, outcome) => this.notes.push({ method, event: { scope, ...outcome } });
    this.updates = new WindowUpdates(this.database, locks, noteUpdate, new KeepAlive());
    const note = (method: string, event: object) => this.notes.push({ method, event: { ...event } });
    this.writer = new HeaderWriter({ note, reasonOfRefusal: async () => null, showIn: () => undefined }, this.updates);
    void this.updates.resume();
  }

  write(line: string, refused: Reason | null = null, id?: { documentId: string; sequence: number }): Promise<void> {
    const caller = { documentId: 'document', tabId: 1 };
    const request = { id: '7', method: 'GET', type: 'xmlhttprequest' };
    return this.writer.write({ caller, request, origin: ORIGIN, url: `${ORIGIN}/x`, status: 200, lines: [line] }, refused, id);
  }

  set(value: string, sequence: number): Promise<void> {
    const methods = [{ type: 'append', key: 'k', value }] as const;
    const update = { dataOrigin: ORIGIN, methods, withLock: null, documentId: 'document', tabId: 1, time: 0 };
    return this.updates.add(update, { documentId: 'document', sequence });
  }

  async stored(): Promise<string | undefined> {
    await this.updates.settledUnlessBlocked(ORIGIN);
    return this.database.get(ORIGIN, 'k');
  }
}

let locks: FakeLocks;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  locks = new FakeLocks();
});

test('a write is kept when its promise settles, without its being applied: a stop before that loses nothing', async () => {
  // One transaction reads what an earlier worker left, one keeps the write, and none applies it.
  await new Worker(locks, 2).write('append;key=k;value=header');
  const next = new Worker(locks);
  expect(await next.stored()).toBe('header');
  expect(next.notes).toEqual([{ method: 'append', event: { scope: 'header', result: true } }]);
});

test('a response of a request that is made once more is kept once, whichever worker has heard of it', async () => {
  const response = (sequence: number) => ({ documentId: 'document token', sequence });
  await new Worker(locks, 2).write('append;key=k;value="1"', null, response(1));
  const next = new Worker(locks);
  await next.write('append;key=k;value="1"', null, response(1));
  await next.write('append;key=k;value="2"', null, response(2));
  await next.write('append;key=k;value="1"', null, response(1));
  // Another request of the document.
  await next.write('append;key=k;value="3"', null, { documentId: 'document other', sequence: 1 });
  expect(await next.stored()).toBe('123');
});

test('writes of responses and of windows are applied in the order in which they were asked for', async () => {
  const worker = new Worker(locks);
  const asked = [worker.set('1', 1), worker.write('append;key=k;value="2"'), worker.set('3', 2), worker.write('append;key=k;value="4"')];
  await Promise.all(asked);
  expect(await worker.stored()).toBe('1234');
});

test('what became of a response is one line in the log', async () => {
  const worker = new Worker(locks, Number.POSITIVE_INFINITY, 20);
  await worker.write('append;key=k;value=v, nonsense');
  await worker.write('append;key=k;value="more than the quota"');
  await worker.stored();
  await worker.write('clear', because('reasonSwitchedOff'));
  expect(worker.notes.map(({ method, event: { scope, result, refusal } }) => [method, scope, result, refusal])).toEqual([
    ['Shared-Storage-Write', 'header', true, null],
    ['Shared-Storage-Write', 'header', false, because('reasonQuota', 20)],
    ['Shared-Storage-Write', 'header', false, because('reasonSwitchedOff')],
  ]);
  const [written, refused] = worker.notes.map(({ event }) => (event.parameters as { items: unknown }).items);
  expect(written).toEqual([
    { item: 'append', text: 'append;key=k;value=v', fate: 'written' },
    { item: 'nonsense', text: 'nonsense', fate: because('itemUnknownName') },
  ]);
  expect(refused).toEqual([{ item: 'append', text: 'append;key=k;value="more than the quota"', fate: because('itemOfRefusedHeader') }]);
});

test('a write that waits for its lock holds no others up, and is in the log when it is applied', async () => {
  const worker = new Worker(locks);
  const letGo = await locks.hold(lockManagerName(ORIGIN, 'l'));
  await worker.write('append;key=k;value=later, options;with_lock=l');
  await worker.write('append;key=k;value="at once "');
  expect(await worker.stored()).toBe('at once ');
  expect(worker.notes).toHaveLength(1);
  letGo();
  await expect.poll(() => worker.stored()).toBe('at once later');
  expect(worker.notes[1]?.event).toMatchObject({ result: true, parameters: { withLock: 'l' } });
});

test('a disk that refuses the write is an error of its own, in the log as well', async () => {
  const working = globalThis.indexedDB;
  globalThis.indexedDB = {
    open() {
      throw new DOMException('no disk', 'UnknownError');
    },
  } as unknown as IDBFactory;
  const worker = new Worker(locks);
  await expect(worker.write('append;key=k;value=lost')).rejects.toThrow('no disk');
  expect(worker.notes[0]?.event).toMatchObject({ result: false, refusal: expect.stringContaining('no disk') });
  globalThis.indexedDB = working;
});
