/** Calls code of the worklet's with none of our functions below it on the stack: its stack traces show its own frames alone, as natively. */

import { aPromiseRejectedWith, append, apply, defineProperty, react } from '../webidl/primordials';
import { bind, promiseThen } from './primordials';

type Callback = (...args: never[]) => unknown;

/** The browser calls it in a microtask, with these arguments, of which there is one at least; what it returns or throws settles a promise. */
export function callAlone(
  callback: Callback,
  self: unknown,
  args: ArrayLike<unknown>,
  onFulfilled: (value: unknown) => void,
  onRejected: (reason: unknown) => void,
): void {
  const bound: unknown[] = [self];
  for (let index = 0; index < args.length - 1; index++) append(bound, args[index]);
  // A promise is not rejected with what a value resolves to, but with the value itself: the last argument, whatever it is.
  const trigger = aPromiseRejectedWith(args[args.length - 1]);
  defineProperty(trigger, 'constructor', { __proto__: null, value: undefined } as PropertyDescriptor);
  const called = promiseThen(trigger, undefined, apply(bind, callback, bound) as (last: unknown) => unknown);
  react(called, onFulfilled, onRejected);
}
