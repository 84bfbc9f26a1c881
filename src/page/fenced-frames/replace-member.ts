/** Members of the platform's objects that say something else in frames with opaque URLs. */

import { nativeFunction } from '../../webidl/native-function';
import { aPromiseRejectedWith, bag, defineProperty, getOwnPropertyDescriptor, uncurryThis } from '../../webidl/primordials';

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
  const member = descriptor.get ? 'get' : 'value';
  const original = descriptor[member] as { readonly name: string; readonly length: number };
  const shown = nativeFunction(original.name, original.length, steps, rejects ? aPromiseRejectedWith : null);
  defineProperty(target, name, bag({ ...descriptor, [member]: shown }));
}
