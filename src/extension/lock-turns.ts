/**
 * Locks are asked for in the order of the calls. Chromium does not see to that by itself when a context first uses them: each request waits for an answer of its
 * own whether the context may, and what is requested once the first of these answers is there overtakes those whose answers are still to come. So the first
 * question is one that has no place in any order.
 */
export class LockTurns {
  readonly #query: () => Promise<unknown>;
  #answered: Promise<unknown> | null = null;

  constructor(query: () => Promise<unknown>) {
    this.#query = query;
  }

  /** `ask`, which requests a lock or queries, is called after that of all earlier calls. */
  async take<Result>(ask: () => Promise<Result>): Promise<Result> {
    // Whether the context may use locks is told by the request itself.
    this.#answered ??= this.#query().catch(() => undefined);
    await this.#answered;
    return ask();
  }
}
