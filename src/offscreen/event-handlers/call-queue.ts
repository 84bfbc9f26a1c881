/**
 * The calls of one worklet's handlers, in the order of the changes that cause them: one begins when the one before it has ended, or has had its time. So an operation
 * that never ends keeps no other from being called, and a worklet has no more to do at once than it can.
 */

import { coalesce, type KeyAction } from '../../spec/possibilities/key-handlers';
import type { Reason } from '../../spec/reason';
import type { ChangeNote } from '../../store/entries/schema';

/** How long a call keeps the next one waiting, in milliseconds. */
const LONGEST_TURN = 10_000;

/** How long an answer counts for the other calls that the same change causes, in milliseconds. */
const SAME_MOMENT = 1000;

/** A call that is to be made. */
export interface Call {
  /** The handler's name in its worklet. */
  readonly handler: string;
  readonly action: KeyAction;
  /** How many handlers there are in the chain, with this one. */
  readonly step: number;
  readonly cause: ChangeNote;
}

export interface CallQueueOptions {
  /** Resolves to why handlers of the document may not be called now; to null where they may. */
  readonly refusal: (call: Call) => Promise<Reason | null>;
  /** Runs the operation; resolves when that has ended. */
  readonly run: (call: Call) => Promise<void>;
  readonly refused: (call: Call, reason: Reason) => void;
}

export class CallQueue {
  readonly #options: CallQueueOptions;
  #waiting: Call[] = [];
  #isWorking = false;
  /** The document is in the back/forward cache, where nothing of it runs. */
  #isPaused = false;
  #lastAnswer: { readonly cause: ChangeNote; readonly time: number; readonly refusal: Reason | null } | null = null;

  constructor(options: CallQueueOptions) {
    this.#options = options;
  }

  add(calls: readonly Call[]): void {
    this.#waiting = coalesce([...this.#waiting, ...calls]);
    void this.#work();
  }

  /** What waits of the handler is not called any more. */
  remove(handler: string): void {
    this.#waiting = this.#waiting.filter((call) => call.handler !== handler);
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (!this.#isPaused) {
      const call = this.#waiting[0];
      if (!call) break;
      const refusal = await this.#refusalOf(call);
      // It may be gone, or others may have been coalesced with it; those that came before its own are none.
      if (this.#isPaused || this.#waiting[0] !== call) continue;
      this.#waiting.shift();
      if (refusal === null) await this.#runInTurn(call);
      else this.#options.refused(call, refusal);
    }
    this.#isWorking = false;
  }

  async #refusalOf(call: Call): Promise<Reason | null> {
    const last = this.#lastAnswer;
    const now = performance.now();
    if (last?.cause === call.cause && now - last.time < SAME_MOMENT) return last.refusal;
    const refusal = await this.#options.refusal(call);
    this.#lastAnswer = { cause: call.cause, time: now, refusal };
    return refusal;
  }

  async #runInTurn(call: Call): Promise<void> {
    const { promise: tooLong, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LONGEST_TURN);
    await Promise.race([this.#options.run(call), tooLong]);
    clearTimeout(timer);
  }
}
