/** What each operation that is under way has contributed: collected here, and handed to the offscreen document. */

import type { RealmContribution } from '../../protocol/worklet-port';
import { bag, Map, mapDelete, mapGet, mapSet } from '../../webidl/primordials';
import { mirror } from '../console/lines';
import { type OperationScope, onlyScope, whoseCode } from '../operation-scope';
import { send } from '../port';
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

const states = new Map<number, OperationState>();

/** The operations that have collected something. */
let waiting: OperationState[] = [];

/** `filteringIds`: what filtering IDs have to be less than. */
export function startContributing(runId: number, filteringIds: bigint): void {
  mapSet(states, runId, bag({ runId, filteringIds, collected: nothingCollected(), hasDebugMode: false, isToBeSent: false }));
}

function sendCollected(state: OperationState): void {
  state.isToBeSent = false;
  take(state.collected, (contributions, dropped) => send({ type: 'contributions', runId: state.runId, contributions, dropped }));
}

/** Call before the message that says that the operation has finished. */
export function finishContributing(runId: number): void {
  const state = mapGet(states, runId);
  if (!state) return;
  mapDelete(states, runId);
  sendCollected(state);
}

/** The state of the only operation that is under way; undefined where there are others, or none. */
export function onlyState(): OperationState | undefined {
  const scope = onlyScope();
  return scope ? mapGet(states, scope.runId) : undefined;
}

function sendAll(): void {
  const ready = waiting;
  waiting = [];
  for (let index = 0; index < ready.length; index++) sendCollected(ready[index] as OperationState);
}

function collectFor(state: OperationState, contribution: Contribution, count: number): void {
  if (contribution.filteringId >= state.filteringIds) {
    mirror('warn', ['privateAggregation: a filteringId does not fit in the byte size of its operation, and its contribution is dropped.']);
    return;
  }
  collect(state.collected, contribution, count);
  if (state.isToBeSent) return;
  state.isToBeSent = true;
  arrayPush(waiting, state);
  if (waiting.length === 1) inALaterTask(sendAll);
}

/** DEVIATION: native Chromium 120 ends the process of a worklet that contributes for an operation that has ended; here its developer is told. */
function refuse(scope: OperationScope | null): void {
  const when = scope ? 'after its operation had ended' : 'by code of no operation';
  mirror('warn', [`privateAggregation was used ${when}: that is in no report.`]);
}

/** How many contributions may wait to be told whose they are. */
const MAXIMUM_PENDING = 1000;

let pending = 0;
/**
 * What was made after the last of those while one operation was under way alone, `only`, and so is of the same operation. Where there are others,
 * the code of one of them may run in between: their contributions wait each for themselves, whatever their number.
 */
let tail: { more: Collected | null; readonly only: OperationScope | null } | null = null;

export function contribute(contribution: Contribution): void {
  const only = onlyScope();
  if (pending >= MAXIMUM_PENDING && only && tail?.only === only) {
    tail.more ??= nothingCollected();
    collect(tail.more, contribution);
    return;
  }
  pending++;
  const own: typeof tail = pending >= MAXIMUM_PENDING ? bag({ more: null, only }) : null;
  tail = own;
  whoseCode((scope) => {
    pending--;
    const state = scope ? mapGet(states, scope.runId) : undefined;
    if (!state) {
      refuse(scope);
      return;
    }
    collectFor(state, contribution, 1);
    if (!own?.more) return;
    take(own.more, (contributions, dropped) => {
      for (let index = 0; index < contributions.length; index++) {
        const each = contributions[index] as RealmContribution;
        collectFor(state, each, each.count);
      }
      state.collected.dropped += dropped;
    });
  });
}

/**
 * Whether the operation has enabled debug mode is known at once where it is the only one under way.
 * DEVIATION: of several, one that does so twice gets no exception. Its first call counts, and its developer is told so.
 */
export function enableDebugMode(key: bigint | null): void {
  const only = onlyState();
  whoseCode((scope) => {
    const state = scope ? mapGet(states, scope.runId) : undefined;
    // What an earlier operation has left behind was not the only one's.
    if (only && state !== only) only.hasDebugMode = false;
    if (!state) refuse(scope);
    else if (state !== only && state.hasDebugMode) mirror('error', [`enableDebugMode may be called at most once: the first call counts.`]);
    else {
      state.hasDebugMode = true;
      send({ type: 'debugMode', runId: state.runId, key });
    }
  });
}
