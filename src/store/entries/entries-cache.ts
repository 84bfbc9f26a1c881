/**
 * Entries in memory, so that whoever reads one after the other need not ask the database each time.
 *
 * Others write to the database as well, and tell nobody. So each data origin has a mark there that changes with its entries. What is known was read
 * under a mark, and is given out for a few milliseconds after the database has last said that the mark is still that one. Whoever has just learned
 * that something happened, as with a lock that was granted, has the database asked before the next read.
 */

import { KnownEntries, type KnownEntry, OVERHEAD } from './known-entries';
import type { Mark } from './schema';
import type { Change } from './transaction-map';

/**
 * How long the database need not be asked again, in milliseconds. So much later than natively an operation may hear of what another document has
 * written since it began, without a lock: updates of windows are applied as late.
 */
export const FRESH = 5;

interface Kept {
  readonly known: KnownEntries;
  /** When the database was last asked whether their mark is still this one. */
  asked: number;
}

export class EntriesCache {
  readonly #maximum: number;
  readonly #now: () => number;
  readonly #freshFor: number;
  /** By data origin, the least recently used first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  /** For each data origin, how much of it is being read or changed; null: of all. */
  readonly #underWay = new Map<string | null, number>();
  /** What the database was asked no later than then may have been overtaken by what somebody has learned. */
  #rechecked = Number.NEGATIVE_INFINITY;

  /**
   * `maximum`: how much is kept, about, in bytes; `now`: a clock in milliseconds that is never set back; `freshFor`: for how long the database is not
   * asked again, 0 where it is to be asked each time.
   */
  constructor(maximum: number, now: () => number = () => performance.now(), freshFor = FRESH) {
    this.#maximum = maximum;
    this.#now = now;
    this.#freshFor = freshFor;
  }

  /** The time, for whoever is about to ask the database something. */
  now(): number {
    return this.#now();
  }

  /** What may be given out now; null where the database has to be asked. */
  fresh(dataOrigin: string): KnownEntries | null {
    const kept = this.#kept.get(dataOrigin);
    // Answers come in the order of the questions.
    if (!kept || this.#underWay.has(dataOrigin) || this.#underWay.has(null)) return null;
    if (kept.asked <= this.#rechecked || this.#now() - kept.asked >= this.#freshFor) return null;
    this.#keep(dataOrigin, kept);
    return kept.known;
  }

  /** What is known of the data origin, right or not. */
  known(dataOrigin: string): KnownEntries | undefined {
    return this.#kept.get(dataOrigin)?.known;
  }

  /** Whether so many entries could be kept, whatever they are. */
  hasRoomFor(count: number): boolean {
    return count * OVERHEAD <= this.#maximum;
  }

  /** How long what is known of the data origin may be given out, in milliseconds. */
  freshFor(dataOrigin: string): number {
    const asked = this.#kept.get(dataOrigin)?.asked ?? this.#rechecked;
    return asked <= this.#rechecked ? 0 : Math.max(0, asked + this.#freshFor - this.#now());
  }

  /** Nothing of the data origin is given out until `promise` settles; null: nothing of any. Returns `promise`. */
  during<Result>(dataOrigin: string | null, promise: Promise<Result>): Promise<Result> {
    this.#underWay.set(dataOrigin, (this.#underWay.get(dataOrigin) ?? 0) + 1);
    const done = () => {
      const left = (this.#underWay.get(dataOrigin) ?? 1) - 1;
      if (left > 0) this.#underWay.set(dataOrigin, left);
      else this.#underWay.delete(dataOrigin);
    };
    promise.then(done, done);
    return promise;
  }

  /** The database is asked before the next answer. */
  recheck(): void {
    this.#rechecked = this.#now();
  }

  /** The database, when it was asked, had this mark. Returns what is known under it. */
  confirm(dataOrigin: string, mark: Mark, asked: number): KnownEntries | null {
    const kept = this.#kept.get(dataOrigin);
    if (!kept) return null;
    if (kept.known.mark !== mark) {
      this.forget(dataOrigin);
      return null;
    }
    kept.asked = Math.max(kept.asked, asked);
    return kept.known;
  }

  /** The database, when it was asked, had these entries under this mark. */
  learn(dataOrigin: string, mark: Mark, asked: number, entries: Iterable<KnownEntry>): void {
    const known = this.confirm(dataOrigin, mark, asked);
    if (!known) this.replace(dataOrigin, new KnownEntries(mark, entries, mark === null), asked);
    else if (!known.isComplete) this.#change(dataOrigin, known, () => known.add(entries));
  }

  /** The database, when it was asked, had these. */
  replace(dataOrigin: string, known: KnownEntries, asked: number): void {
    this.forget(dataOrigin);
    if (known.bytes > this.#maximum) return;
    this.#bytes += known.bytes;
    this.#keep(dataOrigin, { known, asked });
    this.#makeRoom();
  }

  /** Has been made, by us. */
  apply({ dataOrigin, from, to, isCleared, entries }: Change, asked: number): void {
    const known = this.confirm(dataOrigin, from, asked);
    if (known) this.#change(dataOrigin, known, () => known.change(to, isCleared, entries));
    else if (isCleared) this.replace(dataOrigin, KnownEntries.ofAll(to, entries), asked);
  }

  /** Forgets what is known of the data origin; null: of all. */
  forget(dataOrigin: string | null): void {
    if (dataOrigin === null) {
      this.#kept.clear();
      this.#bytes = 0;
      return;
    }
    this.#bytes -= this.#kept.get(dataOrigin)?.known.bytes ?? 0;
    this.#kept.delete(dataOrigin);
  }

  #change(dataOrigin: string, known: KnownEntries, change: () => void): void {
    const before = known.bytes;
    change();
    this.#bytes += known.bytes - before;
    if (known.bytes > this.#maximum) this.forget(dataOrigin);
    this.#makeRoom();
  }

  #keep(dataOrigin: string, kept: Kept): void {
    this.#kept.delete(dataOrigin);
    this.#kept.set(dataOrigin, kept);
  }

  #makeRoom(): void {
    for (const [dataOrigin] of this.#kept) {
      if (this.#bytes <= this.#maximum) return;
      this.forget(dataOrigin);
    }
  }
}
