/**
 * Finds what is bound to its agent cluster in a message's data. The data was just deserialized into this realm, so its objects have this
 * realm's own prototypes, their properties hold values and no getters, and no page code has touched them.
 */

import type { Bound, Found } from '../../protocol/isolation';
import { MAXIMUM_FOUND } from '../../protocol/limits';
import {
  append,
  getPrototypeOf,
  hasOwn,
  mapForEach,
  ownKeys,
  uncurryGetter,
  uncurryGetterOf,
  uncurryMethod,
  WeakSet,
  weakSetAdd,
  weakSetHas,
} from '../../webidl/primordials';

const objectPrototype: unknown = Object.prototype;
const arrayPrototype: unknown = Array.prototype;
const errorPrototype: unknown = Error.prototype;
const mapPrototype: unknown = Map.prototype;
const setPrototype: unknown = Set.prototype;
const dataViewPrototype: unknown = DataView.prototype;
const typedArrayPrototype = getPrototypeOf(Uint8Array.prototype) as Uint8Array;
const memoryPrototype: unknown = WebAssembly.Memory.prototype;
const modulePrototype: unknown = WebAssembly.Module.prototype;
/** Where the global is missing no message can have one. */
const sharedArrayBufferPrototype: unknown = globalThis.SharedArrayBuffer?.prototype ?? {};

const bufferOfTypedArray = uncurryGetterOf(typedArrayPrototype, 'buffer');
const bufferOfDataView = uncurryGetter(DataView, 'buffer');
const setForEach = uncurryMethod(Set, 'forEach') as (set: object, visit: (value: unknown) => void) => void;

/** How many properties are looked at. What comes after them passes unseen: a message must not hold up its page. */
const BUDGET = 200_000;

function typeOf(prototype: unknown): Bound | null {
  if (prototype === sharedArrayBufferPrototype) return 'SharedArrayBuffer';
  if (prototype === modulePrototype) return 'WebAssembly.Module';
  return prototype === memoryPrototype ? 'WebAssembly.Memory' : null;
}

const segment = (key: string): string => (key >= '0' && key < ':' ? `[${key}]` : `.${key}`);

/** An object to look at. Its fields are its own: an array's elements could be taken by setters that page code put on its prototype. */
class Place {
  readonly object: object;
  /** Where it was found, and under which key; null for the data itself. */
  readonly parent: Place | null;
  readonly key: string;
  next: Place | null = null;

  constructor(object: object, parent: Place | null, key: string) {
    this.object = object;
    this.parent = parent;
    this.key = key;
  }
}

function pathOf({ parent, key }: Place): string {
  let path = '';
  for (let place = parent, name = key; ; place = place.parent) {
    if (!place) return `data${path}`;
    path = segment(name) + path;
    name = place.key;
  }
}

/** A breadth-first walk; an object that is met twice is looked at once. Never runs page code. */
class Walk {
  readonly found: Found[] = [];
  readonly #seen = new WeakSet<object>();
  #place: Place;
  #last: Place;
  #left = BUDGET;

  constructor(data: object) {
    this.#place = this.#last = new Place(data, null, '');
    weakSetAdd(this.#seen, data);
  }

  run(): void {
    for (let place: Place | null = this.#place; place && this.#left > 0 && this.found.length < MAXIMUM_FOUND; place = place.next) {
      this.#place = place;
      this.#open(place.object);
    }
  }

  #meet(value: unknown, key: string): void {
    this.#left--;
    if (typeof value !== 'object' || value === null || weakSetHas(this.#seen, value)) return;
    weakSetAdd(this.#seen, value);
    this.#last = this.#last.next = new Place(value, this.#place, key);
  }

  #open(object: object): void {
    const prototype = getPrototypeOf(object);
    const type = typeOf(prototype);
    if (type) append(this.found, { __proto__: null, type, path: pathOf(this.#place) } as Found);
    else if (prototype === objectPrototype) this.#openProperties(object);
    else if (prototype === arrayPrototype) this.#openArray(object as unknown[]);
    else if (prototype === mapPrototype) this.#openMap(object);
    else if (prototype === setPrototype) setForEach(object, (value) => this.#left > 0 && this.#meet(value, '(member)'));
    else if (prototype === dataViewPrototype) this.#meet(bufferOfDataView(object as DataView), 'buffer');
    else if (prototype && getPrototypeOf(prototype) === typedArrayPrototype) this.#meet(bufferOfTypedArray(object as Uint8Array), 'buffer');
    else if (prototype === errorPrototype || (prototype && getPrototypeOf(prototype) === errorPrototype)) this.#openProperties(object);
  }

  #openProperties(object: object): void {
    const keys = ownKeys(object);
    for (let index = 0; index < keys.length && this.#left > 0; index++) {
      const key = keys[index] as string;
      this.#meet((object as Record<string, unknown>)[key], key);
    }
  }

  #openArray(array: unknown[]): void {
    // An array may have names besides its indices, but the list of both costs more than a long array is worth.
    if (array.length < this.#left) {
      this.#openProperties(array);
      return;
    }
    for (let index = 0; this.#left > 0; index++) this.#meet(hasOwn(array, index) ? array[index] : null, `${index}`);
  }

  #openMap(map: object): void {
    mapForEach(map as Map<unknown, unknown>, (value, key) => {
      if (this.#left <= 0) return;
      this.#meet(key, '(key)');
      this.#meet(value, typeof key === 'string' ? key : '(value)');
    });
  }
}

/** How many properties are worth looking at before anything is set up for a walk. */
const FEW = 32;

/** Most messages: an object of a few primitives. */
function isFlat(data: object): boolean {
  if (getPrototypeOf(data) !== objectPrototype) return false;
  const keys = ownKeys(data);
  if (keys.length > FEW) return false;
  for (let index = 0; index < keys.length; index++) {
    const value = (data as Record<PropertyKey, unknown>)[keys[index] as string];
    if (typeof value === 'object' && value !== null) return false;
  }
  return true;
}

/** What is bound to its agent cluster, at most a few of them; null where there is none. */
export function findBound(data: unknown): readonly Found[] | null {
  if (typeof data !== 'object' || data === null) return null;
  try {
    if (isFlat(data)) return null;
    const walk = new Walk(data);
    walk.run();
    return walk.found.length > 0 ? walk.found : null;
  } catch {
    // Data that cannot be looked at is no message's: it passes as it is.
    return null;
  }
}
