/** One data origin's entries inside a transaction: reads once, remembers what was written, writes it out at the end. */

import { type IDBPTransaction, unwrap } from 'idb';
import {
  type DatabaseEnvironment,
  type DatabaseMap,
  determineWhetherAnEntryIsExpired,
  sizeOfEntry,
  type ValueStruct,
} from '../../spec/database';
import { isPlain as isPlainKey } from '../../spec/key-order';
import { expiredBy } from './expired';
import type { KnownEntry } from './known-entries';
import { withChange } from './recent-changes';
import { changedRecord, type Mark, markOf, type OriginRecord, type RecentChange, rangeOf, type Schema, type Usage } from './schema';

/** In which a group of updates is applied. */
export type WriteTransaction = IDBPTransaction<Schema, ('entries' | 'origins' | 'applied' | 'changes')[], 'readwrite'>;

type Notes = ReadonlyMap<string, ValueStruct | undefined>;

/** What a transaction has changed of a data origin's entries. */
export interface Change {
  readonly dataOrigin: string;
  readonly from: Mark;
  readonly to: Mark;
  /** Nothing is there but what is among the entries. */
  readonly isCleared: boolean;
  readonly entries: readonly KnownEntry[];
}

/** A batch's own notes on top of the map, dropped when the batch fails. Here the quota is kept. */
export class BatchMap implements DatabaseMap {
  readonly #base: TransactionMap;
  readonly #environment: DatabaseEnvironment;
  readonly #notes = new Map<string, ValueStruct | undefined>();
  #cleared = false;
  #usage: Usage;
  /** True once the quota did not allow something. */
  quotaExceeded = false;

  constructor(base: TransactionMap, environment: DatabaseEnvironment) {
    this.#base = base;
    this.#environment = environment;
    this.#usage = base.usage;
  }

