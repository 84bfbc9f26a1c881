/** What the browser clones for this realm, once there is anything to look for: by structuredClone(), and in messages. */

import { isObject } from '../../webidl/conversions';
import { once } from '../../webidl/interface';
import { nativeFunction } from '../../webidl/native-function';
import {
  apply,
  bag,
  defineProperty,
  getOwnPropertyDescriptor,
  globalObject,
  ownKeys,
  WeakSet,
  weakSetAdd,
  weakSetHas,
} from '../../webidl/primordials';

/** Objects with more properties are not looked through. */
const MAXIMUM_PROPERTIES = 1000;
const MAXIMUM_DEPTH = 4;

const { prototype: messageEventPrototype } = MessageEvent;

type Visit = (value: object) => unknown;

const seen = new WeakSet<object>();

function walk(value: unknown, visit: Visit, depth: number): unknown {
  if (!isObject(value) || weakSetHas(seen, value)) return value;
  weakSetAdd(seen, value);
  if (visit(value) || depth === MAXIMUM_DEPTH) return value;
  const keys = ownKeys(value);
  for (let index = 0; keys.length <= MAXIMUM_PROPERTIES && index < keys.length; index++)
    walk(getOwnPropertyDescriptor(value, keys[index] as PropertyKey)?.value, visit, depth + 1);
  return value;
}

/** Wraps a method, or an accessor's getter, so that what it returns is looked through. */
function wrap(target: object, name: string, member: 'get' | 'value', visit: Visit): void {
  const descriptor = getOwnPropertyDescriptor(target, name);
  const original = descriptor?.[member] as ((...args: unknown[]) => unknown) | undefined;
  if (!descriptor || typeof original !== 'function') return;
  const shown = nativeFunction(original.name, original.length, (self, args) => walk(apply(original, self, args), visit, 0));
  defineProperty(target, name, bag({ ...descriptor, [member]: shown }));
}

/** From the first call on, `found` gets every object that this realm gets a clone of, and says whether it is what is looked for. */
export const createReviver = (found: Visit) =>
  once(() => {
    wrap(globalObject, 'structuredClone', 'value', found);
    wrap(messageEventPrototype, 'data', 'get', found);
  });
