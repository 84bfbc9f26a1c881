/** Members of the platform's objects that say something else. */

import { type Callable, nativeFunction } from '../../webidl/native-function';
import { aPromiseRejectedWith, apply, bag, defineProperty, getOwnPropertyDescriptor, hasOwn, uncurryThis } from '../../webidl/primordials';

export const split = uncurryThis(String.prototype.split as (this: string, separator: string) => string[]);

/** Puts functions or getters in the place of a prototype's own; returns what is there now. */
export function replaceMember(
  target: object | undefined,
  name: string,
  steps: (self: unknown, args: ArrayLike<unknown>) => unknown,
  rejects = false,
): Callable | undefined {
  const descriptor = target && getOwnPropertyDescriptor(target, name);
  if (!descriptor) return undefined;
  // What it has not itself, page code may have put on Object.prototype by now.
  const member = hasOwn(descriptor, 'get') ? 'get' : 'value';
  const original = descriptor[member] as { readonly name: string; readonly length: number };
  const shown = nativeFunction(original.name, original.length, steps, rejects ? aPromiseRejectedWith : null);
  defineProperty(target, name, bag({ ...descriptor, [member]: shown }));
  return shown;
}

export type Native = (this: unknown, ...args: unknown[]) => unknown;

/** The same for what is done by way of the prototype's own. */
export function wrapMember(
  target: object | undefined,
  name: string,
  wrap: (native: Native, self: unknown, args: ArrayLike<unknown>) => unknown,
  rejects = false,
): Callable | undefined {
  const descriptor = target && getOwnPropertyDescriptor(target, name);
  const native = descriptor?.[hasOwn(descriptor, 'get') ? 'get' : 'value'] as Native;
  return replaceMember(target, name, (self, args) => wrap(native, self, args), rejects);
}

/**
 * The same for an attribute by which page code first gets hold of an interface: `first` is called with what it gets there, and the attribute is
 * the browser's own again. To touch an interface makes the browser make it, which costs a page more than most of what it might be touched for.
 */
export function onFirstUse(target: object, name: string, first: (value: object) => void): void {
  const own = getOwnPropertyDescriptor(target, name);
  const shown = wrapMember(target, name, (native, self, args) => {
    // Unless the page has put something of its own there.
    if (own && getOwnPropertyDescriptor(target, name)?.get === shown) defineProperty(target, name, own);
    const value = apply(native, self, args) as object;
    first(value);
    return value;
  });
}
