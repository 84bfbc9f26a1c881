/** Updates of windows: acknowledged from the journal, applied once, whenever the service worker is stopped. */

import 'fake-indexeddb/auto';
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KeepAlive } from '../../src/background/browser/keep-alive';
import { type Note, type UpdateEvent, WindowUpdates } from '../../src/background/updates/window-updates';
import { lockManagerName } from '../../src/spec/locks';
import type { ModifierMethod } from '../../src/spec/modifier-methods';
import { because } from '../../src/spec/reason';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import { FakeLocks, UnansweredLocks } from './locks';

// Workers that are stopped with locked updates go on being kept alive.
vi.stubGlobal('chrome', { runtime: { getPlatformInfo: async () => ({}) } });

const ORIGIN = 'https://a.example';

const append = (value: string): ModifierMethod => ({ type: 'append', key: 'k', value });

interface Noted {
  readonly event: UpdateEvent;
  readonly outcome: unknown;
}

const set = (value: string): ModifierMethod => ({ type: 'set', key: 'k', value, ignoreIfPresent: false });

/** A service worker that can be stopped before its n-th transaction: then it begins no other. */
class Worker {
  readonly noted: Noted[] = [];
  readonly locks: FakeLocks;
  readonly database: IndexedDatabase;
  readonly updates: WindowUpdates;
  transactions = 0;
  wallTime = 1_000_000;
  readonly #stopped: Promise<never>;
  #stop: (reason: Error) => void = () => undefined;

  constructor(locks: FakeLocks, stopAfter = Number.POSITIVE_INFINITY, quota = 1_000_000) {
    this.locks = locks;
    this.#stopped = new Promise((_, reject) => (this.#stop = reject));
    this.#stopped.catch(() => undefined);
    this.database = new IndexedDatabase(() => {
      if (this.transactions >= stopAfter) {
        this.#stop(new Error('stopped'));
        return new Promise(() => undefined);
      }
      this.transactions++;
      return { currentWallTime: this.wallTime, defaultEntryLifetime: 1_000_000, quota };
    });
    const note: Note = (event, outcome) => this.noted.push({ event, outcome });
    this.updates = new WindowUpdates(this.database, locks, note, new KeepAlive());
    void this.updates.resume();
  }

