/**
 * The journal of what windows ask for. An update is acknowledged when it is in here, and applied to the entries later, so that a
 * page learns nothing by the time that takes: no transaction of the journal reads, or waits for, anything that is stored.
 */

import type { ModifierMethod } from '../../spec/modifier-methods';
import { BoundedMap } from '../bounded-map';
import { lengthOfGroup } from './groups';
import { keepTogether, type Outcome } from './journal-places';
import { isKept, type JournalTransaction, KeptWrites, type KnownWrites, MAXIMUM_REFUSED, type WriteId } from './kept-writes';
import { type Leftover, leftoversOf, readLeftovers } from './leftovers';
import { type JournalRecord, MAXIMUM_UPDATES, type Use } from './schema';

/** An update as a window asks for it. */
export interface WindowUpdate extends Omit<JournalRecord, 'updates' | 'wallTime'> {
  readonly methods: readonly ModifierMethod[];
}

/** Where an update is kept: in which record, at which place in it, and among how many; and when it was kept, as the record has it. */
export interface Place {
  readonly number: number;
  readonly index: number;
  readonly count: number;
  readonly wallTime: number | null;
}

/** Null where the update was kept before: its delivery was repeated. */
export type Kept = Place | null;

interface Request {
  readonly update: WindowUpdate;
  readonly id: WriteId;
  resolve(kept: Kept): void;
  reject(reason: unknown): void;
}

/** Of so many documents the last write is remembered, so that it need not be read: nobody else keeps any. */
const MAXIMUM_REMEMBERED = 100;

/** Of so many documents it is remembered what the disk has refused, until it takes something of theirs. */
const MAXIMUM_WITH_REFUSED = 1000;

const REFUSED = 'The database could not keep it, and has kept what came after it.';

/** The one that writes it: the service worker has one, and nobody else. */
export class Journal {
  readonly #use: Use;
  readonly #onMissed: (missed: readonly Leftover[]) => void;
  #queue: Request[] = [];
  /** Who waits for a look at what others have kept. */
  #looking: Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'>[] = [];
  #working = false;
  /** All records up to this number are known here. */
  #known = 0;
  /** The numbers of those that were kept here since. */
  readonly #own = new Set<number>();
  #mayHaveMissed = false;
  #last: ReadonlyMap<string, KnownWrites> = new Map();
  /** By document, the numbers of what the disk has refused and the document was told so, or is about to be. */
  readonly #refused = new BoundedMap<string, readonly number[]>(MAXIMUM_WITH_REFUSED);
  /** Records that are applied completely, and can go. */
  #complete: number[] = [];
  /** The marks of records that are gone. */
  #stale: number[] = [];

  /**
   * A service worker that is being stopped may keep something after the next one has read the journal. `onMissed` is called with what is found to
   * have been kept so, in its order, before anything of the group with which it was found is told to be kept.
   */
  constructor(use: Use, onMissed: (missed: readonly Leftover[]) => void) {
    this.#use = use;
    this.#onMissed = onMissed;
  }

