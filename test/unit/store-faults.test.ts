/**
 * The store while the disk fails: it ends transactions, closes the database, and the service worker is stopped in between, at random. What was acknowledged is there once and in its order, or the event log says that it was given up. `npm run faults` has it fail more often.
 */

import 'fake-indexeddb/auto';
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeepAlive } from '../../src/background/browser/keep-alive';
import { type Note, WindowUpdates } from '../../src/background/updates/window-updates';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import { connectToEntries } from '../../src/store/entries/schema';
import { FakeLocks } from './locks';
import { below, oneOf, SEED } from './random';

vi.stubGlobal('chrome', { runtime: { getPlatformInfo: async () => ({}) } });

const FAULTS = Number(process.env.STORE_FAULTS ?? 300);

const ORIGIN = 'https://a.example';

type Write = (this: IDBObjectStore, ...args: never[]) => unknown;

const METHODS = ['add', 'put', 'delete'] as const;
const working = METHODS.map((name) => [name, IDBObjectStore.prototype[name] as Write] as const);

const { get } = IDBObjectStore.prototype;

/** What the disk does wrong before it works again, and how often it still will. */
class Disk {
  faults = 0;
  #left = 0;
  #chance = 1;

  fail(times: number, chance: number): void {
    this.#left = times;
    this.#chance = chance;
  }

  work(): void {
    this.#left = 0;
  }

  #isFault(): boolean {
    if (this.#left === 0 || below(100) >= 100 * this.#chance) return false;
    this.#left--;
    this.faults++;
    return true;
  }

  /** Called before what has waited for its lock is read from the journal. */
  read(): void {
    if (this.#isFault()) throw new DOMException('no disk', 'UnknownError');
  }

  /** Called in the place of each write. */
  write(store: IDBObjectStore, go: () => unknown): unknown {
    if (!this.#isFault()) return go();
    const { transaction } = store;
    // As where the disk is full; and sometimes as where the browser finds that the database's files are broken.
    const isBroken = below(3) === 0;
    const commit = () => {
      transaction.abort();
      if (isBroken) transaction.db.close();
    };
    // The browser finds out when all is to be written.
    Object.assign(transaction, { commit });
    return go();
  }
}

let disk: Disk;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  disk = new Disk();
  for (const [name, write] of working)
    Object.assign(IDBObjectStore.prototype, {
      [name](this: IDBObjectStore, ...args: never[]) {
        return disk.write(this, () => write.apply(this, args));
      },
    });
  IDBObjectStore.prototype.get = function (...args) {
    if (this.name === 'journal') disk.read();
    return get.apply(this, args);
  };
});
afterEach(() => {
  Object.assign(IDBObjectStore.prototype, { get, ...Object.fromEntries(working) });
});

/** What the event log says became of a write. */
type Said = 'applied' | 'given up' | 'failed';

/** A document, which appends numbers to a key of its own, and says again what was not answered. */
class Document {
  readonly id = crypto.randomUUID();
  readonly key = `key ${this.id}`;
  readonly withLock = oneOf([null, null, 'lock', 'other']);
  readonly unanswered = new Set<number>();
  readonly acknowledged = new Set<number>();
  readonly refused = new Set<number>();
  readonly said = new Map<number, Said[]>();
  /** What became of it may have been known to a worker alone that was stopped before it could say so. */
  mayBeSilent = false;
  #last = 0;

  next(): number {
    this.unanswered.add(++this.#last);
    return this.#last;
  }
}

/** A service worker, until it is stopped: then it begins nothing any more. */
class Worker {
  readonly database: IndexedDatabase;
  readonly #updates: WindowUpdates;
  readonly #documents: readonly Document[];
  readonly #faults = disk.faults;
  #isStopped = false;

