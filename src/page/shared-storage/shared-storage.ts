/** The SharedStorage interface as a window has it. https://wicg.github.io/shared-storage/#shared-storage-interface */

import { ModifierMethodClasses, requireNoInnerLocks } from '../../interfaces/modifier-method-classes';
import {
  convertAppend,
  convertClear,
  convertDelete,
  convertOptions,
  convertSet,
  type LockableMethod,
  requireValidKey,
  requireValidLockName,
  requireValidMethod,
} from '../../interfaces/modifier-methods';
import { toDOMString } from '../../webidl/conversions';
import { domException } from '../../webidl/exceptions';
import { Interface } from '../../webidl/interface';
import { globalObject, uncurryGetter } from '../../webidl/primordials';
import { request } from '../bridge/bridge-channel';
import { requireUsableContext } from '../bridge/document-state';
import { rejectAfterPermissionsPolicy, rejectSelectURL } from './permissions-policy';
import { createWorklet, newWorklet, run, selectURL } from './shared-storage-worklet';

const isCredentialless = uncurryGetter(globalObject, 'credentialless');

interface SharedStorageState {
  readonly worklet: ReturnType<typeof newWorklet>;
}

export const sharedStorage = new Interface<SharedStorageState>('SharedStorage', { rejectWith: rejectAfterPermissionsPolicy });

export const modifierMethodClasses = new ModifierMethodClasses(requireUsableContext);

/** https://wicg.github.io/shared-storage/#setter */
function modifierOperation(name: string, length: number, convert: (args: ArrayLike<unknown>, operation: string) => LockableMethod): void {
  const operation = `Failed to execute '${name}' on 'SharedStorage'`;
  sharedStorage.promiseOperation(name, length, (_state, args) => {
    const lockable = convert(args, operation);
    requireUsableContext(operation);
    requireValidMethod(lockable);
    return request('database.update', { methods: [lockable.method], withLock: lockable.withLock });
  });
}

// In the order of native's own properties.
modifierOperation('append', 2, convertAppend);
modifierOperation('clear', 0, convertClear);
modifierOperation('delete', 1, convertDelete);
modifierOperation('set', 2, convertSet);

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-batchupdate */
sharedStorage.promiseOperation('batchUpdate', 1, (_state, args) => {
  const operation = "Failed to execute 'batchUpdate' on 'SharedStorage'";
  const lockables = modifierMethodClasses.convertSequence(args[0], operation);
  const withLock = convertOptions(args[1], operation);
  requireUsableContext(operation);
  const methods = requireNoInnerLocks(lockables);
  requireValidLockName(withLock);
  return request('database.update', { methods, withLock });
});

/**
 * Succeeds only in a fenced frame whose network is revoked.
 * https://wicg.github.io/shared-storage/#dom-sharedstorage-get
 */
sharedStorage.promiseOperation('get', 1, (_state, args) => {
  const key = toDOMString(args[0]);
  requireUsableContext("Failed to execute 'get' on 'SharedStorage'");
  // All documents of fenced frames are; the service worker knows which of them have given up their network.
  if (!isCredentialless(globalObject)) throw domException('OperationError', 'Cannot call get() outside of a fenced frame.');
  requireValidKey(key);
  return request('database.get', { key });
});

sharedStorage.readonlyAttribute('worklet', ({ worklet }) => worklet.object);
sharedStorage.promiseOperation('selectURL', 2, ({ worklet }, args) => selectURL(worklet.state, args, 'SharedStorage'), rejectSelectURL);
sharedStorage.promiseOperation('run', 1, ({ worklet }, args) => run(worklet.state, args, 'SharedStorage'));
sharedStorage.promiseOperation('createWorklet', 1, (_state, args) => createWorklet(args));

export const createSharedStorage = (): object => sharedStorage.create({ worklet: newWorklet(false) });
