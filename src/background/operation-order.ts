/** Starts the operations of each worklet in the order in which they were asked for, and after the writes that came before them. */

import type { WorkletId } from '../protocol/messages';

export class OperationOrder {
  readonly #settled: () => Promise<unknown>;
  /** For each worklet, when the last operation that was asked for is ready to start. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** `settled` resolves when all writes so far are stored. */
  constructor(settled: () => Promise<unknown>) {
    this.#settled = settled;
  }

  /** Whether an operation of the worklet waits to be started. */
  isWaiting({ documentId, workletId }: WorkletId): boolean {
    return this.#last.has(`${documentId}/${workletId}`);
  }

  /** Starts the operation with what `prepare` resolves to. */
  async start<Prepared, Result>(
    { documentId, workletId }: WorkletId,
    prepare: () => Prepared | Promise<Prepared>,
    start: (prepared: Prepared) => Promise<Result>,
  ): Promise<Result> {
    const key = `${documentId}/${workletId}`;
    const ready = Promise.all([prepare(), this.#settled(), this.#last.get(key)]);
    const forget = () => {
      if (this.#last.get(key) === last) this.#last.delete(key);
    };
    const last: Promise<void> = ready.then(forget, forget);
    this.#last.set(key, last);
    const [prepared] = await ready;
    return start(prepared);
  }
}
