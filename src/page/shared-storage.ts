/** The SharedStorage interface as a window has it. https://wicg.github.io/shared-storage/#shared-storage-interface */

import { convertAppend, convertClear, convertDelete, convertSet, requireValidLengths } from '../interfaces/modifier-methods';
import type { ModifierMethod } from '../spec/modifier-methods';
import { Interface } from '../webidl/interface';
import { request } from './bridge-channel';
import { requireUsableContext } from './document-state';
import { createWorklet, run } from './shared-storage-worklet';

interface SharedStorageState {
  readonly worklet: ReturnType<typeof createWorklet>;
}

export const sharedStorage = new Interface<SharedStorageState>('SharedStorage');

/** https://wicg.github.io/shared-storage/#setter */
function modifierOperation(name: string, length: number, convert: (args: ArrayLike<unknown>, operation: string) => ModifierMethod): void {
  const operation = `Failed to execute '${name}' on 'SharedStorage'`;
  sharedStorage.promiseOperation(name, length, (_state, args) => {
    const method = convert(args, operation);
    requireUsableContext(operation);
    requireValidLengths(method);
    return request('database.update', { methods: [method] });
  });
}

// In the order of native's own properties.
modifierOperation('append', 2, convertAppend);
modifierOperation('clear', 0, convertClear);
modifierOperation('delete', 1, convertDelete);
modifierOperation('set', 2, convertSet);
sharedStorage.readonlyAttribute('worklet', ({ worklet }) => worklet.object);
sharedStorage.promiseOperation('run', 1, ({ worklet }, args) => run(worklet.state, args, 'SharedStorage'));

export const createSharedStorage = (): object => sharedStorage.create({ worklet: createWorklet() });
