/** The SharedStorage interface as a window has it. https://wicg.github.io/shared-storage/#shared-storage-interface */

import { ModifierMethodClasses } from '../../interfaces/modifier-method-classes';
import { requireValidKey } from '../../interfaces/modifier-methods';
import { defineModifierOperations } from '../../interfaces/modifier-operations';
import { toDOMString } from '../../webidl/conversions';
import { failureOf, operationError } from '../../webidl/exceptions';
import { createInterfaceObject, exposeInterface, Interface, lazily } from '../../webidl/interface';
import { globalObject, uncurryGetterOf } from '../../webidl/primordials';
import { request } from '../bridge/bridge-channel';
import { requireUsableContext } from '../bridge/document-state';
import { rejectAfterPermissionsPolicy } from './permissions-policy';
import { createWorklet, exposedWorklet, newWorklet, run, selectURL } from './shared-storage-worklet';

const isCredentialless = uncurryGetterOf(globalObject, 'credentialless');

interface SharedStorageState {
  readonly worklet: ReturnType<typeof newWorklet>;
}

const modifierMethodClasses = new ModifierMethodClasses(requireUsableContext);

const exposed = createInterfaceObject(() => sharedStorage());

const sharedStorage = lazily(() => {
  const made = new Interface<SharedStorageState>('SharedStorage', { exposed });
  defineModifierOperations(made, {
    methodClasses: modifierMethodClasses,
    requireContext: requireUsableContext,
    update: (methods, withLock, operation) => request('database.update', { methods, withLock }, operation),
    rejectWith: rejectAfterPermissionsPolicy,
  });
  made.readonlyAttribute('worklet', ({ worklet }) => worklet.object);
  made.promiseOperation('createWorklet', 1, (_state, args) => createWorklet(args));
  made.promiseOperation('run', 1, ({ worklet }, args) => run(worklet.state, args, 'SharedStorage'));
  made.promiseOperation('selectURL', 2, ({ worklet }, args) => selectURL(worklet.state, args, 'SharedStorage'));
  made.promiseOperation('get', 1, (_state, args) => get(args));
  return made;
});

/**
 * Succeeds only in a fenced frame whose network is revoked.
 * https://wicg.github.io/shared-storage/#dom-sharedstorage-get
 */
function get(args: ArrayLike<unknown>): Promise<unknown> {
  const operation = failureOf('get', 'SharedStorage');
  const key = toDOMString(args[0], operation);
  requireUsableContext(operation);
  // All documents of fenced frames are; the service worker knows which of them have given up their network.
  if (!isCredentialless(globalObject)) throw operationError('Cannot call get() outside of a fenced frame.');
  requireValidKey(key);
  return request('database.get', { key });
}

export const createSharedStorage = (): object => sharedStorage().create({ worklet: newWorklet() });

/** The interfaces of the API, each made when somebody first looks at it. */
export function exposeInterfaces(): void {
  exposeInterface(globalObject, 'SharedStorage', exposed);
  exposeInterface(globalObject, 'SharedStorageWorklet', exposedWorklet);
  modifierMethodClasses.expose(globalObject);
}