  constructor(documents: readonly Document[]) {
    this.#documents = documents;
    const environment = { currentWallTime: 1_000_000, defaultEntryLifetime: 1_000_000, quota: 1_000_000 };
    const connection = connectToEntries();
    const { use } = connection;
    // Also where a task is done once more.
    connection.use = (task) =>
      use.call(connection, (open) => (this.#isStopped ? new Promise(() => undefined) : task(open as never))) as never;
    this.database = new IndexedDatabase(() => environment, connection);
    const note: Note = ({ parameters }, outcome) => {
      const { key, value } = parameters as { key: string; value: string };
      const said = this.#documents.find((document) => document.key === key)?.said;
      const step = Number.parseInt(value, 10);
      const now: Said = 'error' in outcome ? 'failed' : outcome.result ? 'applied' : 'given up';
      said?.set(step, [...(said.get(step) ?? []), now]);
    };
    this.#updates = new WindowUpdates(this.database, new FakeLocks(), note, new KeepAlive());
    void this.#updates.resume();
  }

  stop(): void {
    this.#isStopped = true;
    if (disk.faults > this.#faults) for (const document of this.#documents) document.mayBeSilent = true;
  }

  async ask({ id, key, withLock, unanswered, acknowledged, refused }: Document, sequence: number): Promise<void> {
    const methods = [{ type: 'append', key, value: `${sequence};` }] as const;
    const update = { dataOrigin: ORIGIN, methods, withLock, documentId: id, tabId: 1, time: 0 };
    try {
      await this.#updates.add(update, { documentId: id, sequence });
      if (!this.#isStopped && unanswered.delete(sequence)) acknowledged.add(sequence);
    } catch {
      if (!this.#isStopped && unanswered.delete(sequence)) refused.add(sequence);
    }
  }

  settled(): Promise<void> {
    return this.#updates.settledUnlessBlocked(ORIGIN);
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Documents write, in their order, while the disk fails and the worker is stopped. */
async function write(documents: readonly Document[]): Promise<Worker> {
  let worker = new Worker(documents);
  for (let round = 2 + below(6); round > 0; round--) {
    if (below(2) === 0) disk.fail(1 + below(4), oneOf([1, 0.5, 0.2]));
    for (const document of documents)
      for (let burst = below(6); burst > 0; burst--) {
        void worker.ask(document, document.next());
        if (below(3) === 0) await turn();
      }
    for (let turns = below(30); turns > 0; turns--) await turn();
    if (below(3) > 0) continue;
    worker.stop();
    worker = new Worker(documents);
    for (const document of documents) for (const sequence of document.unanswered) void worker.ask(document, sequence);
  }
  return worker;
}

function check({ key, acknowledged, refused, said, mayBeSilent }: Document, value: string): void {
  const steps = value.split(';').slice(0, -1).map(Number);
  const about = { key, steps, said: Object.fromEntries(said) };
  expect({ about, steps }).toEqual({ about, steps: [...new Set(steps)].sort((a, b) => a - b) });
  const there = new Set(steps);
  for (const step of acknowledged)
    if (!there.has(step) && !(mayBeSilent && !said.has(step)))
      expect({ about, step, said: said.get(step) }).toMatchObject({ said: expect.arrayContaining(['given up']) });
  for (const step of refused) expect({ about, step, isThere: there.has(step) }).toEqual({ about, step, isThere: false });
  for (const [step, words] of said) {
    const applied = words.filter((word) => word === 'applied').length;
    if (mayBeSilent && applied === 0) continue;
    expect({ about, step, isThere: there.has(step), applied }).toEqual({
      about,
      step,
      isThere: applied === 1,
      applied: Math.min(applied, 1),
    });
  }
}

async function episode(): Promise<number> {
  globalThis.indexedDB = new IDBFactory();
  disk = new Disk();
  const documents = Array.from({ length: 1 + below(3) }, () => new Document());
  const worker = await write(documents);
  disk.work();
  // With something after it, everything that the disk had refused is tried again.
  for (const document of documents) await worker.ask(document, document.next());
  for (const document of documents) await vi.waitFor(() => expect(document.unanswered.size).toBe(0));
  await worker.settled();
  await turn();
  for (const document of documents) check(document, (await worker.database.get(ORIGIN, document.key)) ?? '');
  return disk.faults;
}

test(`seed ${SEED}: ${FAULTS} faults of the disk, and what was acknowledged is there, or was given up by the log's own words`, async () => {
  for (let faults = 0; faults < FAULTS; ) faults += await episode();
}, 3_600_000);
