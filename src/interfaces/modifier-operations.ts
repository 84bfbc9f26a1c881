/** The modifier operations of SharedStorage, for windows and worklets alike. https://wicg.github.io/shared-storage/#shared-storage-interface */

import type { ModifierMethod } from '../spec/modifier-methods';
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
  readonly classes: ModifierMethodClasses;
  /** Throws where the realm's document may not use the API. */
  requireContext(operation: string): void;
  /** Does what the methods say, in one transaction, under the lock if there is one. */
  update(methods: ModifierMethod[], withLock: string | null): Promise<unknown>;
}

/** In the order of native's own properties. */
const MODIFIERS = [
  ['append', 2, convertAppend],
  ['clear', 0, convertClear],
  ['delete', 1, convertDelete],
  ['set', 2, convertSet],
] as const;

export function defineModifierOperations(sharedStorage: Interface<object>, { classes, requireContext, update }: Realm): void {
  const operationOf = (name: string) => `Failed to execute '${name}' on 'SharedStorage'`;
  // https://wicg.github.io/shared-storage/#setter
  for (const [name, length, convert] of MODIFIERS) {
    const operation = operationOf(name);
    sharedStorage.promiseOperation(name, length, (_state, args) => {
      const lockable = convert(args, operation);
      requireContext(operation);
      requireValidMethod(lockable);
      return update([lockable.method], lockable.withLock);
    });
  }
  // https://wicg.github.io/shared-storage/#dom-sharedstorage-batchupdate
  sharedStorage.promiseOperation('batchUpdate', 1, (_state, args) => {
    const operation = operationOf('batchUpdate');
    const lockables = classes.convertSequence(args[0], operation);
    const withLock = convertOptions(args[1], operation);
    requireContext(operation);
    const methods = requireNoInnerLocks(lockables);
    requireValidLockName(withLock);
    return update(methods, withLock);
  });
}
