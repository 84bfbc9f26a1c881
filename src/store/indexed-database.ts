/**
 * The shared storage database in IndexedDB. Updates wait in one queue and are committed in groups, one transaction each,
 * acknowledged when the transaction is complete; reads see every update that was asked for before them.
 */

import {
  batchUpdateEntries,
  type DatabaseEnvironment,
  DEFAULT_ENTRY_LIFETIME,
  determineWhetherAnEntryIsExpired,
  type LockedUpdate,
  type SharedStorageDatabase,
  type WriteId,
} from '../spec/database';
import type { ModifierMethod } from '../spec/modifier-methods';
import { AppliedWrites } from './applied-writes';
import { type Connection, openDatabase, rangeOf } from './schema';
import { BatchMap, TransactionMap, type WriteTransaction } from './transaction-map';

/** What one update is to do, in its turn. */
type Work =
  | { readonly type: 'apply'; readonly dataOrigin: string; readonly methods: readonly ModifierMethod[] }
  | { readonly type: 'keep'; readonly dataOrigin: string; readonly methods: readonly ModifierMethod[]; readonly withLock: string }
  | { readonly type: 'apply what was kept'; readonly number: number };

interface Update {
  readonly work: Work;
  readonly id: WriteId | undefined;
  resolve(result: boolean | null): void;
  reject(reason: unknown): void;
}

/** Bounds how long one transaction keeps readers waiting. */
const MAXIMUM_GROUP = 1000;

/** A document sends nothing for this long and then repeats a delivery: that does not happen. */
const WRITE_ID_LIFETIME = 24 * 60 * 60 * 1000;

export class IndexedDatabase implements SharedStorageDatabase {
  readonly #environment: () => DatabaseEnvironment;
  #connection: Promise<Connection> | null = null;
  #queue: Update[] = [];
  #committing = false;
  /** Settles with the update that was asked for last. */
  #lastUpdate: Promise<unknown> = Promise.resolve();

  constructor(environment = (): DatabaseEnvironment => ({ currentWallTime: Date.now(), defaultEntryLifetime: DEFAULT_ENTRY_LIFETIME })) {
    this.#environment = environment;
  }

  update(dataOrigin: string, methods: readonly ModifierMethod[], id?: WriteId): Promise<boolean | null> {
    return this.#enqueue({ type: 'apply', dataOrigin, methods }, id);
  }

  keepLocked(dataOrigin: string, methods: readonly ModifierMethod[], withLock: string, id: WriteId): Promise<boolean | null> {
    return this.#enqueue({ type: 'keep', dataOrigin, methods, withLock }, id);
  }

  applyLocked(number: number): Promise<boolean | null> {
    return this.#enqueue({ type: 'apply what was kept', number });
  }

