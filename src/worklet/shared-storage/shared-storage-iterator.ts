/** Asynchronous iteration over the entries as they were when it began. https://wicg.github.io/shared-storage/#iteration */

import { Interface } from '../../webidl/interface';
import { create, deleteProperty, getPrototypeOf, Promise, react } from '../../webidl/primordials';
import { call } from '../port';

type Entry = [key: string, value: string];

interface IteratorState {
  readonly kind: 'entries' | 'keys' | 'values';
  /** "pending entries"; rejected where the specification sets "error". */
  readonly entries: Promise<Entry[]>;
  position: number;
}

/** %AsyncIteratorPrototype%, which has no name in the language. */
const asyncIteratorPrototype = getPrototypeOf(getPrototypeOf(async function* () {}.prototype as object) as object) as object;

const iterator = new Interface<IteratorState>('AsyncIterator_SharedStorage', {
  tag: 'SharedStorage AsyncIterator',
  prototype: create(asyncIteratorPrototype) as object,
});
// It is no interface that script could name.
deleteProperty(iterator.prototype, 'constructor');

function result({ kind }: IteratorState, entry: Entry | undefined): IteratorResult<unknown> {
  if (!entry) return { done: true, value: undefined };
  if (kind === 'keys') return { done: false, value: entry[0] };
  if (kind === 'values') return { done: false, value: entry[1] };
  return { done: false, value: entry };
}

/** https://wicg.github.io/shared-storage/#sharedstorageiterator-get-the-next-iteration-result */
iterator.promiseOperation(
  'next',
  0,
  (state) =>
    new Promise((resolve, reject) => {
      react(state.entries, (entries) => resolve(result(state, entries[state.position++])), reject);
    }),
);

/** https://wicg.github.io/shared-storage/#sharedstorageiterator-asynchronous-iterator-initialization-steps */
export function createIterator(kind: IteratorState['kind']): object {
  const entries = call('entries', null);
  // A failure is told by next(), not as an unhandled rejection.
  react(
    entries,
    () => undefined,
    () => undefined,
  );
  return iterator.create({ kind, entries, position: 0 });
}
