/** The SharedStorage interface as a window has it. https://wicg.github.io/shared-storage/#shared-storage-interface */

import { ModifierMethodClasses } from '../../interfaces/modifier-method-classes';
import { requireValidKey } from '../../interfaces/modifier-methods';
import { defineModifierOperations } from '../../interfaces/modifier-operations';
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

defineModifierOperations(sharedStorage, {
  classes: modifierMethodClasses,
  requireContext: requireUsableContext,
  update: (methods, withLock) => request('database.update', { methods, withLock }),
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