  async lockedUpdates(after: number): Promise<LockedUpdate[]> {
    await this.settled();
    const { store } = (await this.#open()).transaction('lockedUpdates');
    const range = IDBKeyRange.lowerBound(after, true);
    const [numbers, updates] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
    return updates.map(({ dataOrigin, withLock }, index) => ({ number: numbers[index] ?? 0, dataOrigin, withLock }));
  }

  #enqueue(work: Work, id?: WriteId): Promise<boolean | null> {
    const result = new Promise<boolean | null>((resolve, reject) => {
      this.#queue.push({ work, id, resolve, reject });
    });
    this.#lastUpdate = result.catch(() => undefined);
    if (!this.#committing) void this.#commitAll();
    return result;
  }

  async get(dataOrigin: string, key: string): Promise<string | undefined> {
    await this.settled();
    const valueStruct = await (await this.#open()).get('entries', [dataOrigin, key]);
    if (!valueStruct || determineWhetherAnEntryIsExpired(this.#environment(), valueStruct)) return undefined;
    return valueStruct.value;
  }

  async length(dataOrigin: string): Promise<number> {
    await this.settled();
    return (await this.#open()).count('entries', rangeOf(dataOrigin));
  }

  async entries(dataOrigin: string): Promise<[key: string, value: string][]> {
    await this.settled();
    const { store } = (await this.#open()).transaction('entries');
    const range = rangeOf(dataOrigin);
    const [keys, valueStructs] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
    const environment = this.#environment();
    return keys.flatMap(([, key], index): [string, string][] => {
      const valueStruct = valueStructs[index];
      return valueStruct && !determineWhetherAnEntryIsExpired(environment, valueStruct) ? [[key, valueStruct.value]] : [];
    });
  }

  async settled(): Promise<void> {
    await this.#lastUpdate;
  }

  #open(): Promise<Connection> {
    if (!this.#connection) {
      const forget = () => {
        this.#connection = null;
      };
      this.#connection = openDatabase(forget);
      // A failure to open is not remembered: the next operation tries again.
      this.#connection.catch(forget);
    }
    return this.#connection;
  }

  async #commitAll(): Promise<void> {
    this.#committing = true;
    while (this.#queue.length > 0) {
      const group = this.#queue.splice(0, MAXIMUM_GROUP);
      try {
        await this.#commit(group);
      } catch (reason) {
        await this.#commitOneByOne(group, reason);
      }
    }
    this.#committing = false;
  }

  /** One update that the disk refuses must not take its neighbours with it. */
  async #commitOneByOne(group: Update[], reason: unknown): Promise<void> {
    if (group.length === 1) {
      group[0]?.reject(reason);
      return;
    }
    for (const update of group) {
      try {
        await this.#commit([update]);
      } catch (own) {
        update.reject(own);
      }
    }
  }

  async #commit(group: readonly Update[]): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction(['entries', 'lockedUpdates', 'writes'], 'readwrite', { durability: 'relaxed' });
    let results: (boolean | null)[];
    try {
      results = await this.#apply(group, transaction);
      await transaction.done;
    } catch (reason) {
      await abort(transaction);
      throw reason;
    }
    for (const [index, update] of group.entries()) update.resolve(results[index] as boolean | null);
  }

  async #apply(group: readonly Update[], transaction: WriteTransaction): Promise<(boolean | null)[]> {
    const environment = this.#environment();
    const applied = new AppliedWrites(transaction);
    const maps = new Map<string, TransactionMap>();
    const results: (boolean | null)[] = [];
    for (const { work, id } of group) {
      const verdict = id ? await applied.judge(id) : 'apply';
      if (verdict !== 'apply') {
        // Of one that was applied before only the answer was lost; one that comes too early has overtaken its predecessor.
        results.push(verdict === 'applied' ? true : null);
        continue;
      }
      const batch = await batchOf(work, transaction);
      if (!batch) {
        results.push(work.type === 'keep');
        continue;
      }
      const { dataOrigin, methods } = batch;
      const map = maps.get(dataOrigin) ?? new TransactionMap(transaction, dataOrigin);
      maps.set(dataOrigin, map);
      const batchMap = new BatchMap(map);
      const result = await batchUpdateEntries(batchMap, environment, methods);
      if (result) batchMap.commit();
      results.push(result);
    }
    await Promise.all([...maps.values()].flatMap((map) => map.writeOut()).concat(applied.writeOut(environment.currentWallTime)));
    return results;
  }

  /** Forgets the write numbers of documents that are long gone. */
  async forgetOldWrites(): Promise<void> {
    const { store, done } = (await this.#open()).transaction('writes', 'readwrite', { durability: 'relaxed' });
    const range = IDBKeyRange.upperBound(this.#environment().currentWallTime - WRITE_ID_LIFETIME);
    for (const key of await store.index('time').getAllKeys(range)) await store.delete(key);
    await done;
  }
}

async function abort(transaction: { abort(): void; readonly done: Promise<void> }): Promise<void> {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself, which is why we are here.
  }
  await transaction.done.catch(() => undefined);
}

/** The batch that is to be applied now; null where the work is done without one. */
async function batchOf(
  work: Work,
  transaction: WriteTransaction,
): Promise<{ readonly dataOrigin: string; readonly methods: readonly ModifierMethod[] } | null> {
  if (work.type === 'apply') return work;
  const kept = transaction.objectStore('lockedUpdates');
  if (work.type === 'keep') {
    const { dataOrigin, methods, withLock } = work;
    await kept.add({ dataOrigin, methods, withLock });
    return null;
  }
  const update = await kept.get(work.number);
  await kept.delete(work.number);
  return update ?? null;
}