  /** What comes of it, or a rejection where the worker is stopped meanwhile. */
  unlessStopped<Result>(promise: Promise<Result>): Promise<Result> {
    return Promise.race([promise, this.#stopped]);
  }

  add(sequence: number, methods: ModifierMethod[], withLock: string | null = null): Promise<void> {
    const update = { dataOrigin: ORIGIN, methods, withLock, documentId: 'document', tabId: 1, time: 0 };
    return this.unlessStopped(this.updates.add(update, { documentId: 'document', sequence }));
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

async function countOf(store: string): Promise<number> {
  const database = await openDB('shared-storage');
  try {
    return await database.count(store);
  } finally {
    database.close();
  }
}

/** Keeps everybody from the entries until the function is called that it resolves to. */
async function blockEntries(): Promise<() => Promise<void>> {
  const other = await openDB('shared-storage');
  // Nothing else gets at them as long as this transaction is kept alive.
  const blocking = other.transaction(['entries', 'origins', 'applied'], 'readwrite');
  let isBlocked = true;
  const block = async () => {
    while (isBlocked) await blocking.objectStore('entries').get('nothing');
  };
  const blocked = block();
  return async () => {
    isBlocked = false;
    await blocked;
    other.close();
  };
}

test('an update is acknowledged while nothing that is stored can be read', async () => {
  const worker = new Worker(locks);
  await worker.add(1, [append('1')]);
  expect(await worker.stored()).toBe('1');
  const unblock = await blockEntries();
  const methods: ModifierMethod[] = [
    append('2'),
    { type: 'set', key: 'k', value: '3', ignoreIfPresent: true },
    { type: 'set', key: 'l', value: '4', ignoreIfPresent: false },
    { type: 'delete', key: 'l' },
  ];
  let sequence = 1;
  for (const method of methods) {
    await worker.add(++sequence, [method]);
    await worker.add(++sequence, [method], 'lock');
  }
  expect(worker.noted).toHaveLength(1);
  await unblock();
  expect(await worker.stored()).toBe('122');
});

test('an update takes effect when it is kept, not when it is applied', async () => {
  const worker = new Worker(locks);
  await worker.add(1, [append('k')]);
  worker.wallTime += 999_999;
  expect(await worker.stored()).toBe('k');
  worker.wallTime++;
  expect(await worker.stored()).toBeUndefined();
});

test('what a window asks for in one go is one record', async () => {
  const worker = new Worker(locks);
  await Promise.all(Array.from({ length: 100 }, (_, i) => worker.add(i + 1, [append(`${i};`)])));
  expect(await countOf('journal')).toBe(1);
  expect(await worker.stored()).toBe(Array.from({ length: 100 }, (_, i) => `${i};`).join(''));
});

test('with a lock as well: it is requested once for them, and each is refused or applied by itself', async () => {
  const worker = new Worker(locks, Number.POSITIVE_INFINITY, 300);
  const request = vi.spyOn(locks, 'request');
  const append100 = append('.'.repeat(100));
  await Promise.all([append('0'), ...Array(50).fill(append100), append('1')].map((method, i) => worker.add(i + 1, [method], 'lock')));
  expect(await countOf('journal')).toBe(1);
  expect(await worker.stored()).toBe(`0${'.'.repeat(100)}1`);
  expect(request.mock.calls.filter(([name]) => name === lockManagerName(ORIGIN, 'lock'))).toHaveLength(1);
  expect(worker.noted).toHaveLength(52);
  expect(worker.noted.filter(({ outcome }) => (outcome as { result: boolean }).result)).toHaveLength(3);
});

test('records that are applied go with a later one, and then their marks', async () => {
  const worker = new Worker(locks);
  for (let round = 1; round <= 5; round++) {
    await worker.add(round, [append(String(round))]);
    await worker.stored();
  }
  expect(await worker.stored()).toBe('12345');
  expect(await countOf('journal')).toBe(1);
  expect(await countOf('applied')).toBeLessThanOrEqual(2);
});

test('what is applied leaves the journal also when nothing more is asked for', async () => {
  const worker = new Worker(locks);
  await worker.add(1, [append('1')]);
  await worker.stored();
  await worker.database.tidyJournal();
  expect(await countOf('journal')).toBe(0);
  expect(await worker.stored()).toBe('1');
});

test('a worker that starts reads those records alone of which something is left to apply', async () => {
  const worker = new Worker(locks);
  const locked = [null, 'lock', null, 'other', null];
  await Promise.all(locked.map((withLock, i) => worker.add(i + 1, [append(String(i))], withLock)));
  await worker.stored();
  expect(await countOf('journal')).toBe(locked.length);
  const read: unknown[] = [];
  const { getAll } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.getAll = function (...args) {
    const request = getAll.apply(this, args);
    if (this.name === 'journal') request.addEventListener('success', () => read.push(...(request.result as unknown[])));
    return request;
  };
  try {
    const next = new Worker(locks);
    await next.updates.resume();
    expect(read).toEqual([]);
    // One is left by a worker that is stopped before it can apply it.
    const stopped = new Worker(new FakeLocks(), 2);
    await stopped.add(locked.length + 1, [append('5')]).catch(() => undefined);
    const last = new Worker(locks);
    await last.updates.resume();
    expect(read).toMatchObject([{ updates: [[append('5')]] }]);
    expect([...((await last.stored()) ?? '')].sort().join('')).toBe('012345');
  } finally {
    IDBObjectStore.prototype.getAll = getAll;
  }
});

test('an update that cannot be kept is refused, and not applied', async () => {
  const { indexedDB: working } = globalThis;
  globalThis.indexedDB = {
    open() {
      throw new DOMException('no disk', 'UnknownError');
    },
  } as unknown as IDBFactory;
  const worker = new Worker(locks);
  await expect(worker.add(1, [append('lost')])).rejects.toThrow('no disk');
  globalThis.indexedDB = working;
  await worker.add(2, [append('kept')]);
  expect(await worker.stored()).toBe('kept');
});

test('an update that was refused, and is delivered again after a later one was kept, is refused again', async () => {
  const { add } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.add = function (record, ...rest) {
    const { updates = [] } = record as { updates?: ModifierMethod[][] };
    if (updates.flat().some((method) => 'value' in method && method.value === 'refused'))
      throw new DOMException('no room', 'QuotaExceededError');
    return add.call(this, record, ...rest);
  };
  try {
    const worker = new Worker(locks);
    await worker.add(1, [set('first')]);
    const [refused] = await Promise.allSettled([worker.add(2, [set('refused')]), worker.add(4, [append(', fourth')])]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { message: 'no room' } });
    await expect(worker.add(5, [set('refused')])).rejects.toThrow('no room');
    await worker.add(6, [append(', sixth')]);
  } finally {
    IDBObjectStore.prototype.add = add;
  }
  // The document has heard nothing of this when the worker is stopped.
  const next = new Worker(locks);
  await expect(next.add(2, [set('late')])).rejects.toThrow('has kept what came after it');
  await next.add(4, [append(', fourth')]);
  await expect(next.add(5, [set('late')])).rejects.toThrow('has kept what came after it');
  await Promise.all([next.add(6, [append(', sixth')]), next.add(7, [append(', seventh')])]);
  expect(await next.stored()).toBe('first, fourth, sixth, seventh');
});

test('a read between two updates of one record sees the first and not the second', async () => {
  const worker = new Worker(locks);
  const added = [worker.add(1, [append('1')])];
  await Promise.resolve();
  const read = worker.database.get(ORIGIN, 'k');
  added.push(worker.add(2, [append('2')]));
  expect(await read).toBe('1');
  await Promise.all(added);
  expect(await worker.stored()).toBe('12');
});

test('a write that is delivered again is applied once', async () => {
  const worker = new Worker(locks);
  await worker.add(1, [append('1')]);
  await Promise.all([worker.add(2, [append('2')]), worker.add(2, [append('2')])]);
  await worker.add(2, [append('2')]);
  const next = new Worker(locks);
  await next.add(2, [append('2')]);
  await next.add(3, [append('3')], 'lock');
  await next.add(3, [append('3')], 'lock');
  expect(await next.stored()).toBe('123');
});

test('what was asked for is settled when it is applied, also where the last delivery was a repeated one', async () => {
  const worker = new Worker(locks);
  await worker.add(1, [append('1')]);
  expect(await worker.stored()).toBe('1');
  const unblock = await blockEntries();
  await Promise.all([worker.add(2, [append('2')]), worker.add(2, [append('2')])]);
  let isSettled = false;
  const settled = worker.updates.settledUnlessBlocked(ORIGIN).then(() => (isSettled = true));
  for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
  expect(isSettled).toBe(false);
  await unblock();
  await settled;
  expect(await worker.stored()).toBe('12');
});

describe('what a worker keeps that is being stopped, when the next one has read the journal,', () => {
  /** The next worker, after `sequences` were kept by the one before it, which applies nothing any more. */
  async function workerAfter(sequences: number[], withLock: string | null): Promise<Worker> {
    const before = new Worker(locks);
    await before.add(1, [append('1')]);
    expect(await before.stored()).toBe('1');
    const stopping = new Worker(new FakeLocks(), 2);
    await stopping.updates.resume();
    const next = new Worker(locks);
    await next.updates.resume();
    await Promise.all(sequences.map((sequence) => stopping.add(sequence, [append(String(sequence))], withLock)));
    return next;
  }

  test.each([null, 'lock'])('comes before what is asked for after it was delivered again, with the lock %s', async (withLock) => {
    const next = await workerAfter([2, 3], withLock);
    await Promise.all([2, 3, 4, 5].map((sequence) => next.add(sequence, [append(String(sequence))], withLock)));
    expect(await next.stored()).toBe('12345');
    expect(await new Worker(locks).stored()).toBe('12345');
  });

  test('is applied where nothing comes after it', async () => {
    const next = await workerAfter([2, 3], null);
    await Promise.all([next.add(2, [append('2')]), next.add(3, [append('3')])]);
    expect(await next.stored()).toBe('123');
  });

  test('comes before what is asked for next, where the document had heard that it was kept', async () => {
    const next = await workerAfter([2, 3], null);
    await next.add(4, [append('4')]);
    await next.add(5, [append('5')]);
    expect(await next.stored()).toBe('12345');
  });

  describe('and has ended,', () => {
    let stopping: Worker;
    let next: Worker;
    beforeEach(async () => {
      const stoppingLocks = new FakeLocks('the worker that is being stopped');
      stopping = new Worker(stoppingLocks);
      // It applies nothing any more.
      vi.spyOn(stopping.database, 'applyKept').mockReturnValue(new Promise(() => undefined));
      await stopping.updates.succeed();
      // It holds the lock by then.
      await new Promise((resolve) => setImmediate(resolve));
      next = new Worker(new FakeLocks('the next worker', stoppingLocks));
      await next.updates.succeed();
      await stopping.add(1, [append('1')]);
    });

    test('is applied though nobody asks for anything any more', async () => {
      stopping.locks.end();
      await expect.poll(() => next.noted.length).toBe(1);
      expect(await next.database.get(ORIGIN, 'k')).toBe('1');
    });

    test('or not: is seen by whoever reads', async () => {
      expect(next.updates.isSettled(ORIGIN)).toBe(false);
      expect(await next.updates.entriesAhead(ORIGIN)).toBeNull();
      expect(await next.stored()).toBe('1');
      await stopping.add(2, [append('2')]);
      expect(await next.stored()).toBe('12');
      stopping.locks.end();
      await expect.poll(() => next.updates.isSettled(ORIGIN)).toBe(true);
      const { transactions } = next;
      await next.updates.settledUnlessBlocked(ORIGIN);
      expect(next.transactions).toBe(transactions);
    });
  });

  test('is found a little later where the journal cannot be read', async () => {
    const next = await workerAfter([2], null);
    const failing = vi.spyOn(IDBObjectStore.prototype, 'getAllKeys').mockImplementation(() => {
      throw new Error('not now');
    });
    const reported = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await next.add(3, [append('3')]);
    expect(reported).toHaveBeenCalledOnce();
    failing.mockRestore();
    reported.mockRestore();
    expect(await next.stored()).toBe('13');
    await next.add(4, [append('4')]);
    expect(await next.stored()).toBe('1324');
  });
});

describe('where the database cannot store a kept update', () => {
  /** Which values it refuses. */
  let refuses: (value: string) => boolean;
  const { put } = IDBObjectStore.prototype;

  beforeEach(() => {
    refuses = () => false;
    IDBObjectStore.prototype.put = function (stored, ...rest) {
      const { value } = stored as { value?: string };
      if (value !== undefined && refuses(value)) throw new DOMException('the disk is full', 'QuotaExceededError');
      return put.call(this, stored, ...rest);
    };
  });
  afterEach(() => {
    IDBObjectStore.prototype.put = put;
  });

  const outcomes = ({ noted }: Worker) => noted.map(({ outcome }) => outcome);
  const REFUSED = { error: expect.objectContaining({ message: 'the disk is full' }) };
  const GIVEN_UP = { result: false, reason: because('reasonGivenUp') };

  test('for a while, it comes before those asked for later, and the next worker does not bring the older value back', async () => {
    const worker = new Worker(locks);
    refuses = () => true;
    await worker.add(1, [set('first')]);
    await worker.add(2, [append(' second')]);
    await expect.poll(() => worker.noted.length).toBe(2);
    refuses = () => false;
    await worker.add(3, [append(' third')]);
    await worker.database.settled();
    await worker.add(4, [append(' fourth')]);
    expect(await worker.stored()).toBe('first second third fourth');
    expect(outcomes(worker)).toEqual([REFUSED, REFUSED, ...Array(4).fill({ result: true })]);
    expect(await new Worker(locks).stored()).toBe('first second third fourth');
  });

  test('for a while, whoever waits for what was asked for finds it', async () => {
    const worker = new Worker(locks);
    refuses = () => true;
    await worker.add(1, [set('value')]);
    await expect.poll(() => worker.noted.length).toBe(1);
    expect(worker.updates.isSettled(ORIGIN)).toBe(false);
    expect(await worker.stored()).toBeUndefined();
    refuses = () => false;
    expect(await worker.stored()).toBe('value');
    expect(worker.updates.isSettled(ORIGIN)).toBe(true);
    expect(outcomes(worker)).toEqual([REFUSED, { result: true }]);
  });

  test('for ever, it is given up when the next one is stored, in whichever record that is', async () => {
    const worker = new Worker(locks);
    refuses = (value) => value.includes('bad');
    await Promise.all([worker.add(1, [set('bad')]), worker.add(2, [append('good')])]);
    expect(await worker.stored()).toBe('good');
    await worker.add(3, [append(' bad')]);
    expect(await worker.stored()).toBe('good');
    await worker.add(4, [append(' better')]);
    expect(await worker.stored()).toBe('good better');
    refuses = () => false;
    const next = new Worker(locks);
    expect(await next.stored()).toBe('good better');
    await next.add(5, []);
    await next.stored();
    await next.database.tidyJournal();
    expect(await countOf('journal')).toBe(0);
    expect(outcomes(worker)).toEqual(
      [REFUSED, GIVEN_UP, { result: true }, REFUSED, GIVEN_UP, { result: true }].map((one) => expect.objectContaining(one)),
    );
  });

  test('one with a lock is tried again with the next that gets the lock, and not before', async () => {
    const worker = new Worker(locks);
    refuses = () => true;
    await worker.add(1, [set('locked')], 'lock');
    await expect.poll(() => worker.noted.length).toBe(1);
    refuses = () => false;
    await worker.add(2, [set('unlocked')]);
    expect(await worker.stored()).toBe('unlocked');
    await worker.add(3, [append(' and locked')], 'lock');
    expect(await worker.stored()).toBe('locked and locked');
    expect(await new Worker(locks).stored()).toBe('locked and locked');
  });

  test('no other data origin waits for it', async () => {
    const worker = new Worker(locks);
    refuses = (value) => value === 'bad';
    const others = 'https://b.example';
    const asked = { dataOrigin: others, methods: [set('good')], withLock: null, documentId: 'other', tabId: 2, time: 0 };
    await Promise.all([worker.add(1, [set('bad')]), worker.updates.add(asked, { documentId: 'other', sequence: 1 })]);
    await worker.updates.settledUnlessBlocked(ORIGIN);
    expect(await worker.database.get(others, 'k')).toBe('good');
  });
});

test('locked updates wait for their lock, in their order; others do not wait with them', async () => {
  const worker = new Worker(locks);
  const letGo = await locks.hold(lockManagerName(ORIGIN, 'lock'));
  await worker.add(1, [append('a')], 'lock');
  await worker.add(2, [append('b')]);
  await worker.add(3, [append('c')], 'lock');
  await worker.add(4, [append('d')], 'another lock');
  expect(await worker.stored()).toBe('bd');
  letGo();
  await worker.locks.request(lockManagerName(ORIGIN, 'lock'), async () => undefined);
  expect(await worker.stored()).toBe('bdac');
});

describe('updates with a lock that is free', () => {
  test('are applied in the order of the calls, with those without a lock', async () => {
    const worker = new Worker(locks);
    const add = (sequence: number, withLock: string | null) => worker.add(sequence, [append(String(sequence))], withLock);
    await Promise.all([add(1, 'l'), add(2, null), add(3, null), add(4, 'other'), add(5, null), add(6, 'l'), add(7, 'l'), add(8, null)]);
    expect(await worker.stored()).toBe('12345678');
    await Promise.all([worker.add(9, [set('gone')], 'l'), worker.add(10, [{ type: 'clear' }])]);
    expect(await worker.stored()).toBeUndefined();
    expect(worker.updates.isSettled(ORIGIN)).toBe(true);
  });

  test('hold up nothing of another data origin, and nothing where somebody else has the lock', async () => {
    const worker = new Worker(locks);
    const letGo = await locks.hold(lockManagerName(ORIGIN, 'l'));
    await Promise.all([
      worker.add(1, [append('1')], 'l'),
      worker.add(2, [append('2')]),
      worker.add(3, [append('3')], 'free'),
      worker.add(4, [append('4')]),
    ]);
    expect(await worker.stored()).toBe('234');
    letGo();
    await expect.poll(() => worker.stored()).toBe('2341');
  });

  test('ask the browser who holds locks once for all that comes behind them', async () => {
    const worker = new Worker(locks);
    const letGo = await locks.hold(lockManagerName(ORIGIN, 'l'));
    await worker.add(1, [append('1')], 'l');
    const before = locks.queries;
    await Promise.all(Array.from({ length: 100 }, (_, index) => worker.add(index + 2, [append('.')])));
    expect(await worker.stored()).toBe('.'.repeat(100));
    expect(locks.queries - before).toBeLessThan(6);
    letGo();
  });
});

test('a worklet that steals the lock keeps nothing from being applied, nor from being said', async () => {
  class StolenLocks extends FakeLocks {
    override request<Result>(name: string, callback: () => Promise<Result>): Promise<Result> {
      return new Promise((resolve, reject) => {
        const stolen = () => {
          if (name === lockManagerName(ORIGIN, 'lock')) reject(new DOMException('Lock broken by another request.', 'AbortError'));
          return callback();
        };
        super.request(name, stolen).then(resolve, reject);
      });
    }
  }
  const worker = new Worker(new StolenLocks());
  await worker.add(1, [append('1')], 'lock');
  await worker.add(2, [append('2')], 'lock');
  expect(await worker.stored()).toBe('12');
  expect(worker.noted.map(({ outcome }) => outcome)).toEqual([{ result: true }, { result: true }]);
});

test('the lock of a record is requested once, also where something of another document comes between its updates', async () => {
  let requests = 0;
  class CountedLocks extends FakeLocks {
    override request<Result>(name: string, callback: () => Promise<Result>): Promise<Result> {
      if (name === lockManagerName(ORIGIN, 'lock')) requests++;
      return super.request(name, callback);
    }
  }
  const unlocked = { dataOrigin: ORIGIN, methods: [append('b')], withLock: null, documentId: 'other', tabId: 2, time: 0 };
  const first = new Worker(locks);
  await first.updates.add(unlocked, { documentId: 'other', sequence: 1 });
  // Its document has heard nothing, and asks the next worker again: so it has its turn there, and no record.
  const worker = new Worker(new CountedLocks());
  const again = () => worker.updates.add(unlocked, { documentId: 'other', sequence: 1 });
  await Promise.all([worker.add(1, [append('1')], 'lock'), again(), worker.add(2, [append('2')], 'lock')]);
  await expect.poll(() => worker.noted.length).toBeGreaterThanOrEqual(2);
  expect(await worker.stored()).toBe('b12');
  expect(requests).toBe(1);
});

describe('whoever waits for what was asked for', () => {
  const LOCK = lockManagerName(ORIGIN, 'lock');

  test('waits for locked updates before somebody else who waits for the lock, and for none after', async () => {
    const worker = new Worker(locks);
    await worker.add(1, [append('1')]);
    expect(await worker.stored()).toBe('1');
    const unblock = await blockEntries();
    await worker.add(2, [append('2')], 'lock');
    await worker.add(3, [append('3')], 'lock');
    const holding = locks.hold(LOCK);
    await worker.add(4, [append('4')], 'lock');
    const stored = worker.stored();
    await unblock();
    expect(await stored).toBe('123');
    const letGo = await holding;
    letGo();
    await locks.request(LOCK, async () => undefined);
    expect(await worker.stored()).toBe('1234');
  });

  test('of another data origin waits for no lock', async () => {
    const worker = new Worker(locks);
    await worker.add(1, [append('1')]);
    const unblock = await blockEntries();
    await worker.add(2, [append('2')], 'lock');
    const holding = locks.hold(LOCK);
    await worker.add(3, [append('3')], 'lock');
    const settled = worker.updates.settledUnlessBlocked('https://b.example');
    await unblock();
    await settled;
    (await holding)();
  });

  test('asks the browser who holds locks once, however many updates wait', async () => {
    const worker = new Worker(locks);
    const letGo = await locks.hold(LOCK);
    await Promise.all(Array.from({ length: 1000 }, (_, index) => worker.add(index + 1, [append('.')], 'lock')));
    // Once before all others.
    expect(locks.queries).toBe(1);
    expect(await worker.stored()).toBeUndefined();
    // Once for how the browser names the worker.
    expect(locks.queries).toBe(3);
    letGo();
    await locks.request(LOCK, async () => undefined);
    expect(await worker.stored()).toBe('.'.repeat(1000));
    expect(locks.queries).toBe(3);
  });

  test('are applied in their order where the journal cannot be read when the first of them is granted its lock', async () => {
    const { get } = IDBObjectStore.prototype;
    let failures = 1;
    IDBObjectStore.prototype.get = function (...args) {
      if (this.name === 'journal' && failures-- > 0) throw new DOMException('no disk', 'UnknownError');
      return get.apply(this, args);
    };
    try {
      const worker = new Worker(locks);
      await worker.add(1, [append('1')], 'lock');
      await worker.stored();
      expect(worker.noted).toMatchObject([{ event: { parameters: { value: '1' } }, outcome: { error: { message: 'no disk' } } }]);
      await worker.add(2, [append('2')], 'lock');
      expect(await worker.stored()).toBe('12');
      expect(worker.noted.slice(1).map(({ outcome }) => outcome)).toEqual([{ result: true }, { result: true }]);
    } finally {
      IDBObjectStore.prototype.get = get;
    }
  });

  test('are applied in their order while the browser is asked for the first time whether the worker may have locks', async () => {
    const unanswered = new UnansweredLocks();
    const worker = new Worker(unanswered);
    for (const sequence of [1, 2, 3]) await worker.add(sequence, [append(String(sequence))], 'lock');
    unanswered.answerNext();
    await worker.add(4, [append('4')], 'lock');
    unanswered.answerAll();
    expect(await worker.stored()).toBe('1234');
  });
});

test('wherever the worker is stopped: what was acknowledged is applied once, in order', { timeout: 60_000 }, async () => {
  const WRITES = 12;
  let isComplete = false;
  for (let stopAfter = 0; !isComplete; stopAfter++) {
    globalThis.indexedDB = new IDBFactory();
    const shared = new FakeLocks();
    let acknowledged = 0;
    let pending: number[] = Array.from({ length: WRITES }, (_, i) => i + 1);
    // As a bridge does it: whatever was not answered is sent again, in its order.
    const send = async (worker: Worker) => {
      while (pending.length > 0) {
        const batch = pending.slice(0, 3);
        await Promise.all(batch.map((sequence) => worker.add(sequence, [append(`${sequence};`)])));
        acknowledged += batch.length;
        pending = pending.slice(batch.length);
        if (pending.length % 2 === 0) await worker.unlessStopped(worker.updates.settledUnlessBlocked(ORIGIN));
      }
    };
    const first = new Worker(shared, stopAfter);
    isComplete = await send(first).then(
      () => true,
      () => false,
    );
    // The second is stopped early as well, in the middle of what the first left.
    const second = new Worker(shared, 2 + (stopAfter % 4));
    await second.unlessStopped(second.updates.settledUnlessBlocked(ORIGIN)).catch(() => undefined);
    const third = new Worker(shared);
    const seen = (await third.stored()) ?? '';
    expect(seen.split(';').length - 1).toBeGreaterThanOrEqual(acknowledged);
    await send(third);
    expect(await third.stored()).toBe(Array.from({ length: WRITES }, (_, i) => `${i + 1};`).join(''));
    await third.add(WRITES + 1, []);
    await third.stored();
    await third.add(WRITES + 2, []);
    expect(await countOf('journal')).toBe(1);
  }
});

test('wherever the worker is stopped: locked updates are applied once, in the order of their lock', { timeout: 60_000 }, async () => {
  for (let stopAfter = 1; stopAfter < 16; stopAfter++) {
    globalThis.indexedDB = new IDBFactory();
    const first = new Worker(new FakeLocks(), stopAfter);
    let acknowledged = 0;
    for (let sequence = 1; sequence <= 5; sequence++) {
      const asked = first.add(sequence, [append(`${sequence};`)], 'lock');
      const isKept = await asked.then(
        () => true,
        () => false,
      );
      if (!isKept) break;
      acknowledged++;
    }
    await first.unlessStopped(first.updates.settledUnlessBlocked(ORIGIN)).catch(() => undefined);
    const second = new Worker(new FakeLocks());
    const seen = (await second.stored()) ?? '';
    const all = Array.from({ length: 5 }, (_, i) => `${i + 1};`).join('');
    expect(all.startsWith(seen)).toBe(true);
    expect(seen.split(';').length - 1).toBeGreaterThanOrEqual(acknowledged);
    for (let sequence = 1; sequence <= 5; sequence++) await second.add(sequence, [append(`${sequence};`)], 'lock');
    expect(await second.stored()).toBe(all);
  }
});

test('the outcome is noted when it is known, with the reason of a refusal, also by the worker after the one that was asked', async () => {
  const first = new Worker(locks, 2, 20);
  await first.add(1, [{ type: 'set', key: 'k', value: '12345', ignoreIfPresent: false }]);
  await first.add(2, [append('6789012345')]).catch(() => undefined);
  const second = new Worker(locks, Number.POSITIVE_INFINITY, 20);
  await second.add(2, [append('6789012345')]);
  expect(await second.stored()).toBe('12345');
  expect(first.noted).toEqual([]);
  expect(second.noted).toMatchObject([
    {
      event: { method: 'set', dataOrigin: ORIGIN, documentId: 'document', parameters: { key: 'k', value: '12345' } },
      outcome: { result: true },
    },
    { event: { method: 'append' }, outcome: { result: false, reason: because('reasonQuota', 20) } },
  ]);
});

test('clearing an origin covers what is kept and not applied, and what waits for a lock', async () => {
  const worker = new Worker(locks);
  const letGo = await locks.hold(lockManagerName(ORIGIN, 'lock'));
  await worker.add(1, [append('locked')], 'lock');
  await worker.add(2, [append('unlocked')]);
  await worker.database.clearOrigin(ORIGIN);
  expect(await countOf('journal')).toBe(0);
  letGo();
  await worker.locks.request(lockManagerName(ORIGIN, 'lock'), async () => undefined);
  expect(await worker.stored()).toBeUndefined();
  expect(worker.noted.at(-1)).toMatchObject({ outcome: { result: false, reason: because('reasonClearedAway') } });
  await worker.add(3, [append('after')]);
  expect(await worker.stored()).toBe('after');
});

test('clearing by another part of the extension covers what this worker has in memory', async () => {
  const worker = new Worker(locks);
  await worker.add(1, [append('k')]);
  await new IndexedDatabase().clearAll();
  expect(await worker.stored()).toBeUndefined();
  await worker.add(2, [append('after')]);
  expect(await worker.stored()).toBe('after');
});

test('locked updates of a database of version 3 are not lost', async () => {
  const old = await openDB('shared-storage', 3, {
    upgrade(created) {
      created.createObjectStore('entries').createIndex('lastUpdated', 'lastUpdated');
      created.createObjectStore('origins');
      created.createObjectStore('settings');
      created.createObjectStore('writes').createIndex('time', 'time');
      created.createObjectStore('lockedUpdates', { autoIncrement: true });
    },
  });
  for (const value of ['1', '2']) await old.add('lockedUpdates', { dataOrigin: ORIGIN, methods: [append(value)], withLock: 'lock' });
  old.close();
  expect(await new Worker(locks).stored()).toBe('12');
});
