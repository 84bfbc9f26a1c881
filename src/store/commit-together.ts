/**
 * Transactions of several databases that are all completed, or none of them: each is held open until everything has been written in all of them. What remains is
 * that the disk refuses one at the very end, when another is complete.
 */

import { allOrNothing } from './database-connection';

interface Held {
  abort(): void;
  commit(): void;
  readonly done: Promise<void>;
}

export class CommitTogether {
  #missing: number;
  #failure: { readonly cause: unknown } | null = null;

  /** `count`: how many transactions there are. */
  constructor(count: number) {
    this.#missing = count;
  }

  /**
   * Call once for each of them. `task` makes its requests in the transaction, and resolves when they have succeeded; `hold` makes one more request there. Resolves
   * once the transaction is complete; rejects where any of them failed.
   */
  async write(transaction: Held, task: () => Promise<unknown>, hold: () => Promise<unknown>): Promise<void> {
    await allOrNothing(transaction, async () => {
      try {
        await task();
      } catch (error) {
        this.fail(error);
        throw error;
      }
      this.#missing--;
      while (this.#missing > 0 && !this.#failure) await hold();
      if (this.#failure) throw this.#failure.cause;
      transaction.commit();
    });
  }

  /** One of them has failed, or could not even begin: none is completed that is not yet. The first cause is the one that all reject with. */
  fail(cause: unknown): void {
    this.#failure ??= { cause };
  }
}
