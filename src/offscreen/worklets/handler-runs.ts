/** Whether a worklet has handlers, and the operations that they run. */

import { FIRST_HANDLER_RUN } from '../../protocol/limits';
import { BoundedMap } from '../../store/bounded-map';
import type { RunningHandler } from './run';

/** Of so many it is remembered whose they were: what an operation leaves behind may write after it has ended. */
const MAXIMUM_REMEMBERED = 1000;

export class HandlerRuns {
  hasHandlers = false;
  #last = FIRST_HANDLER_RUN;
  readonly #known = new BoundedMap<number, RunningHandler>(MAXIMUM_REMEMBERED);
  readonly #running = new Map<number, RunningHandler>();

  /** A number for the next one, which no document has given to an operation. */
  next(): number {
    return this.#last++;
  }

  began(runId: number, { handler, step }: RunningHandler): void {
    this.#known.set(runId, { handler, step });
    this.#running.set(runId, { handler, step });
  }

  ended(runId: number): void {
    this.#running.delete(runId);
  }

  /**
   * Whose operation it is. Code of no operation that is known, while handlers run, may be what one of them has left behind: it is as far in a chain of them as the
   * furthest.
   */
  of(runId: number | null): { readonly handler: string | null; readonly step: number } | null {
    const known = runId === null ? undefined : this.#known.get(runId);
    if (known) return known;
    const steps = [...this.#running.values()].map(({ step }) => step);
    return steps.length > 0 && runId === null ? { handler: null, step: Math.max(...steps) } : null;
  }
}
