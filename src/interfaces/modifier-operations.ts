/** The modifier operations of SharedStorage, for windows and worklets alike. https://wicg.github.io/shared-storage/#shared-storage-interface */

import type { ModifierMethod } from '../spec/modifier-methods';
import { failureOf } from '../webidl/exceptions';
import type { Interface } from '../webidl/interface';
import { type ModifierMethodClasses, requireNoInnerLocks } from './modifier-method-classes';
import {
  convertAppend,
  convertClear,
  convertDelete,
  convertOptions,
  convertSet,
  requireValidLockName,
  requireValidMethod,
} from './modifier-methods';

/** What differs between a window and a worklet. */
export interface Realm {
  readonly methodClasses: ModifierMethodClasses;
  /** Throws where the realm's document may not use the API. */
  requireContext(operation: string): void;
  /** Does what the methods say, in one transaction, under the lock if there is one. `operation` comes before what a refusal says. */
  update(methods: ModifierMethod[], withLock: string | null, operation: string): Promise<unknown>;
  /** Makes the promise of an operation that failed; default: one rejected with the exception. */
  rejectWith?(exception: unknown, operation: string): Promise<unknown>;
}

/** In the order of native's own properties. */
const MODIFIERS = [
  ['append', 2, convertAppend],
  ['clear', 0, convertClear],
  ['delete', 1, convertDelete],
  ['set', 2, convertSet],
] as const;

export function defineModifierOperations(
  sharedStorage: Interface<object>,
  { methodClasses, requireContext, update, rejectWith }: Realm,
): void {
  const rejectOf = (operation: string) => rejectWith && ((exception: unknown) => rejectWith(exception, operation));
  const operationOf = (name: string) => failureOf(name, 'SharedStorage');
  // https://wicg.github.io/shared-storage/#setter
  for (let index = 0; index < MODIFIERS.length; index++) {
    const one = MODIFIERS[index] as (typeof MODIFIERS)[number];
    const operation = operationOf(one[0]);
    const steps = (_state: object, args: ArrayLike<unknown>) => {
      const lockable = one[2](args, operation);
      requireContext(operation);
      requireValidMethod(lockable, operation);
      return update([lockable.method], lockable.withLock, operation);
    };
    sharedStorage.promiseOperation(one[0], one[1], steps, rejectOf(operation));
  }
  // https://wicg.github.io/shared-storage/#dom-sharedstorage-batchupdate
  const operation = operationOf('batchUpdate');
  const steps = (_state: object, args: ArrayLike<unknown>) => {
    const lockables = methodClasses.convertSequence(args[0], operation);
    const withLock = convertOptions(args[1], operation);
    requireContext(operation);
    const methods = requireNoInnerLocks(lockables, operation);
    requireValidLockName(withLock, operation);
    return update(methods, withLock, operation);
  };
  sharedStorage.promiseOperation('batchUpdate', 1, steps, rejectOf(operation));
  // The members that come after these are those of a feature, natively.
  sharedStorage.placeConstructor();
}
