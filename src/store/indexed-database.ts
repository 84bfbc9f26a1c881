/** The shared storage database in IndexedDB; each update is acknowledged when its transaction is complete. */

import {
  type DatabaseEnvironment,
  DEFAULT_ENTRY_LIFETIME,
  DEFAULT_QUOTA,
  determineWhetherAnEntryIsExpired,
  type LockedUpdate,
  type SharedStorageDatabase,
  type WriteId,
} from '../spec/database';
import type { ModifierMethod } from '../spec/modifier-methods';
import type { UpdateOutcome } from './commit';
import { expiredBy, purgeExpiredEntries } from './expired';
import { openDatabase } from './open';
import { OperationQueue } from './operation-queue';
import { type Connection, rangeOf, type Usage } from './schema';

/** Asked for before each transaction, so that settings can be read live. */
export type EnvironmentSource = () => DatabaseEnvironment | Promise<DatabaseEnvironment>;

const defaultEnvironment = (): DatabaseEnvironment => ({
  currentWallTime: Date.now(),
  defaultEntryLifetime: DEFAULT_ENTRY_LIFETIME,
  quota: DEFAULT_QUOTA,
});

/** A document sends nothing for this long and then repeats a delivery: that does not happen. */
const WRITE_ID_LIFETIME = 24 * 60 * 60 * 1000;

export class IndexedDatabase implements SharedStorageDatabase {
  readonly #environment: EnvironmentSource;
  readonly #queue = new OperationQueue(() => this.#connect());
  #connection: Promise<Connection> | null = null;
  #purging: Promise<number> | null = null;

  constructor(environment: EnvironmentSource = defaultEnvironment) {
    this.#environment = environment;
  }

  async update(dataOrigin: string, methods: readonly ModifierMethod[], id?: WriteId): Promise<boolean | null> {
    return (await this.updateWithReason(dataOrigin, methods, id)).result;
  }

  /** The same, and why where it was refused. */
  updateWithReason(dataOrigin: string, methods: readonly ModifierMethod[], id?: WriteId): Promise<UpdateOutcome> {
    return this.#queue.update({ work: { type: 'apply', dataOrigin, methods }, id });
  }

  async keepLocked(dataOrigin: string, methods: readonly ModifierMethod[], withLock: string, id?: WriteId): Promise<boolean | null> {
    return (await this.#queue.update({ work: { type: 'keep', dataOrigin, methods, withLock }, id })).result;
  }

  async applyLocked(number: number): Promise<boolean | null> {
    return (await this.applyLockedWithReason(number)).result;
  }

  /** The same, and why where it was refused. */
  applyLockedWithReason(number: number): Promise<UpdateOutcome> {
    return this.#queue.update({ work: { type: 'apply what was kept', number }, id: undefined });
  }

  lockedUpdates(after: number): Promise<LockedUpdate[]> {
    return this.#queue.run(async (connection) => {
      const { store } = connection.transaction('lockedUpdates');
      const range = IDBKeyRange.lowerBound(after, true);
      const [numbers, updates] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
      return updates.map(({ dataOrigin, withLock }, index) => ({ number: numbers[index] ?? 0, dataOrigin, withLock }));
    });
  }

  get(dataOrigin: string, key: string): Promise<string | undefined> {
    return this.#queue.run(async (connection, environment) => {
      const valueStruct = await connection.get('entries', [dataOrigin, key]);
      if (!valueStruct || determineWhetherAnEntryIsExpired(environment, valueStruct)) return undefined;
      return valueStruct.value;
    });
  }

  length(dataOrigin: string): Promise<number> {
    return this.#queue.run(async (connection, environment) => {
      const transaction = connection.transaction(['entries', 'origins']);
      const [usage, expired] = await Promise.all([
        transaction.objectStore('origins').get(dataOrigin),
        transaction.objectStore('entries').index('lastUpdated').getAllKeys(expiredBy(environment)),
      ]);
      // What has expired is not counted, purged or not. Purging it now keeps the list of it short.
      if (expired.length > 0) void this.purgeExpired().catch(() => undefined);
      return (usage?.count ?? 0) - expired.filter(([owner]) => owner === dataOrigin).length;
    });
  }

  entries(dataOrigin: string): Promise<[key: string, value: string][]> {
    return this.#queue.run(async (connection, environment) => {
      const { store } = connection.transaction('entries');
      const range = rangeOf(dataOrigin);
      const [keys, valueStructs] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
      return keys.flatMap(([, key], index): [string, string][] => {
        const valueStruct = valueStructs[index];
        return valueStruct && !determineWhetherAnEntryIsExpired(environment, valueStruct) ? [[key, valueStruct.value]] : [];
      });
    });
  }

  settled(): Promise<void> {
    return this.#queue.settled();
  }

  /** Forgets everything of one data origin. */
  async clearOrigin(dataOrigin: string): Promise<void> {
    await this.update(dataOrigin, [{ type: 'clear' }]);
  }

  /** Forgets everything of every data origin. */
  clearAll(): Promise<void> {
    return this.#queue.run(async (connection) => {
      const names = ['entries', 'origins', 'lockedUpdates'] as const;
      const transaction = connection.transaction(names, 'readwrite', { durability: 'relaxed' });
      const requests = names.map((name) => transaction.objectStore(name).clear());
      await Promise.all([...requests, transaction.done]);
    });
  }

  /** Every data origin that has entries, and how much of them; what has expired counts until it is purged. */
  origins(): Promise<(Usage & { readonly dataOrigin: string })[]> {
    return this.#queue.run(async (connection) => {
      const { store } = connection.transaction('origins');
      const [dataOrigins, usages] = await Promise.all([store.getAllKeys(), store.getAll()]);
      return usages.map((usage, index) => ({ dataOrigin: dataOrigins[index] as string, ...usage }));
    });
  }

  /** Resolves to the number of entries purged; a purge that is under way is joined. */
  purgeExpired(): Promise<number> {
    const purge = async () => purgeExpiredEntries(...(await this.#connect()));
    this.#purging ??= purge().finally(() => {
      this.#purging = null;
    });
    return this.#purging;
  }

  /** Forgets the write numbers of documents that are long gone. */
  async forgetOldWrites(): Promise<void> {
    const [connection, { currentWallTime }] = await this.#connect();
    const { store, done } = connection.transaction('writes', 'readwrite', { durability: 'relaxed' });
    const range = IDBKeyRange.upperBound(currentWallTime - WRITE_ID_LIFETIME);
    for (const key of await store.index('time').getAllKeys(range)) await store.delete(key);
    await done;
  }

  async #connect(): Promise<[Connection, DatabaseEnvironment]> {
    return [await this.#open(), await this.#environment()];
  }

  #open(): Promise<Connection> {
    if (!this.#connection) {
      const forget = () => {
        if (this.#connection === connection) this.#connection = null;
      };
      const connection = openDatabase(forget);
      this.#connection = connection;
      // A failure to open is not remembered: the next operation tries again.
      connection.catch(forget);
    }
    return this.#connection;
  }
}