  async get(key: string): Promise<ValueStruct | undefined> {
    if (this.#notes.has(key) || this.#cleared) return this.#notes.get(key);
    return this.#base.get(key);
  }

  async set(key: string, valueStruct: ValueStruct): Promise<boolean> {
    const old = await this.get(key);
    const usage = changed(this.#usage, key, old, valueStruct);
    const isLive = old && !determineWhetherAnEntryIsExpired(this.#environment, old);
    // A quota that was lowered does not keep an entry from being renewed or made smaller.
    const grows = sizeOfEntry(key, valueStruct) > (isLive ? sizeOfEntry(key, old) : 0);
    if (grows && usage.bytes > this.#environment.quota) {
      this.quotaExceeded = true;
      return false;
    }
    this.#notes.set(key, valueStruct);
    this.#usage = usage;
    return true;
  }

  async remove(key: string): Promise<void> {
    this.#usage = changed(this.#usage, key, await this.get(key), undefined);
    this.#notes.set(key, undefined);
  }

  clear(): void {
    this.#notes.clear();
    this.#cleared = true;
    this.#usage = NOTHING;
  }

  /** Hands the batch's notes down to the map. */
  commit(): void {
    this.#base.take(this.#cleared, this.#notes, this.#usage);
  }
}

/** Up to this many entries are read one by one; of more, it is faster to read the whole data origin where that is not much more. */
const FEW = 32;

const NOTHING: Usage = { bytes: 0, count: 0 };

function changed({ bytes, count }: Usage, key: string, old: ValueStruct | undefined, now: ValueStruct | undefined): Usage {
  return {
    bytes: bytes - (old ? sizeOfEntry(key, old) : 0) + (now ? sizeOfEntry(key, now) : 0),
    count: count - (old ? 1 : 0) + (now ? 1 : 0),
  };
}

/** Rejects as the transaction does. */
export class TransactionMap {
  readonly #transaction: WriteTransaction;
  readonly #dataOrigin: string;
  readonly #known = new Map<string, ValueStruct | undefined>();
  readonly #changed = new Set<string>();
  /** Nothing but what is known is there. */
  #cleared: boolean;
  /** Everything is known. */
  #isComplete = false;
  /** The data origin's mark when the transaction began. */
  readonly #mark: Mark;
  readonly #created: number | null;
  /** The changes that led to that mark. */
  readonly #recent: readonly RecentChange[];
  /** Whether the keys that were there are plain. */
  readonly #isPlain: boolean;
  #usage: Usage;
  #evicted = false;

  private constructor(transaction: WriteTransaction, dataOrigin: string, record: OriginRecord | undefined) {
    this.#transaction = transaction;
    this.#dataOrigin = dataOrigin;
    this.#usage = record ? { bytes: record.bytes, count: record.count } : NOTHING;
    this.#mark = markOf(record);
    this.#created = record?.created ?? null;
    this.#recent = record?.recent ?? [];
    this.#isPlain = record?.isPlain ?? false;
    this.#cleared = !record;
  }

  /** Of the data origin's entries in the transaction; reads no more than their usage. */
  static async open(transaction: WriteTransaction, dataOrigin: string): Promise<TransactionMap> {
    return new TransactionMap(transaction, dataOrigin, await transaction.objectStore('origins').get(dataOrigin));
  }

  /** With what was taken so far. */
  get usage(): Usage {
    return this.#usage;
  }

  async get(key: string): Promise<ValueStruct | undefined> {
    if (this.#known.has(key) || this.#cleared || this.#isComplete) return this.#known.get(key);
    const valueStruct = await this.#transaction.objectStore('entries').get([this.#dataOrigin, key]);
    this.#known.set(key, valueStruct);
    return valueStruct;
  }

  /** Reads what is going to be asked for, all at once: that is several times faster than one after the other. */
  async prefetch(keys: ReadonlySet<string>): Promise<void> {
    if (this.#cleared) return;
    if (keys.size < FEW || this.#usage.count > keys.size * 2) await Promise.all(Array.from(keys, (key) => this.get(key)));
    else await this.#readAll();
  }

  async #readAll(): Promise<void> {
    const entries = this.#transaction.objectStore('entries');
    const range = rangeOf(this.#dataOrigin);
    const [ids, valueStructs] = await Promise.all([entries.getAllKeys(range), entries.getAll(range)]);
    for (const [index, [, key]] of ids.entries()) this.#known.set(key, valueStructs[index]);
    this.#isComplete = true;
  }

  /** Notes what a batch came to: whether it cleared everything first, what it left of each key (undefined: nothing), and the usage then. */
  take(cleared: boolean, notes: Notes, usage: Usage): void {
    if (cleared) {
      this.#known.clear();
      this.#changed.clear();
      this.#cleared = true;
    }
    for (const [key, valueStruct] of notes) {
      this.#known.set(key, valueStruct);
      this.#changed.add(key);
    }
    this.#usage = usage;
  }

  /** Removes what has expired; false where there was nothing. What has expired does not count against the quota. */
  async evictExpired(environment: DatabaseEnvironment): Promise<boolean> {
    if (this.#evicted || this.#cleared) return false;
    this.#evicted = true;
    const expired = await this.#transaction.objectStore('entries').index('lastUpdated').getAllKeys(expiredBy(environment));
    const own = expired.filter(([dataOrigin, key]) => dataOrigin === this.#dataOrigin && !this.#changed.has(key));
    for (const [, key] of own) {
      this.#usage = changed(this.#usage, key, await this.get(key), undefined);
      this.#known.set(key, undefined);
      this.#changed.add(key);
    }
    return own.length > 0;
  }

  /** When the first of the entries that are left was written. */
  #firstWrite(): number | null {
    for (const key of this.#changed) {
      const valueStruct = this.#known.get(key);
      if (valueStruct) return valueStruct.lastUpdated;
    }
    return null;
  }

  #writtenKeys(): string[] {
    return [...this.#changed].filter((key) => this.#known.get(key));
  }

  #changedRecord(): OriginRecord {
    const isPlain = (this.#cleared || this.#isPlain) && this.#writtenKeys().every(isPlainKey);
    if (this.#cleared) return changedRecord(this.#usage, { created: this.#firstWrite(), isPlain });
    return changedRecord(this.#usage, { created: this.#created, recent: withChange(this.#recent, this.#mark, this.#changed), isPlain });
  }

  /**
   * Issues the writes; the transaction's completion says when they are stored, or that one failed. There may be thousands, so
   * there is no promise for each. Returns what they change, null where that is nothing.
   */
  writeOut(): Change | null {
    const wasEmpty = this.#mark === null;
    if (this.#changed.size === 0 && (wasEmpty || !this.#cleared)) return null;
    const entries = unwrap(this.#transaction.objectStore('entries'));
    if (this.#cleared && !wasEmpty) entries.delete(rangeOf(this.#dataOrigin));
    for (const key of this.#changed) {
      const valueStruct = this.#known.get(key);
      const id: [string, string] = [this.#dataOrigin, key];
      if (valueStruct) entries.put(valueStruct, id);
      else entries.delete(id);
    }
    const origins = unwrap(this.#transaction.objectStore('origins'));
    const record = this.#usage.count > 0 ? this.#changedRecord() : null;
    if (record) origins.put(record, this.#dataOrigin);
    else if (!wasEmpty) origins.delete(this.#dataOrigin);
    const changes = Array.from(this.#changed, (key): KnownEntry => [key, this.#known.get(key)]);
    return { dataOrigin: this.#dataOrigin, from: this.#mark, to: markOf(record), isCleared: this.#cleared, entries: changes };
  }
}
