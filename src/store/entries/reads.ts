/** Reads of entries: from memory where it is known what the database would say, and from the database otherwise. */

import { type DatabaseEnvironment, determineWhetherAnEntryIsExpired, type ValueStruct } from '../../spec/database';
import type { EntriesCache } from './entries-cache';
import { countEntries } from './expired';
import { KnownEntries, type KnownEntry, liveInOrder, type OrderedEntries } from './known-entries';
import type { OperationQueue } from './operation-queue';
import { type Connection, type Mark, markOf, rangeOf } from './schema';

/** How many entries are read at a time. */
const CHUNK = 10_000;

const liveValue = (environment: DatabaseEnvironment, valueStruct: ValueStruct | undefined): string | undefined =>
  valueStruct && !determineWhetherAnEntryIsExpired(environment, valueStruct) ? valueStruct.value : undefined;

type Operation<Result> = (connection: Connection, environment: DatabaseEnvironment) => Promise<Result>;

export class Reads {
  readonly #environment: () => DatabaseEnvironment | Promise<DatabaseEnvironment>;
  readonly #queue: OperationQueue;
  readonly #cache: EntriesCache;

  constructor(environment: () => DatabaseEnvironment | Promise<DatabaseEnvironment>, queue: OperationQueue, cache: EntriesCache) {
    this.#environment = environment;
    this.#queue = queue;
    this.#cache = cache;
  }

  async get(dataOrigin: string, key: string): Promise<string | undefined> {
    const known = this.#cache.fresh(dataOrigin);
    if (known?.has(key)) {
      const valueStruct = known.get(key);
      return liveValue(await this.#environment(), valueStruct);
    }
    return this.#ask(dataOrigin, async (connection, environment) => {
      const asked = this.#cache.now();
      const transaction = connection.transaction(['entries', 'origins']);
      const [record, valueStruct] = await Promise.all([
        transaction.objectStore('origins').get(dataOrigin),
        transaction.objectStore('entries').get([dataOrigin, key]),
      ]);
      this.#cache.learn(dataOrigin, markOf(record), asked, [[key, valueStruct]]);
      return liveValue(environment, valueStruct);
    });
  }

  /** Null where there is too much that has expired to be counted each time. */
  async length(dataOrigin: string): Promise<number | null> {
    const known = this.#cache.fresh(dataOrigin);
    if (known?.isComplete) return known.inOrder(await this.#environment()).length;
    return this.#ask(dataOrigin, (connection, environment) => countEntries(connection, environment, dataOrigin));
  }

  async entries(dataOrigin: string): Promise<OrderedEntries> {
    const known = this.#cache.fresh(dataOrigin);
    if (known?.isComplete) return known.inOrder(await this.#environment());
    return this.#ask(dataOrigin, async (connection, environment) => {
      const asked = this.#cache.now();
      const transaction = connection.transaction(['entries', 'origins']);
      const mark = markOf(await transaction.objectStore('origins').get(dataOrigin));
      const confirmed = this.#cache.confirm(dataOrigin, mark, asked);
      if (confirmed?.isComplete) return confirmed.inOrder(environment);
      const all: KnownEntry[] = [];
      for (let range = rangeOf(dataOrigin); ; ) {
        const store = transaction.objectStore('entries');
        const [keys, valueStructs] = await Promise.all([store.getAllKeys(range, CHUNK), store.getAll(range, CHUNK)]);
        for (const [index, [, key]] of keys.entries()) all.push([key, valueStructs[index]]);
        const last = keys.at(-1);
        if (!last || keys.length < CHUNK) break;
        range = IDBKeyRange.bound(last, range.upper, true, true);
      }
      return this.#keepAll(dataOrigin, mark, asked, all, environment);
    });
  }

  #keepAll(dataOrigin: string, mark: Mark, asked: number, all: KnownEntry[], environment: DatabaseEnvironment): OrderedEntries {
    if (!this.#cache.hasRoomFor(all.length)) return liveInOrder(all, environment);
    const known = new KnownEntries(mark, all, true);
    this.#cache.replace(dataOrigin, known, asked);
    return known.inOrder(environment);
  }

  #ask<Result>(dataOrigin: string, operation: Operation<Result>): Promise<Result> {
    return this.#cache.during(dataOrigin, this.#queue.run(operation));
  }
}
