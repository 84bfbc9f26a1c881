/**
 * SharedStorageModifierMethod and the four classes that inherit from it, for windows and worklets alike.
 * https://wicg.github.io/shared-storage/#shared-storage-modifier-method-interface-group
 */

import type { ModifierMethod } from '../spec/modifier-methods';
import { toSequence } from '../webidl/conversions';
import { dataError, typeError } from '../webidl/exceptions';
import { createInterfaceObject, type Exposed, exposeInterface, Interface, lazily } from '../webidl/interface';
import { append } from '../webidl/primordials';
import { convertAppend, convertClear, convertDelete, convertSet, type LockableMethod, requireValidMethod } from './modifier-methods';

/** The context checks of the constructors: throws where the realm's document may not use the API. */
type RequireContext = (operation: string) => void;

type Convert = (args: ArrayLike<unknown>, operation: string) => LockableMethod;
type Class = readonly [name: string, length: number, convert: Convert | null];

/** What the others inherit from comes first: it has no constructor. */
const CLASSES: readonly Class[] = [
  ['SharedStorageModifierMethod', 0, null],
  ['SharedStorageSetMethod', 2, convertSet],
  ['SharedStorageAppendMethod', 2, convertAppend],
  ['SharedStorageDeleteMethod', 1, convertDelete],
  ['SharedStorageClearMethod', 0, convertClear],
];

export class ModifierMethodClasses {
  readonly #requireContext: RequireContext;
  readonly #exposed: Exposed[] = [];
  readonly #interfaces = lazily(() => this.#makeInterfaces());

  constructor(requireContext: RequireContext) {
    this.#requireContext = requireContext;
    for (let index = 0; index < CLASSES.length; index++)
      append(
        this.#exposed,
        createInterfaceObject(() => this.#interfaces()[index] as Interface<LockableMethod>),
      );
  }

  #makeInterfaces(): Interface<LockableMethod>[] {
    const made: Interface<LockableMethod>[] = [];
    for (let index = 0; index < CLASSES.length; index++) {
      const one = CLASSES[index] as Class;
      const name = one[0];
      const convert = one[2];
      const construct =
        convert &&
        ((args: ArrayLike<unknown>) => {
          const operation = `Failed to construct '${name}'`;
          const method = convert(args, operation);
          this.#requireContext(operation);
          requireValidMethod(method, operation);
          return method;
        });
      append(made, new Interface(name, { exposed: this.#exposed[index], parent: made[0], length: one[1], construct }));
    }
    return made;
  }

  expose(global: object): void {
    for (let index = 0; index < CLASSES.length; index++)
      exposeInterface(global, CLASSES[index]?.[0] as string, this.#exposed[index] as Exposed);
  }

  #methodOf(value: unknown): LockableMethod | undefined {
    const interfaces = this.#interfaces();
    for (let index = 1; index < interfaces.length; index++) {
      const method = interfaces[index]?.stateOf(value);
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
    if (withLock !== null) throw dataError(`${operation}: The 'withLock' option is not allowed for methods within batchUpdate()`);
    append(plain, method);
  }
  return plain;
}
