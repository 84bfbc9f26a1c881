/** Exceptions as the platform throws them: the realm's own class, the exact message, no frame of ours in the stack. */

import { captureStackTrace, DOMException, defineValue, Error, TypeError, WeakMap, weakMapGet, weakMapSet } from './primordials';

/** An exception by name: a DOMException's name, or the name of an ECMAScript error class. */
export interface ExceptionDescription {
  readonly name: string;
  readonly message: string;
}

/** The exceptions that we made, each with the text that its stack begins with; the empty string where that is its message. */
const ours = new WeakMap<object, string>();

/** So that our frames are cut off its stack, whose first line is to have this text. */
export function remember<E extends object>(exception: E, text = ''): E {
  weakMapSet(ours, exception, text);
  return exception;
}

/** Gives an exception a member that is shown as natively. */
export function hide(exception: object, name: string, value: string): void {
  defineValue(exception, name, value, true, false);
}

/** `context` says where the error is from, such as "Failed to execute 'set' on 'SharedStorage'": natively the stack begins without that. */
export function typeError(text: string, context?: string): TypeError {
  const exception = remember(new TypeError(text), text);
  if (context) hide(exception, 'message', `${context}: ${text}`);
  return exception;
}

/** What comes before the text of an operation's error. */
export const failureOf = (operation: string, interfaceName: string): string => `Failed to execute '${operation}' on '${interfaceName}'`;

export function domException(name: string, message: string): DOMException {
  return remember(new DOMException(message, name));
}

/** Builds the exception that a description stands for; its stack says no more than native's does for a late rejection. */
export function fromDescription({ name, message }: ExceptionDescription): object {
  const exception =
    name === 'TypeError' ? typeError(message) : name === 'Error' ? remember(new Error(message)) : domException(name, message);
  hide(exception, 'stack', `${name}: ${message}`);
  return exception;
}

export const dataError = (message: string): DOMException => domException('DataError', message);

export const operationError = (message: string): DOMException => domException('OperationError', message);

export const invalidAccessError = (message: string): DOMException => domException('InvalidAccessError', message);

// biome-ignore lint/complexity/noBannedTypes: functions and constructors
type Callable = Function;

/** Cuts our frames off the stack of an exception that we made; what page code threw passes untouched. */
export function hideFrames(exception: unknown, operation: Callable): void {
  // A WeakMap knows nothing of what is no object.
  const text = weakMapGet(ours, exception as Error);
  if (text === undefined) return;
  // Of its own where there is a text; a DOMException would ask its prototype.
  const message = text && (exception as Error).message;
  if (text) hide(exception as Error, 'message', text);
  captureStackTrace(exception as Error, operation);
  if (text) hide(exception as Error, 'message', message);
}
