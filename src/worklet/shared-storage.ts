/** The SharedStorage interface as a worklet has it. https://wicg.github.io/shared-storage/#shared-storage-interface */

import { convertAppend, convertClear, convertDelete, convertSet, requireValidLengths } from '../interfaces/modifier-methods';
import type { ModifierMethod } from '../spec/modifier-methods';
import { toDOMString } from '../webidl/conversions';
import { domException } from '../webidl/exceptions';
import { Interface } from '../webidl/interface';
import { call } from './port';
import { createIterator } from './shared-storage-iterator';

export const sharedStorage = new Interface<object>('SharedStorage');

/** https://wicg.github.io/shared-storage/#setter */
function modifierOperation(name: string, length: number, convert: (args: ArrayLike<unknown>, operation: string) => ModifierMethod): void {
  const operation = `Failed to execute '${name}' on 'SharedStorage'`;
  sharedStorage.promiseOperation(name, length, (_state, args) => {
    const method = convert(args, operation);
    requireValidLengths(method);
    return call('update', { methods: [method] });
  });
}

modifierOperation('append', 2, convertAppend);
modifierOperation('clear', 0, convertClear);
modifierOperation('delete', 1, convertDelete);
modifierOperation('set', 2, convertSet);

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-get */
sharedStorage.promiseOperation('get', 1, (_state, args) => {
  const key = toDOMString(args[0]);
  requireValidLengths({ type: 'delete', key });
  return call('get', { key });
});

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-length */
sharedStorage.promiseOperation('length', 0, () => call('length', null));

/** https://wicg.github.io/shared-storage/#iteration */
for (const kind of ['entries', 'keys', 'values'] as const) sharedStorage.operation(kind, 0, () => createIterator(kind));

const instance = sharedStorage.create({});
let addModuleSuccess = false;

/** "If the result of running check whether addModule is finished is false": until then nothing stored can be reached. */
export function finishAddModule(): void {
  addModuleSuccess = true;
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorageworkletglobalscope-sharedstorage */
export function readSharedStorage(): object {
  if (addModuleSuccess) return instance;
  throw domException(
    'NotAllowedError',
    "Failed to read the 'sharedStorage' property from 'SharedStorageWorkletGlobalScope': sharedStorage cannot be accessed during addModule().",
  );
}
