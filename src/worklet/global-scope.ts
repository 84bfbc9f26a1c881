/** The SharedStorageWorkletGlobalScope: its attributes, its method, its interface objects. https://wicg.github.io/shared-storage/#global-scope */

import { defineReadonlyAttribute, exposeInterface, Interface, nativeFunction } from '../webidl/interface';
import { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, globalObject } from '../webidl/primordials';
import { createNavigator, lock, lockManager, workletNavigator } from './lock-manager';
import { nameScopePrototypes } from './lockdown';
import { register } from './operations';
import { modifierMethodClasses, readSharedStorage, requireAddModuleFinished, sharedStorage } from './shared-storage/shared-storage';

/** A worker has `crypto` on a prototype; a worklet has it on its global. */
export function moveCrypto(): void {
  const holder = getPrototypeOf(getPrototypeOf(globalThis) as object) as object;
  const getter = getOwnPropertyDescriptor(holder, 'crypto')?.get;
  if (getter) defineReadonlyAttribute(globalThis, 'crypto', () => apply(getter, globalObject, []));
}

export function exposeGlobalScope(): void {
  const scope = globalThis;
  const { globalScope, workletGlobalScope } = nameScopePrototypes();
  const parent = new Interface('WorkletGlobalScope', { prototype: workletGlobalScope });
  exposeInterface(
    scope,
    'SharedStorageWorkletGlobalScope',
    new Interface('SharedStorageWorkletGlobalScope', { prototype: globalScope, parent }),
  );
  exposeInterface(scope, 'SharedStorage', sharedStorage);
  modifierMethodClasses.expose(scope);
  exposeInterface(scope, 'Lock', lock);
  exposeInterface(scope, 'LockManager', lockManager);
  exposeInterface(scope, 'SharedStorageWorkletNavigator', workletNavigator);
  defineReadonlyAttribute(scope, 'sharedStorage', readSharedStorage);
  const navigator = createNavigator(requireAddModuleFinished);
  defineReadonlyAttribute(scope, 'navigator', () => navigator);
  const value = nativeFunction('register', 2, (_self, args) => register(args));
  defineProperty(scope, 'register', { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
}
