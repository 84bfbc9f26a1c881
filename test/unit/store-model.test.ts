/**
 * The store, with the journal of windows' updates before it, against a model of it: the same random operations, never a
 * difference, also where the service worker is stopped in the middle of them. `SEED=n` repeats one run.
 */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { expect, test, vi } from 'vitest';
import { KeepAlive } from '../../src/background/browser/keep-alive';
import { WindowUpdates } from '../../src/background/updates/window-updates';
import type { ModifierMethod } from '../../src/spec/modifier-methods';
import { EntriesCache, FRESH } from '../../src/store/entries/entries-cache';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import { FakeLocks } from './locks';
import { StoreModel } from './store-model';

// A worker that waits for a lock keeps itself awake; on a busy machine a run takes longer than the first time of that.
vi.stubGlobal('chrome', { runtime: { getPlatformInfo: async () => ({}) } });

const OPERATIONS = 100_000;
const RUNS = 20;

const ORIGINS = ['https://a.example', 'https://a.example.evil', 'https://a.example:1', 'https://b.example'];
const KEYS = ['k', 'K', 'kk', 'ä', '\ud83d\ude00', '\uffff', '\ud800', ' ', '0', '10', '9'];

/** https://en.wikipedia.org/wiki/Xorshift: small, and the same everywhere. */
function random(seed: number) {
  let state = seed * 2_654_435_761 || 1;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return { below, oneOf: <T>(list: readonly T[]): T => list[below(list.length)] as T };
}

type Random = ReturnType<typeof random>;

function methodOf({ below, oneOf }: Random): ModifierMethod {
  const key = oneOf(KEYS);
  const value = 'v'.repeat(below(below(8) === 0 ? 60 : 12));
  const type = below(20);
  if (type === 0) return { type: 'clear' };
  if (type < 4) return { type: 'delete', key };
  if (type < 10) return { type: 'append', key, value };
  return { type: 'set', key, value, ignoreIfPresent: below(3) === 0 };
}

/** A service worker: a store and the updates of a window, until it is stopped. */
class Worker {
  readonly store: IndexedDatabase;
  readonly #updates: WindowUpdates;
  #isStopped = false;
  /** How many transactions it may begin before it is stopped. */
  #left = Number.POSITIVE_INFINITY;

  constructor(model: StoreModel) {
    this.store = new IndexedDatabase(() => {
      if (this.#isStopped || this.#left-- <= 0) return new Promise(() => undefined);
      return model.environment();
    });
    // Locks go with the worker that holds them.
    this.#updates = new WindowUpdates(this.store, new FakeLocks(), () => undefined, new KeepAlive());
  }

  add(window: Window, update: Asked): Promise<unknown> {
    const { dataOrigin, methods, withLock, sequence } = update;
    const asked = { dataOrigin, methods, withLock, documentId: window.documentId, tabId: 1, time: 0 };
    return this.#updates.add(asked, { documentId: window.documentId, sequence }).then(() => window.answered(sequence));
  }

  async settled(): Promise<void> {
    for (const origin of ORIGINS) await this.#updates.settledUnlessBlocked(origin);
  }

  /** As the browser does it: nothing is begun any more. */
  stop(): void {
    this.#isStopped = true;
  }

  stopSoon(transactions: number): void {
    this.#left = transactions;
  }
}

interface Asked {
  readonly dataOrigin: string;
  readonly methods: readonly ModifierMethod[];
  readonly withLock: string | null;
  readonly sequence: number;
}

/** A document, which asks again for whatever was not answered. */
class Window {
  readonly documentId: string;
  readonly unanswered = new Map<number, Asked>();
  #last = 0;

  constructor(documentId: string) {
    this.documentId = documentId;
  }

