/** Exceptions as the platform throws them: the realm's own class, the exact message, no frame of ours in the stack. */

import { captureStackTrace, DOMException, defineProperty, Error, TypeError, WeakSet, weakSetAdd, weakSetHas } from './primordials';

/** An exception by name: a DOMException's name, or the name of an ECMAScript error class. */
export interface ExceptionDescription {
  readonly name: string;
  readonly message: string;
}

const ours = new WeakSet<object>();

function remember<E extends object>(exception: E): E {
  weakSetAdd(ours, exception);
  return exception;
}

export function typeError(message: string): TypeError {
  return remember(new TypeError(message));
}

export function domException(name: string, message: string): DOMException {
  return remember(new DOMException(message, name));
}

/** Builds the exception that a description stands for; its stack says no more than native's does for a late rejection. */
export function fromDescription({ name, message }: ExceptionDescription): object {
  const exception =
    name === 'TypeError' ? typeError(message) : name === 'Error' ? remember(new Error(message)) : domException(name, message);
  defineProperty(exception, 'stack', {
    __proto__: null,
    value: `${name}: ${message}`,
    writable: true,
    enumerable: false,
    configurable: true,
  } as PropertyDescriptor);
  return exception;
}

// biome-ignore lint/complexity/noBannedTypes: functions and constructors
type Callable = Function;

/** Cuts our frames off the stack of an exception that we made; what page code threw passes untouched. */
export function hideFrames(exception: unknown, operation: Callable): void {
  if (typeof exception === 'object' && exception !== null && weakSetHas(ours, exception)) captureStackTrace(exception, operation);
}
