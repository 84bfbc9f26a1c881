/** Asynchronous iteration over the entries as they were when it began. https://wicg.github.io/shared-storage/#iteration */

import { Interface } from '../../webidl/interface';
import {
  aPromiseRejectedWith,
  aPromiseResolvedWith,
  bag,
  create,
  deleteProperty,
  getPrototypeOf,
  Promise,
  react,
} from '../../webidl/primordials';
import type { CopiedEntries } from './entries-copy';

type Kind = 'entries' | 'keys' | 'values';

/** Keys and values in turns, and what has come after them. */
interface Part {
  readonly keysAndValues: readonly string[];
  next: Part | null;
}

/** A promise that next() has returned, and the one that it returned after that. */
interface Waiting {
  resolve(result: unknown): void;
  reject(reason: unknown): void;
  next: Waiting | null;
}

interface IteratorState {
  readonly kind: Kind;
  /** "pending entries": the part that is being read, and where in it. */
  part: Part;
  position: number;
  lastPart: Part;
  /** Whether more may come. */
  isOpen: boolean;
  /** "error": what next() rejects with, where the entries could not be read. */
  failure: { readonly reason: unknown } | null;
  firstWaiting: Waiting | null;
  lastWaiting: Waiting | null;
}

/** %AsyncIteratorPrototype%, which has no name in the language. */
const asyncIteratorPrototype = getPrototypeOf(getPrototypeOf(async function* () {}.prototype as object) as object) as object;

const iterator = new Interface<IteratorState>('AsyncIterator_SharedStorage', {
  tag: 'SharedStorage AsyncIterator',
  prototype: create(asyncIteratorPrototype) as object,
});
// It is no interface that script could name.
deleteProperty(iterator.prototype, 'constructor');

const DONE = null;

/** The next result, DONE after the last, undefined where it has not come yet. */
function take(state: IteratorState): object | typeof DONE | undefined {
  while (state.position >= state.part.keysAndValues.length) {
    if (!state.part.next) return state.isOpen ? undefined : DONE;
    state.part = state.part.next;
    state.position = 0;
  }
  const { keysAndValues } = state.part;
  const key = keysAndValues[state.position];
  const value = keysAndValues[state.position + 1];
  state.position += 2;
  if (state.kind === 'keys') return { done: false, value: key };
  if (state.kind === 'values') return { done: false, value };
  return { done: false, value: [key, value] };
}

const resultOf = (taken: object | typeof DONE): object => taken ?? { done: true, value: undefined };

/** https://wicg.github.io/shared-storage/#sharedstorageiterator-get-the-next-iteration-result */
iterator.promiseOperation('next', 0, (state) => {
  const taken = take(state);
  if (taken) return aPromiseResolvedWith(taken);
  if (state.failure) return aPromiseRejectedWith(state.failure.reason);
  if (taken === DONE) return aPromiseResolvedWith(resultOf(DONE));
  return new Promise((resolve, reject) => {
    const waiting: Waiting = bag({ resolve, reject, next: null });
    if (state.lastWaiting) state.lastWaiting.next = waiting;
    else state.firstWaiting = waiting;
    state.lastWaiting = waiting;
  });
});

/** Settles what next() has promised, as far as that has come. */
function settleWaiting(state: IteratorState): void {
  for (let waiting = state.firstWaiting; waiting; waiting = waiting.next) {
    const taken = take(state);
    if (taken === undefined) return;
    state.firstWaiting = waiting.next;
    if (!state.firstWaiting) state.lastWaiting = null;
    if (taken === DONE && state.failure) waiting.reject(state.failure.reason);
    else waiting.resolve(resultOf(taken));
  }
}

const newPart = (keysAndValues: readonly string[]): Part => bag({ keysAndValues, next: null });

/** https://wicg.github.io/shared-storage/#sharedstorageiterator-asynchronous-iterator-initialization-steps */
export function createIterator(entries: CopiedEntries, kind: Kind): object {
  const part = newPart([]);
  const state: IteratorState = bag({
    kind,
    part,
    position: 0,
    lastPart: part,
    isOpen: true,
    failure: null,
    firstWaiting: null,
    lastWaiting: null,
  });
  const add = (keysAndValues: readonly string[]) => {
    const added = newPart(keysAndValues);
    state.lastPart.next = added;
    state.lastPart = added;
    settleWaiting(state);
  };
  const end = (failure: IteratorState['failure']) => {
    state.isOpen = false;
    state.failure = failure;
    settleWaiting(state);
  };
  react(
    entries.readEntries(add),
    (last) => {
      add(last);
      end(null);
    },
    // A failure is told by next(), not as an unhandled rejection.
    (reason) => end(bag({ reason })),
  );
  return iterator.create(state);
}