  ask(update: Omit<Asked, 'sequence'>): Asked {
    const asked = { ...update, sequence: ++this.#last };
    this.unanswered.set(asked.sequence, asked);
    return asked;
  }

  answered(sequence: number): void {
    this.unanswered.delete(sequence);
  }
}

/** Windows ask for updates, and the worker is stopped at some point of carrying them out; the next one goes on. */
async function askAsWindows(worker: Worker, model: StoreModel, source: Random): Promise<Worker> {
  const { below, oneOf } = source;
  const window = new Window(String(below(1e9)));
  const isStopped = below(3) === 0;
  if (isStopped) worker.stopSoon(below(8));
  // All under the same lock or none: the order among updates with and without one is nobody's business.
  const withLock = below(3) === 0 ? 'lock' : null;
  for (let index = below(12); index >= 0; index--) {
    const methods = Array.from({ length: below(3) === 0 ? below(6) : 1 }, () => methodOf(source));
    const dataOrigin = oneOf(ORIGINS);
    model.update(dataOrigin, methods);
    void worker.add(window, window.ask({ dataOrigin, methods, withLock }));
    if (below(4) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  if (!isStopped) {
    await worker.settled();
    expect(window.unanswered.size).toBe(0);
    return worker;
  }
  for (let turns = below(20); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  worker.stop();
  const next = new Worker(model);
  await Promise.all([...window.unanswered.values()].map((asked) => next.add(window, asked)));
  await next.settled();
  expect(window.unanswered.size).toBe(0);
  return next;
}

/** Asks both for the same; what they answer is compared once the store has. */
function operate(store: IndexedDatabase, model: StoreModel, source: Random): Promise<void> {
  const { below, oneOf } = source;
  const origin = oneOf(ORIGINS);
  const same = async (actual: Promise<unknown>, expected: unknown, what: unknown) =>
    expect({ what, answer: await actual }).toEqual({ what, answer: expected });
  const kind = below(20);
  if (kind === 0) return same(store.entries(origin), model.entries(origin), 'entries');
  if (kind < 3) return same(store.length(origin), model.entries(origin).length, 'length');
  if (kind < 6) {
    const key = oneOf(KEYS);
    const [value, entries] = [new Map(model.entries(origin)).get(key), model.entries(origin)];
    if (below(2) === 0) return same(store.get(origin, key), value, ['get', key]);
    const read = async () => {
      const { copy, ...rest } = await store.getAndCopy(origin, key, 1200);
      return { ...rest, entries: copy ? copy.entries : entries };
    };
    return same(read(), { value, entries }, ['get and copy', key]);
  }
  const methods = Array.from({ length: below(3) === 0 ? below(6) : 1 }, () => methodOf(source));
  return same(store.update(origin, methods), model.update(origin, methods), methods);
}

/** What is written down about an origin is what its entries come to. */
async function requireExactUsage(store: IndexedDatabase, model: StoreModel): Promise<void> {
  await store.purgeExpired();
  const expected = ORIGINS.map((dataOrigin) => {
    const entries = model.entries(dataOrigin);
    return { dataOrigin, bytes: entries.reduce((sum, [key, value]) => sum + 2 * (key.length + value.length), 0), count: entries.length };
  });
  expect(await store.origins()).toEqual(expected.filter(({ count }) => count > 0));
}

async function run(seed: number, operations: number): Promise<void> {
  globalThis.indexedDB = new IDBFactory();
  const source = random(seed);
  const { below } = source;
  const model = new StoreModel();
  // The service worker's and the offscreen document's, which keeps what it has read in memory, all or not much of it.
  let clock = 0;
  const start = () => {
    const cache = new EntriesCache(below(3) === 0 ? below(4000) : 2 ** 24, () => clock);
    return new IndexedDatabase(() => model.environment(), undefined, cache);
  };
  let worker = new Worker(model);
  let offscreen = start();
  for (let done = 0; done < operations; ) {
    const store = source.oneOf([worker.store, offscreen]);
    // Whatever the other one has written is seen as soon as an operation begins, or a little later without that.
    if (below(2) === 0) offscreen.recheck();
    else clock += FRESH;
    const burst = 1 + below(below(10) === 0 ? 100 : 8);
    const pending: Promise<void>[] = [];
    for (let index = 0; index < burst; index++, done++) {
      pending.push(operate(store, model, source));
      clock += below(3) / 4;
      if (below(4) === 0) await Promise.all(pending);
    }
    await Promise.all(pending);
    const event = below(40);
    if (event < 10) model.now += below(400);
    if (event === 10) offscreen = start();
    if (event > 34) worker = await askAsWindows(worker, model, source);
    if (event === 11) await store.purgeExpired();
    if (event === 12) await requireExactUsage(store, model);
    if (event === 13) model.quota = 50 + below(300);
    if (event === 14) {
      // A longer lifetime gives back what nobody has purged yet, so that the purge comes first.
      await requireExactUsage(store, model);
      model.lifetime = 500 + below(1000);
    }
    if (event === 15 && below(3) === 0) {
      await store.clearAll();
      model.clearAll();
    }
  }
  await requireExactUsage(worker.store, model);
}

const seeds = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: RUNS }, () => Math.floor(Math.random() * 1e9));

test.each(seeds)('seed %i: the store and its model never differ', { timeout: 60_000 }, (seed) => run(seed, OPERATIONS / RUNS));
