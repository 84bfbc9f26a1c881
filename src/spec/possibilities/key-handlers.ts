/**
 * Which changes of entries call which handlers. The explainer says no more of it than that "a handler could run a previously registered operation
 * when a given key is modified"; docs/possibilities.md says what was decided, and why.
 */

import type { ModifierMethod } from '../modifier-methods';

/** What may change an entry, and so call a handler. */
export const KEY_ACTIONS = ['set', 'append', 'delete', 'clear'] as const;

export type KeyAction = (typeof KEY_ACTIONS)[number];

export interface KeyChange {
  readonly key: string;
  readonly action: KeyAction;
}

/** What a handler is registered with, beside its worklet: two with the same of everything are one. */
export interface KeyHandler {
  /** The operation's. */
  readonly name: string;
  readonly key: string;
  readonly actions: readonly KeyAction[];
}

/** So many calls of one handler may wait; of more than that, the last one of each action is left. */
export const MAXIMUM_WAITING = 64;

/** A handler that is called for what a handler has written is one step further; there is no step after this one. */
export const MAXIMUM_STEPS = 8;

/** The name of a handler in its worklet: the same for the same arguments. */
export const handlerId = ({ name, key, actions }: KeyHandler): string => JSON.stringify([name, key, ...actions]);

/** Whether the method has changed the entry, which was there before, or not. What has expired is not there. */
export function isChange(method: ModifierMethod, wasThere: boolean): boolean {
  switch (method.type) {
    case 'set':
      // The entry's last write time is updated, and what it says is not.
      return !(method.ignoreIfPresent && wasThere);
    case 'append':
      return true;
    case 'delete':
    case 'clear':
      return wasThere;
  }
}

/** The last one of each kind, in their order. */
function lastOfEach<Element>(elements: readonly Element[], kindOf: (element: Element) => string): Element[] {
  const last = new Map(elements.map((element, index) => [kindOf(element), index]));
  return elements.filter((element, index) => last.get(kindOf(element)) === index);
}

/**
 * What is left of more calls than may wait: of each handler that has too many, the last one of each action. The others stay as they are, and all of them in
 * their order.
 */
export function coalesce<Call extends { readonly handler: string; readonly action: KeyAction }>(waiting: readonly Call[]): Call[] {
  const counts = new Map<string, number>();
  for (const { handler } of waiting) counts.set(handler, (counts.get(handler) ?? 0) + 1);
  const isTooMany = ({ handler }: Call) => (counts.get(handler) ?? 0) > MAXIMUM_WAITING;
  const kept = new Set(lastOfEach(waiting.filter(isTooMany), ({ handler, action }) => `${action} ${handler}`));
  return waiting.filter((call) => !isTooMany(call) || kept.has(call));
}

/** The changes that one batch has made: repetitions of the last change of a key say nothing new, and no key has more of them than may wait. */
export function changesOfBatch(changes: readonly KeyChange[]): KeyChange[] {
  const last = new Map<string, KeyAction>();
  const different = changes.filter(({ key, action }) => {
    const isRepeated = last.get(key) === action;
    last.set(key, action);
    return !isRepeated;
  });
  const calls = different.map((change) => ({ ...change, handler: change.key }));
  return coalesce(calls).map(({ key, action }) => ({ key, action }));
}
