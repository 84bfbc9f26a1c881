/** The SharedStorageWorkletGlobalScope: its attributes, its method, its interface objects. https://wicg.github.io/shared-storage/#global-scope */

import { domException, failureOf, typeError } from '../webidl/exceptions';
import { requireGlobalObject } from '../webidl/global-object';
import { exposeInterface, Interface } from '../webidl/interface';
import { defineAttribute, nativeFunction } from '../webidl/native-function';
import {
  aPromiseRejectedWith,
  apply,
  bag,
  DOMException,
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  globalObject,
} from '../webidl/primordials';
import { dropFirstFrame } from './console/describe-error';
import { createNavigator, type Locks, lock, lockManager, workletNavigator } from './lock-manager';
import { nameScopePrototypes } from './lockdown';
import type { Operations } from './operations';
import type { HostPort } from './port';
import { privateAggregation, type WorkletPrivateAggregation } from './private-aggregation/private-aggregation';
import type { WorkletSharedStorage } from './shared-storage/shared-storage';

function defineGlobalAttribute(name: string, read: () => unknown): void {
  const get = (self: unknown) => {
    requireGlobalObject(self);
    return read();
  };
  defineAttribute(globalObject, name, get);
}

/** A worker has `crypto` on a prototype; a worklet has it on its global. */
export function moveCrypto(): void {
  const holder = getPrototypeOf(getPrototypeOf(globalThis) as object) as object;
  const getter = getOwnPropertyDescriptor(holder, 'crypto')?.get;
  if (getter) defineGlobalAttribute('crypto', () => apply(getter, globalObject, []));
}

/** What the global scope gives the worklet's code. */
interface Realm {
  readonly port: HostPort;
  readonly operations: Operations;
  readonly sharedStorage: WorkletSharedStorage;
  readonly aggregation: WorkletPrivateAggregation;
  readonly locks: Locks;
}

function exposeInterfaces(sharedStorage: WorkletSharedStorage): void {
  const scope = globalThis;
  const { globalScope, workletGlobalScope } = nameScopePrototypes();
  const parent = new Interface('WorkletGlobalScope', { prototype: workletGlobalScope });
  exposeInterface(
    scope,
    'SharedStorageWorkletGlobalScope',
    new Interface('SharedStorageWorkletGlobalScope', { prototype: globalScope, parent }),
  );
  exposeInterface(scope, 'SharedStorage', sharedStorage.interface);
  sharedStorage.modifierMethodClasses.expose(scope);
  exposeInterface(scope, 'Lock', lock);
  exposeInterface(scope, 'LockManager', lockManager);
  exposeInterface(scope, 'SharedStorageWorkletNavigator', workletNavigator);
  exposeInterface(scope, 'PrivateAggregation', privateAggregation);
}

export function exposeGlobalScope({ port, operations, sharedStorage, aggregation, locks }: Realm): void {
  const scope = globalThis;
  exposeInterfaces(sharedStorage);
  /** What is there once the module has been added. */
  const readOnceAdded = (name: string, instance: object): object => {
    if (sharedStorage.isAddModuleFinished) return instance;
    const read = `Failed to read the '${name}' property from 'SharedStorageWorkletGlobalScope'`;
    const exception = new DOMException(`${read}: ${name} cannot be accessed during addModule().`, 'NotAllowedError');
    dropFirstFrame(exception);
    throw exception;
  };
  // https://wicg.github.io/shared-storage/#dom-sharedstorageworkletglobalscope-sharedstorage
  defineGlobalAttribute('sharedStorage', () => readOnceAdded('sharedStorage', sharedStorage.instance));
  const privateAggregationInstance = privateAggregation.create(aggregation);
  // https://patcg-individual-drafts.github.io/private-aggregation-api/#get-the-privateaggregation
  defineGlobalAttribute('privateAggregation', () => readOnceAdded('privateAggregation', privateAggregationInstance));
  const navigator = createNavigator(locks, (what) => sharedStorage.requireAddModuleFinished(what));
  defineGlobalAttribute('navigator', () => navigator);
  const value = nativeFunction('register', 2, (self, args) => {
    requireGlobalObject(self);
    return operations.register(args);
  });
  const readInterestGroups = (self: unknown): Promise<unknown> => {
    const operation = failureOf('interestGroups', 'SharedStorageWorkletGlobalScope');
    if (self !== undefined && self !== null && self !== globalObject) throw typeError('Illegal invocation', operation);
    if (!sharedStorage.isAddModuleFinished)
      throw domException('NotAllowedError', `${operation}: interestGroups() cannot be called during addModule().`);
    return port.ask('interestGroups', null);
  };
  // https://wicg.github.io/shared-storage/#dom-sharedstorageworkletglobalscope-interestgroups
  const groups = nativeFunction('interestGroups', 0, readInterestGroups, aPromiseRejectedWith);
  defineProperty(scope, 'interestGroups', bag({ value: groups, writable: true, enumerable: true, configurable: true }));
  defineProperty(scope, 'register', { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
}
