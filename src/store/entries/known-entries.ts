/** What is known of one data origin's entries. */

import { type DatabaseEnvironment, determineWhetherAnEntryIsExpired, sizeOfEntry, type ValueStruct } from '../../spec/database';
import { inOrderOfIteration, isPlain } from '../../spec/key-order';
import type { Mark } from './schema';

/** A key and its entry; undefined where it has none. */
export type KnownEntry = readonly [key: string, valueStruct: ValueStruct | undefined];

/** Keys and values in the order of iteration. */
export type OrderedEntries = readonly (readonly [key: string, value: string])[];

/** Takes entries in the order of iteration, a part at a time. */
export type GiveAhead = (entries: OrderedEntries) => void;

/** How many the first part has, which an iteration may end with; each may have twice as many as the one before, up to a limit. */
export const FIRST_PART = 128;
export const LARGEST_PART = 8192;

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
  /** Whether all keys that were there since they were cleared are plain. */
  #isPlain = true;
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
      this.#isPlain = true;
      this.#oldest = Number.POSITIVE_INFINITY;
      this.#listing = null;
    }
    this.add(changes);
  }

  /**
   * All that have not expired, in the order of iteration; for those that are complete. `ahead` is given what comes first before the others have been looked at,
   * where that is known, and the rest is returned.
   */
  inOrder(environment: DatabaseEnvironment, ahead: GiveAhead | null = null): OrderedEntries {
    if (this.#listing && this.#isStill(this.#listing, environment)) return this.#listing.entries;
    this.#sort();
    if (ahead && this.#isPlain) {
      this.#listing = { entries: this.#giveAhead(environment, ahead), environment };
      return [];
    }
    this.#listing = { entries: liveInOrder(this.#entries, environment), environment };
    return this.#listing.entries;
  }

  #giveAhead(environment: DatabaseEnvironment, ahead: GiveAhead): OrderedEntries {
    const all: (readonly [key: string, value: string])[] = [];
    let room = FIRST_PART;
    let part: KnownEntry[] = [];
    const give = () => {
      const live = liveInOrder(part, environment);
      for (const entry of live) all.push(entry);
      ahead(live);
      room = Math.min(LARGEST_PART, room * 2);
      part = [];
    };
    for (const entry of this.#entries) {
      part.push(entry);
      if (part.length === room) give();
    }
    if (part.length > 0) give();
    return all;
  }

  /** They stay so, and need not be sorted again before there is another key. */
  #sort(): void {
    if (this.#isSorted) return;
    const sorted = [...this.#entries].sort(byKey);
    this.#entries.clear();
    for (const [key, valueStruct] of sorted) this.#entries.set(key, valueStruct);
    this.#isSorted = true;
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
    else {
      this.#isSorted = false;
      this.#isPlain &&= isPlain(key);
    }
    if (!valueStruct && this.#isComplete) {
      this.#entries.delete(key);
      return;
    }
    this.#entries.set(key, valueStruct);
    this.#bytes += costOf(key, valueStruct);
    this.#oldest = Math.min(this.#oldest, valueStruct?.lastUpdated ?? this.#oldest);
  }
}
