/** Hands each worklet's operations to the worklet host in the order in which they were asked for. */

import type { WorkletId } from '../../protocol/messages';

export class OperationOrder {
  /** For each worklet, when the last operation that was asked for is handed over. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Calls `handOver` with what is prepared, after the worklet's earlier operations: at once where nothing has to be waited for. */
  inOrder<Prepared, Result>(
    { documentId, workletId }: WorkletId,
    prepared: Prepared | Promise<Prepared>,
    handOver: (prepared: Prepared) => Result,
  ): Result | Promise<Result> {
    const key = `${documentId}/${workletId}`;
    const earlier = this.#last.get(key);
    if (!earlier && !(prepared instanceof Promise)) return handOver(prepared);
    const ready = Promise.all([prepared, earlier]);
    const forget = () => {
      if (this.#last.get(key) === last) this.#last.delete(key);
    };
    const last: Promise<void> = ready.then(forget, forget);
    this.#last.set(key, last);
    return ready.then(([settled]) => handOver(settled));
  }
}