  /** Keeps the update, after everything that was asked for before. */
  keep(update: WindowUpdate, id: WriteId): Promise<Kept> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ update, id, resolve, reject });
      void this.#work();
    });
  }

  /** Resolves when everything has been found that others have kept by now; rejects where that cannot be read. */
  look(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#looking.push({ resolve, reject });
      void this.#work();
    });
  }

  /** Lets go of what is applied, without waiting for the next update. Where one is being kept, the one after it takes that along. */
  async tidy(): Promise<void> {
    if (this.#working || this.#complete.length === 0) return;
    this.#working = true;
    try {
      await this.#keepGroup([]);
    } finally {
      this.#working = false;
      void this.#work();
    }
  }

  /** The record may go, with a later transaction. */
  forget(number: number): void {
    this.#complete.push(number);
  }

  /** The marks that a transaction that applies something is to remove, by the way. */
  stale(): readonly number[] {
    return this.#stale.slice(0, MAXIMUM_UPDATES);
  }

  forgetStale(numbers: readonly number[]): void {
    const gone = new Set(numbers);
    this.#stale = this.#stale.filter((number) => !gone.has(number));
  }

  /** What is kept and not applied, in its order. */
  async load(): Promise<Leftover[]> {
    const { numbers, leftovers, marked } = await this.#use(readLeftovers);
    const kept = new Set(numbers);
    const unapplied = leftovers.filter(({ from, record }) => from < record.updates.length);
    const isUnapplied = new Set(unapplied.map(({ number }) => number));
    this.#complete = numbers.filter((number) => !isUnapplied.has(number));
    this.#stale = marked.filter((number) => !kept.has(number));
    this.#known = numbers.at(-1) ?? 0;
    return unapplied;
  }

  /** The updates of records that have waited for their lock; null for one that was cleared away. */
  async read(numbers: readonly number[]): Promise<(JournalRecord['updates'] | null)[]> {
    const records = await this.#use((connection) => {
      const { store } = connection.transaction('journal');
      return Promise.all(numbers.map((number) => store.get(number)));
    });
    return records.map((record) => record?.updates ?? null);
  }

  /**
   * These records are kept, one after the other. Where a number before them is not known, or something of the group was kept before (`isRepeated`),
   * somebody else may have kept that.
   */
  async #noteOwn(numbers: readonly number[], isRepeated: boolean): Promise<void> {
    for (const number of numbers) this.#own.add(number);
    const [first = this.#known + 1] = this.#own;
    this.#mayHaveMissed ||= isRepeated || first !== this.#known + 1;
    if (this.#mayHaveMissed) await this.#takeMissed();
    this.#known = Math.max(this.#known, ...this.#own);
    this.#own.clear();
  }

  /** Whoever kept them may have applied them as well, which is found out when they are to be: nothing here waits for what is being applied. */
  async #takeMissed(): Promise<void> {
    const [numbers, records] = await this.#use((connection) => {
      const { store } = connection.transaction('journal');
      const range = IDBKeyRange.lowerBound(this.#known, true);
      return Promise.all([store.getAllKeys(range), store.getAll(range)]);
    });
    this.#known = numbers.at(-1) ?? this.#known;
    this.#mayHaveMissed = false;
    const missed = leftoversOf(numbers, records).filter(({ number }) => !this.#own.has(number));
    if (missed.length > 0) this.#onMissed(missed);
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#queue.length + this.#looking.length > 0) {
      // What comes with the same message is asked for meanwhile.
      await Promise.resolve();
      const length = lengthOfGroup(this.#queue, ({ update }) => update.methods.length);
      if (length > 0) await this.#write(this.#queue.splice(0, length));
      if (this.#looking.length > 0) await this.#look();
    }
    this.#working = false;
  }

  async #look(): Promise<void> {
    const looking = this.#looking;
    this.#looking = [];
    try {
      await this.#noteOwn([], true);
      for (const { resolve } of looking) resolve();
    } catch (error) {
      for (const { reject } of looking) reject(error);
    }
  }

  async #write(group: readonly Request[]): Promise<void> {
    try {
      const kept = await this.#keepGroup(group);
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = kept[index] ?? null;
        if (outcome === 'refused') reject(new Error(REFUSED));
        else resolve(outcome);
      }
    } catch (reason) {
      const [only] = group;
      // One update that the disk refuses must not take its neighbours with it.
      if (only && group.length === 1) await this.#refuse(only, reason);
      else for (const request of group) await this.#write([request]);
    }
  }

  /** Should this worker be stopped before the document hears of it, the document will ask again. */
  async #refuse({ id, resolve, reject }: Request, reason: unknown): Promise<void> {
    const { documentId, sequence } = id;
    // What an earlier worker has kept without the document's hearing of it was asked for once more, and is applied all the same.
    if (await this.#use((connection) => isKept(connection, id)).catch(() => false)) {
      resolve(null);
      return;
    }
    this.#refused.set(documentId, [...(this.#refused.get(documentId) ?? []), sequence].slice(-MAXIMUM_REFUSED));
    reject(reason);
  }

  async #keepGroup(group: readonly Request[]): Promise<Outcome[]> {
    const complete = this.#complete.slice(0, MAXIMUM_UPDATES);
    const { kept, numbers, writes } = await this.#use((connection, { currentWallTime }) => {
      const begin = (transaction: JournalTransaction) => new KeptWrites(transaction, this.#last, (id) => this.#refused.get(id) ?? []);
      return keepTogether(connection, currentWallTime, group, complete, begin);
    });
    for (const documentId of writes.changed) this.#refused.delete(documentId);
    this.#last = writes.known(MAXIMUM_REMEMBERED);
    this.#complete = this.#complete.slice(complete.length);
    this.#stale.push(...complete);
    // Where it cannot be read what others have kept, that is for the next group to do.
    await this.#noteOwn(numbers, kept.includes(null)).catch((error: unknown) => console.error('journal', error));
    return kept;
  }
}
