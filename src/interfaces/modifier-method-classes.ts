/**
 * SharedStorageModifierMethod and the four classes that inherit from it, for windows and worklets alike.
 * https://wicg.github.io/shared-storage/#shared-storage-modifier-method-interface-group
 */

import type { ModifierMethod } from '../spec/modifier-methods';
import { toSequence } from '../webidl/conversions';
import { domException, typeError } from '../webidl/exceptions';
import { exposeInterface, Interface } from '../webidl/interface';
import { append } from '../webidl/primordials';
import { convertAppend, convertClear, convertDelete, convertSet, type LockableMethod, requireValidMethod } from './modifier-methods';

/** The context checks of the constructors: throws where the realm's document may not use the API. */
type RequireContext = (operation: string) => void;

const CLASSES = [
  ['SharedStorageSetMethod', 2, convertSet],
  ['SharedStorageAppendMethod', 2, convertAppend],
  ['SharedStorageDeleteMethod', 1, convertDelete],
  ['SharedStorageClearMethod', 0, convertClear],
] as const;

export class ModifierMethodClasses {
  readonly #base = new Interface<LockableMethod>('SharedStorageModifierMethod');
  readonly #classes: Interface<LockableMethod>[] = [];

  constructor(requireContext: RequireContext) {
    for (const [name, length, convert] of CLASSES) {
      const construct = (args: ArrayLike<unknown>) => {
        const operation = `Failed to construct '${name}'`;
        const method = convert(args, operation);
        requireContext(operation);
        requireValidMethod(method, operation);
        return method;
      };
      append(this.#classes, new Interface(name, { parent: this.#base, length, construct }));
    }
  }

  expose(global: object): void {
    exposeInterface(global, 'SharedStorageModifierMethod', this.#base);
    for (let index = 0; index < CLASSES.length; index++)
      exposeInterface(global, CLASSES[index]?.[0] as string, this.#classes[index] as Interface<LockableMethod>);
  }

  #methodOf(value: unknown): LockableMethod | undefined {
    for (let index = 0; index < this.#classes.length; index++) {
      const method = this.#classes[index]?.stateOf(value);
      if (method) return method;
    }
    return undefined;
  }

  /** https://webidl.spec.whatwg.org/#js-sequence, of SharedStorageModifierMethod */
  convertSequence(value: unknown, operation: string): LockableMethod[] {
    return toSequence(value, operation, (element) => {
      const state = this.#methodOf(element);
      if (!state) throw typeError(`Failed to convert value to 'SharedStorageModifierMethod'.`, operation);
      return state;
    });
  }
}

/** The methods of a batch. https://wicg.github.io/shared-storage/#dom-sharedstorage-batchupdate */
export function requireNoInnerLocks(methods: readonly LockableMethod[], operation: string): ModifierMethod[] {
  const plain: ModifierMethod[] = [];
  for (let index = 0; index < methods.length; index++) {
    const { method, withLock } = methods[index] as LockableMethod;
    // If method["withLock"] exists: return a promise rejected with a TypeError (Chromium: a DataError).
    if (withLock !== null)
      throw domException('DataError', `${operation}: The 'withLock' option is not allowed for methods within batchUpdate()`);
    append(plain, method);
  }
  return plain;
}
