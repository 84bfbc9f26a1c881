/** What each operation that is under way has contributed: collected here, and handed to the offscreen document. */

import type { RealmContribution } from '../../protocol/worklet-port';
import { bag, Map, mapDelete, mapGet, mapSet } from '../../webidl/primordials';
import type { Lines } from '../console/lines';
import { type OperationScope, type OperationScopes, whoseCode } from '../operation-scope';
import type { HostPort } from '../port';
import { arrayPush, inALaterTask } from '../primordials';
import { type Collected, type Contribution, collect, nothingCollected, take } from './collected';

interface OperationState {
  readonly runId: number;
  readonly filteringIds: bigint;
  readonly collected: Collected;
  /** Whether "debug scope map" has an entry for it. */
  hasDebugMode: boolean;
  /** Whether it will be asked for what it has collected. */
  isToBeSent: boolean;
}

/** How many contributions may wait to be told whose they are. */
const MAXIMUM_PENDING = 1000;

/**
 * How many may wait in any case. By that many a budget of 2^16 is exceeded, whatever they are; each of them takes 500 bytes until then, and an operation that
 * makes more without ever waiting for anything loses them.
 */
const MAXIMUM_UNTOLD = 2 ** 16;

/** Contributions of one operation that has been under way alone. */
interface Tail {
  more: Collected | null;
  /** How many there was no room for, whosever they were. */
  dropped: number;
  readonly only: OperationScope | null;
}

export class OperationStates {
  readonly #port: HostPort;
  readonly #scopes: OperationScopes;
  readonly #lines: Lines;
  readonly #states = new Map<number, OperationState>();
  /** The operations that have collected something. */
  #waiting: OperationState[] = [];
  /** How many contributions wait to be told whose they are. */
  #pending = 0;
  /**
   * What was made after the last of those while one operation was under way alone, `only`, and so is of the same operation. Where there are others,
   * the code of one of them may run in between: their contributions wait each for themselves, up to a number.
   */
  #tail: Tail | null = null;

  constructor(port: HostPort, scopes: OperationScopes, lines: Lines) {
    this.#port = port;
    this.#scopes = scopes;
    this.#lines = lines;
  }

  /** `filteringIds`: what filtering IDs have to be less than. */
  start(runId: number, filteringIds: bigint): void {
    mapSet(this.#states, runId, bag({ runId, filteringIds, collected: nothingCollected(), hasDebugMode: false, isToBeSent: false }));
  }

  contribute(contribution: Contribution): void {
    const only = this.#scopes.only();
    if (this.#pending >= MAXIMUM_PENDING && only && this.#tail?.only === only) {
      this.#tail.more ??= nothingCollected();
      collect(this.#tail.more, contribution);
      return;
    }
    if (this.#pending >= MAXIMUM_UNTOLD && this.#tail) {
      this.#tail.dropped++;
      return;
    }
    this.#pending++;
    const own: Tail | null = this.#pending >= MAXIMUM_PENDING ? bag({ more: null, dropped: 0, only }) : null;
    this.#tail = own;
    whoseCode((scope) => {
      this.#pending--;
      const state = scope ? mapGet(this.#states, scope.runId) : undefined;
      if (!state) {
        this.#refuse(scope);
        return;
      }
      this.#collectFor(state, contribution, 1);
      if (!own) return;
      state.collected.dropped += own.dropped;
      if (!own.more) return;
      take(own.more, (contributions, dropped) => {
        for (let index = 0; index < contributions.length; index++) {
          const each = contributions[index] as RealmContribution;
          this.#collectFor(state, each, each.count);
        }
        state.collected.dropped += dropped;
      });
    });
  }

  /**
   * Whether the operation has enabled debug mode is known at once where it is the only one under way.
   * DEVIATION: of several, one that does so twice gets no exception. Its first call counts, and its developer is told so.
   */
  enableDebugMode(key: bigint | null): void {
    const only = this.only();
    whoseCode((scope) => {
      const state = scope ? mapGet(this.#states, scope.runId) : undefined;
      // What an earlier operation has left behind was not the only one's.
      if (only && state !== only) only.hasDebugMode = false;
      if (!state) this.#refuse(scope);
      else if (state !== only && state.hasDebugMode)
        this.#lines.mirror('error', [`enableDebugMode may be called at most once: the first call counts.`]);
      else {
        state.hasDebugMode = true;
        this.#port.send({ type: 'debugMode', runId: state.runId, key });
      }
    });
  }

  /** Call before the message that says that the operation has finished. */
  finish(runId: number): void {
    const state = mapGet(this.#states, runId);
    if (!state) return;
    mapDelete(this.#states, runId);
    this.#sendCollected(state);
  }

  /** The state of the only operation that is under way; undefined where there are others, or none. */
  only(): OperationState | undefined {
    const scope = this.#scopes.only();
    return scope ? mapGet(this.#states, scope.runId) : undefined;
  }

  #sendCollected(state: OperationState): void {
    state.isToBeSent = false;
    take(state.collected, (contributions, dropped) =>
      this.#port.send({ type: 'contributions', runId: state.runId, contributions, dropped }),
    );
  }

  #sendAll(): void {
    const ready = this.#waiting;
    this.#waiting = [];
    for (let index = 0; index < ready.length; index++) this.#sendCollected(ready[index] as OperationState);
  }

  #collectFor(state: OperationState, contribution: Contribution, count: number): void {
    if (contribution.filteringId >= state.filteringIds) {
      this.#lines.mirror('warn', [
        'privateAggregation: a filteringId does not fit in the byte size of its operation, and its contribution is dropped.',
      ]);
      return;
    }
    collect(state.collected, contribution, count);
    if (state.isToBeSent) return;
    state.isToBeSent = true;
    arrayPush(this.#waiting, state);
    if (this.#waiting.length === 1) inALaterTask(() => this.#sendAll());
  }

  /** DEVIATION: native Chromium 120 ends the process of a worklet that contributes for an operation that has ended; here its developer is told. */
  #refuse(scope: OperationScope | null): void {
    const when = scope ? 'after its operation had ended' : 'by code of no operation';
    this.#lines.mirror('warn', [`privateAggregation was used ${when}: that is in no report.`]);
  }
}
