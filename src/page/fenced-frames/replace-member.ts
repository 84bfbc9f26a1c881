/** Members of the platform's objects that say something else. */

import { nativeFunction } from '../../webidl/native-function';
import { aPromiseRejectedWith, bag, defineProperty, getOwnPropertyDescriptor, hasOwn, uncurryThis } from '../../webidl/primordials';

export const split = uncurryThis(String.prototype.split as (this: string, separator: string) => string[]);

/** Puts functions or getters in the place of a prototype's own. */
export function replaceMember(
  target: object | undefined,
  name: string,
  steps: (self: unknown, args: ArrayLike<unknown>) => unknown,
  rejects = false,
): void {
  const descriptor = target && getOwnPropertyDescriptor(target, name);
  if (!descriptor) return;
  // What it has not itself, page code may have put on Object.prototype by now.
  const member = hasOwn(descriptor, 'get') ? 'get' : 'value';
  const original = descriptor[member] as { readonly name: string; readonly length: number };
  const shown = nativeFunction(original.name, original.length, steps, rejects ? aPromiseRejectedWith : null);
  defineProperty(target, name, bag({ ...descriptor, [member]: shown }));
}

export type Native = (this: unknown, ...args: unknown[]) => unknown;

/** The same for what is done by way of the prototype's own. */
export function wrapMember(
  target: object | undefined,
  name: string,
  wrap: (native: Native, self: unknown, args: ArrayLike<unknown>) => unknown,
): void {
  const descriptor = target && getOwnPropertyDescriptor(target, name);
  const native = descriptor?.[hasOwn(descriptor, 'get') ? 'get' : 'value'] as Native;
  replaceMember(target, name, (self, args) => wrap(native, self, args));
}
