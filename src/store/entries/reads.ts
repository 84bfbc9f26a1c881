/** Reads of entries: from memory where it is known what the database would say, and from the database otherwise. */

import { type DatabaseEnvironment, determineWhetherAnEntryIsExpired, type ValueStruct } from '../../spec/database';
import type { EntriesCache } from './entries-cache';
import { countEntries } from './expired';
import { type GiveAhead, KnownEntries, type KnownEntry, liveInOrder, type OrderedEntries, OVERHEAD } from './known-entries';
import type { OperationQueue } from './operation-queue';
import { type ReadTransaction, readAll, readInParts } from './read-in-parts';
import { changedSince } from './recent-changes';
import { type Connection, type Mark, markOf, type OriginRecord } from './schema';

const liveValue = (environment: DatabaseEnvironment, valueStruct: ValueStruct | undefined): string | undefined =>
  valueStruct && !determineWhetherAnEntryIsExpired(environment, valueStruct) ? valueStruct.value : undefined;

type Operation<Result> = (connection: Connection, environment: DatabaseEnvironment) => Promise<Result>;

/** All entries of a data origin, and for how many milliseconds the database need not be asked whether they are still these. */
export interface Copy {
  /** The same object while nothing has changed. */
  readonly entries: OrderedEntries;
  readonly freshFor: number;
}

export interface ReadAndCopy {
  readonly value: string | undefined;
  /** Null where there is too much. */
  readonly copy: Copy | null;
}

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

  /** `ahead` is given entries that come first as soon as they are read, where that is known of them; the others are resolved to. */
  async entries(dataOrigin: string, ahead: GiveAhead | null = null): Promise<OrderedEntries> {
    const known = this.#cache.fresh(dataOrigin);
    if (known?.isComplete) return known.inOrder(await this.#environment(), ahead);
    /** The last key of those that were given ahead: where the connection is closed meanwhile, the next one goes on after that. */
    let last: string | null = null;
    return this.#ask(dataOrigin, async (connection, environment) => {
      const isContinued = last !== null;
      const asked = this.#cache.now();
      const transaction = connection.transaction(['entries', 'origins']);
      const marking = transaction.objectStore('origins').get(dataOrigin);
      const parts = readInParts(transaction, dataOrigin, last);
      // Both at once where nothing is known that the mark could confirm.
      const isKnown = !isContinued && this.#cache.known(dataOrigin) !== undefined;
      const [record, first] = await Promise.all([marking, isKnown ? null : parts.next()]);
      const confirmed = isContinued ? null : await this.#confirm(transaction, dataOrigin, record, asked);
      if (confirmed?.isComplete) return confirmed.inOrder(environment, ahead);
      const give = isContinued || record?.isPlain ? ahead : null;
      const isKept = !isContinued && this.#cache.hasRoomFor(record?.count ?? 0);
      const all: KnownEntry[] = [];
      for (let part = first ?? (await parts.next()); !part.done; part = await parts.next()) {
        if (isKept || !give) for (const entry of part.value) all.push(entry);
        last = give ? (part.value.at(-1)?.[0] ?? last) : null;
        give?.(liveInOrder(part.value, environment));
      }
      const kept = isKept ? this.#keepAll(dataOrigin, markOf(record), asked, all) : null;
      if (give) return [];
      return kept ? kept.inOrder(environment) : liveInOrder(all, environment);
    });
  }

  /** What get() resolves to, and all entries, where they cost no more than `maximum`, in bytes. */
  async getAndCopy(dataOrigin: string, key: string, maximum: number): Promise<ReadAndCopy> {
    const fresh = this.#cache.fresh(dataOrigin);
    if (fresh?.isComplete) return this.#copyOf(dataOrigin, key, maximum, fresh, await this.#environment());
    return this.#ask(dataOrigin, async (connection, environment) => {
      const asked = this.#cache.now();
      const transaction = connection.transaction(['entries', 'origins']);
      const record = await transaction.objectStore('origins').get(dataOrigin);
      const mark = markOf(record);
      const confirmed = await this.#confirm(transaction, dataOrigin, record, asked);
      if (confirmed?.isComplete) return this.#copyOf(dataOrigin, key, maximum, confirmed, environment);
      if (record && record.bytes + record.count * OVERHEAD > maximum) {
        const valueStruct = await transaction.objectStore('entries').get([dataOrigin, key]);
        this.#cache.learn(dataOrigin, mark, asked, [[key, valueStruct]]);
        return { value: liveValue(environment, valueStruct), copy: null };
      }
      const known = this.#keepAll(dataOrigin, mark, asked, await readAll(transaction, dataOrigin));
      return this.#copyOf(dataOrigin, key, maximum, known, environment);
    });
  }

  /** What is known under the record's mark; where all entries were known under an earlier one, those that have changed since are read. */
  async #confirm(
    transaction: ReadTransaction,
    dataOrigin: string,
    record: OriginRecord | undefined,
    asked: number,
  ): Promise<KnownEntries | null> {
    const known = this.#cache.known(dataOrigin);
    const from = known?.isComplete ? known.mark : null;
    const changed = record && changedSince(record, from);
    if (record && changed) {
      const entries = await readEach(transaction, dataOrigin, changed);
      // Unless another read was first.
      if (this.#cache.known(dataOrigin)?.mark === from)
        this.#cache.apply({ dataOrigin, from, to: record.mark, isCleared: false, entries }, asked);
    }
    return this.#cache.confirm(dataOrigin, markOf(record), asked);
  }

  #copyOf(dataOrigin: string, key: string, maximum: number, known: KnownEntries, environment: DatabaseEnvironment): ReadAndCopy {
    const value = liveValue(environment, known.get(key));
    if (known.bytes > maximum) return { value, copy: null };
    return { value, copy: { entries: known.inOrder(environment), freshFor: this.#cache.freshFor(dataOrigin) } };
  }

  #keepAll(dataOrigin: string, mark: Mark, asked: number, all: readonly KnownEntry[]): KnownEntries {
    const known = new KnownEntries(mark, all, true);
    this.#cache.replace(dataOrigin, known, asked);
    return known;
  }

  #ask<Result>(dataOrigin: string, operation: Operation<Result>): Promise<Result> {
    return this.#cache.during(dataOrigin, this.#queue.run(operation));
  }
}

function readEach(transaction: ReadTransaction, dataOrigin: string, keys: ReadonlySet<string>): Promise<KnownEntry[]> {
  const store = transaction.objectStore('entries');
  return Promise.all(Array.from(keys, async (key) => [key, await store.get([dataOrigin, key])] as const));
}
