/**
 * The store as operations of worklets see it: with what windows have written and is kept in the journal, while it is not applied yet. The service worker,
 * which applies it, says what that is when an operation begins. A key that is not in there has what is stored; whatever else is asked for waits until all is applied.
 */

import type { EntryAhead, WindowUpdatesAnswer } from '../../protocol/entries-ahead';
import { determineWhetherAnEntryIsExpired, type ValueStruct } from '../../spec/database';
import type { EnvironmentSource, IndexedDatabase } from './indexed-database';

/** Asks the service worker. Without `mayBeAhead`, the answer is true. */
export type AskForUpdates = (dataOrigin: string, mayBeAhead: boolean) => Promise<WindowUpdatesAnswer>;

/**
 * How long after the answer the service worker need not be asked again, in milliseconds. With the way of the answer this is as much later than natively
 * as an operation may hear of what others have written (entries-cache.ts).
 */
const FRESH = 4;

interface Ahead {
  readonly entries: ReadonlyMap<string, ValueStruct>;
  /** When the service worker has said so; it is asked again where that is too long ago. */
  heard: number;
  /** Whether the quota has room for all of it, whatever the entries were before. */
  readonly fits: Promise<boolean>;
}

/** What is known of a data origin ahead of the store, from the beginning of an operation until everything is applied. */
interface Known {
  ahead: Ahead | null;
  /** The number of the question that was answered last: answers may come in another order. */
  answered: number;
  /** How many questions are not answered. */
  unanswered: number;
  /** Settles when what was asked for last has its place in the order of the store. */
  turn: Promise<unknown>;
}

type Store = Pick<IndexedDatabase, 'updateWithReason' | 'get' | 'getAndCopy' | 'length' | 'entries' | 'sizeOf' | 'recheck'>;

export class AheadDatabase implements Omit<Store, 'sizeOf' | 'recheck'> {
  readonly #store: Store;
  readonly #environment: EnvironmentSource;
  readonly #ask: AskForUpdates;
  readonly #known = new Map<string, Known>();
  #questions = 0;

  constructor(store: Store, environment: EnvironmentSource, ask: AskForUpdates) {
    this.#store = store;
    this.#environment = environment;
    this.#ask = ask;
  }

  /** Resolves when reads see all that was asked for so far: for an operation that begins. `isSettled`: all of it is applied. */
  async begin(dataOrigin: string, isSettled: boolean): Promise<void> {
    const known = this.#known.get(dataOrigin);
    if (!isSettled) await this.#find(dataOrigin);
    else if (known) this.#take(dataOrigin, known, ++this.#questions, true);
  }

  get(dataOrigin: string, key: string): Promise<string | undefined> {
    const read = () => this.#store.get(dataOrigin, key);
    return this.#inTurn(dataOrigin, read, async (known) => {
      if (known.ahead && performance.now() - known.ahead.heard >= FRESH) await this.#find(dataOrigin);
      const { ahead } = known;
      if (!ahead) return null;
      if (!(await ahead.fits)) return this.#settle(dataOrigin);
      const valueStruct = ahead.entries.get(key);
      if (!valueStruct) return null;
      const environment = await this.#environment();
      return { value: determineWhetherAnEntryIsExpired(environment, valueStruct) ? undefined : valueStruct.value };
    });
  }

  updateWithReason(...update: Parameters<Store['updateWithReason']>): ReturnType<Store['updateWithReason']> {
    return this.#whenSettled(update[0], () => this.#store.updateWithReason(...update));
  }

  getAndCopy(...read: Parameters<Store['getAndCopy']>): ReturnType<Store['getAndCopy']> {
    return this.#whenSettled(read[0], () => this.#store.getAndCopy(...read));
  }

  length(dataOrigin: string): ReturnType<Store['length']> {
    return this.#whenSettled(dataOrigin, () => this.#store.length(dataOrigin));
  }

  entries(...read: Parameters<Store['entries']>): ReturnType<Store['entries']> {
    return this.#whenSettled(read[0], () => this.#store.entries(...read));
  }

  /** As that of the IndexedDatabase. `begun`: of this data origin no more is known to have happened than that an operation has begun. */
  recheck(begun: string | null): void {
    this.#store.recheck();
    for (const [dataOrigin, { ahead }] of this.#known) if (ahead && dataOrigin !== begun) ahead.heard = Number.NEGATIVE_INFINITY;
  }

  #whenSettled<Result>(dataOrigin: string, ask: () => Promise<Result>): Promise<Result> {
    return this.#inTurn<Result>(dataOrigin, ask, () => this.#settle(dataOrigin));
  }

  /** Asks the store, after what was asked for before and what `prepare` waits for, unless that has the result. At once where nothing is known. */
  #inTurn<Result>(
    dataOrigin: string,
    ask: () => Promise<Result>,
    prepare: (known: Known) => Promise<{ readonly value: Result } | null>,
  ): Promise<Result> {
    const known = this.#known.get(dataOrigin);
    if (!known) return ask();
    return new Promise((resolve, reject) => {
      const turn = known.turn.then(async () => {
        const read = await prepare(known);
        // What the store is asked has its place in its order from here on; nobody waits here for the answer.
        if (read) resolve(read.value);
        else ask().then(resolve, reject);
      });
      known.turn = turn.catch(reject);
      this.#forgetAfterTurn(dataOrigin, known);
    });
  }

  /** Asks the service worker what there is. */
  async #find(dataOrigin: string): Promise<void> {
    const { watched, isFull } = await this.#environment();
    // Handlers hear of changes when they are applied.
    await this.#askFor(dataOrigin, !watched?.has(dataOrigin) && !isFull?.(dataOrigin));
  }

  /** Resolves, to null, when all that was asked for so far is applied. */
  async #settle(dataOrigin: string): Promise<null> {
    if (this.#known.get(dataOrigin)?.ahead) await this.#askFor(dataOrigin, false);
    return null;
  }

  async #askFor(dataOrigin: string, mayBeAhead: boolean): Promise<void> {
    const known = this.#known.get(dataOrigin) ?? { ahead: null, answered: 0, unanswered: 0, turn: Promise.resolve() };
    this.#known.set(dataOrigin, known);
    const question = ++this.#questions;
    known.unanswered++;
    const answer = await this.#ask(dataOrigin, mayBeAhead);
    known.unanswered--;
    this.#take(dataOrigin, known, question, answer);
  }

  #take(dataOrigin: string, known: Known, question: number, answer: WindowUpdatesAnswer): void {
    if (question > known.answered) {
      known.answered = question;
      known.ahead = answer === true ? null : this.#aheadOf(dataOrigin, answer);
    }
    this.#forgetAfterTurn(dataOrigin, known);
  }

  #aheadOf(dataOrigin: string, entries: readonly EntryAhead[]): Ahead {
    const sum = entries.reduce((bytes, [, , , most]) => bytes + most, 0);
    const fits = async () => {
      const [{ quota }, bytes] = await Promise.all([this.#environment(), this.#store.sizeOf(dataOrigin)]);
      return bytes + sum <= quota;
    };
    return {
      entries: new Map(entries.map(([key, value, lastUpdated]) => [key, { value, lastUpdated }])),
      heard: performance.now(),
      // Where the store cannot be read, whoever reads is told so.
      fits: fits().catch(() => false),
    };
  }

  /** Where nothing is ahead of the store then, and nobody waits. */
  #forgetAfterTurn(dataOrigin: string, known: Known): void {
    const { turn } = known;
    void turn.then(() => {
      if (!known.ahead && known.unanswered === 0 && known.turn === turn) this.#known.delete(dataOrigin);
    });
  }
}
