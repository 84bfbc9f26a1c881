/** The SharedStorage interface as a worklet has it. https://wicg.github.io/shared-storage/#shared-storage-interface */

import { ModifierMethodClasses } from '../../interfaces/modifier-method-classes';
import { requireValidKey } from '../../interfaces/modifier-methods';
import { defineModifierOperations } from '../../interfaces/modifier-operations';
import { isBearable } from '../../protocol/batch-weight';
import { toDOMString } from '../../webidl/conversions';
import { domException } from '../../webidl/exceptions';
import { Interface } from '../../webidl/interface';
import { bag } from '../../webidl/primordials';
import { whoseCode } from '../operation-scope';
import { call, callKnowing, haveHandlersRun } from '../port';
import { get, length } from './entries-copy';
import { createIterator } from './shared-storage-iterator';

export const sharedStorage = new Interface<object>('SharedStorage');

let addModuleSuccess = false;
let embedderContext: string | undefined;

export function setEmbedderContext(context: string | undefined): void {
  embedderContext = context;
}

/** "Check whether addModule is finished": until then nothing stored can be reached. */
export function requireAddModuleFinished(what: string): void {
  if (!addModuleSuccess) throw domException('NotAllowedError', `${what} cannot be accessed during addModule().`);
}

export const modifierMethodClasses = new ModifierMethodClasses(() => undefined);

defineModifierOperations(sharedStorage, {
  classes: modifierMethodClasses,
  // Who has the object has been through that.
  requireContext: () => undefined,
  update: (methods, withLock) => {
    // DEVIATION: natively batches are of any size.
    if (!isBearable(methods)) throw domException('OperationError', 'A batch can have 60 MiB at most in Shared Storage Lab.');
    if (!haveHandlersRun()) return call('update', { methods, withLock, runId: null });
    // A handler is not called for what its own operation writes.
    return callKnowing('update', (known) => whoseCode((scope) => known(bag({ methods, withLock, runId: scope?.runId ?? null }))));
  },
});

/** What the embedder of a fenced frame gave its configuration; undefined for everybody else. */
sharedStorage.readonlyAttribute('context', () => embedderContext);

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-get */
sharedStorage.promiseOperation('get', 1, (_state, args) => {
  const key = toDOMString(args[0], "Failed to execute 'get' on 'SharedStorage'");
  requireValidKey(key);
  return get(key);
});

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-length */
sharedStorage.promiseOperation('length', 0, () => length());

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-remainingbudget */
sharedStorage.promiseOperation('remainingBudget', 0, () => call('remainingBudget', null));

/**
 * https://wicg.github.io/shared-storage/#iteration
 * DEVIATION: the specification makes the object itself iterable as well. As natively, it is not.
 */
for (const kind of ['entries', 'keys', 'values'] as const) sharedStorage.operation(kind, 0, () => createIterator(kind));

export const sharedStorageInstance = sharedStorage.create({});

export function finishAddModule(): void {
  addModuleSuccess = true;
}

export const isAddModuleFinished = (): boolean => addModuleSuccess;
