/** What is known of one data origin's entries. */

import { type DatabaseEnvironment, determineWhetherAnEntryIsExpired, sizeOfEntry, type ValueStruct } from '../../spec/database';
import { inOrderOfIteration } from '../../spec/key-order';
import type { Mark } from './schema';

/** A key and its entry; undefined where it has none. */
export type KnownEntry = readonly [key: string, valueStruct: ValueStruct | undefined];

/** Keys and values in the order of iteration. */
export type OrderedEntries = readonly (readonly [key: string, value: string])[];

/** What an entry costs besides its key and its value, and a data origin besides its entries, in bytes. */
export const OVERHEAD = 100;

const costOf = (key: string, valueStruct: ValueStruct | undefined): number =>
  OVERHEAD + (valueStruct ? sizeOfEntry(key, valueStruct) : 2 * key.length);

/** Those that have not expired, in the order of iteration; they come in that of their keys' code units. */
export function liveInOrder(entries: Iterable<KnownEntry>, environment: DatabaseEnvironment): OrderedEntries {
  const live: [key: string, value: string][] = [];
  for (const [key, valueStruct] of entries)
    if (valueStruct && !determineWhetherAnEntryIsExpired(environment, valueStruct)) live.push([key, valueStruct.value]);
  return inOrderOfIteration(live);
}

/** Entries in order, and how long they are these. */
interface Listing {
  readonly entries: OrderedEntries;
  /** What was expired by then is left out. */
  readonly environment: DatabaseEnvironment;
}

const byKey = ([one]: KnownEntry, [other]: KnownEntry): number => (one < other ? -1 : Number(one > other));

export class KnownEntries {
  /** By key; where they are complete, without those that have no entry. */
  readonly #entries = new Map<string, ValueStruct | undefined>();
  #mark: Mark;
  #isComplete: boolean;
  /** Whether they are in the order of their keys' code units. */
  #isSorted = true;
  /** When the first of them was written, or one before that. */
  #oldest = Number.POSITIVE_INFINITY;
  #bytes = OVERHEAD;
  #listing: Listing | null = null;

  /** `isComplete`: there is nothing but these, which come in the order of their keys' code units. */
  constructor(mark: Mark, entries: Iterable<KnownEntry>, isComplete: boolean) {
    this.#mark = mark;
    this.#isComplete = isComplete;
    for (const entry of entries) this.#set(entry);
    this.#isSorted = isComplete;
  }

  /** There is nothing but these, in whatever order they come. */
  static ofAll(mark: Mark, entries: Iterable<KnownEntry>): KnownEntries {
    const known = new KnownEntries(mark, [], true);
    known.add(entries);
    return known;
  }

  /** The data origin's when these were all as they are known. */
  get mark(): Mark {
    return this.#mark;
  }

  /** What they cost, about, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether it is known what the key has, which may be nothing. */
  has(key: string): boolean {
    return this.#isComplete || this.#entries.has(key);
  }

  get(key: string): ValueStruct | undefined {
    return this.#entries.get(key);
  }

  /** What was read besides, under the same mark. */
  add(entries: Iterable<KnownEntry>): void {
    for (const entry of entries) this.#set(entry);
  }

  /** They have been changed, and with them their mark. */
  change(mark: Mark, isCleared: boolean, changes: Iterable<KnownEntry>): void {
    this.#mark = mark;
    if (isCleared) {
      this.#entries.clear();
      this.#bytes = OVERHEAD;
      this.#isComplete = true;
      this.#isSorted = true;
      this.#oldest = Number.POSITIVE_INFINITY;
      this.#listing = null;
    }
    this.add(changes);
  }

  /** All that have not expired, in the order of iteration; for those that are complete. */
  inOrder(environment: DatabaseEnvironment): OrderedEntries {
    if (this.#listing && this.#isStill(this.#listing, environment)) return this.#listing.entries;
    const sorted = this.#isSorted ? this.#entries : [...this.#entries].sort(byKey);
    this.#listing = { entries: liveInOrder(sorted, environment), environment };
    return this.#listing.entries;
  }

  /** Whether none has expired since, and none is back because a setting has changed. */
  #isStill({ environment: before }: Listing, environment: DatabaseEnvironment): boolean {
    if (before.defaultEntryLifetime !== environment.defaultEntryLifetime || before.currentWallTime > environment.currentWallTime)
      return false;
    return (
      before.currentWallTime === environment.currentWallTime ||
      !determineWhetherAnEntryIsExpired(environment, { value: '', lastUpdated: this.#oldest })
    );
  }

  #set([key, valueStruct]: KnownEntry): void {
    this.#listing = null;
    if (this.#entries.has(key)) this.#bytes -= costOf(key, this.#entries.get(key));
    else this.#isSorted = false;
    if (!valueStruct && this.#isComplete) {
      this.#entries.delete(key);
      return;
    }
    this.#entries.set(key, valueStruct);
    this.#bytes += costOf(key, valueStruct);
    this.#oldest = Math.min(this.#oldest, valueStruct?.lastUpdated ?? this.#oldest);
  }
}
