/**
 * Web IDL conversions from JavaScript values, with Chromium's messages.
 * https://webidl.spec.whatwg.org/#js-type-mapping
 */

import { typeError } from './exceptions';
import { append, apply, isInstance, iteratorSymbol, stringIndexOf, TypeError, uncurryMethod } from './primordials';

const toWellFormed: (string: string) => string = uncurryMethod(String, 'toWellFormed');

/**
 * https://webidl.spec.whatwg.org/#js-DOMString; `context` says what the string is for. It comes before what the engine says of symbols and of
 * objects that are no strings, and not before what code of the value's own throws.
 */
export function toDOMString(value: unknown, context?: string): string {
  try {
    return `${value as string}`;
  } catch (exception) {
    const message = isInstance(TypeError.prototype, exception) ? (exception as TypeError).message : '';
    throw stringIndexOf(message, 'Cannot convert') ? exception : typeError(message, context);
  }
}

/** https://webidl.spec.whatwg.org/#js-USVString */
export function toUSVString(value: unknown, context?: string): string {
  return toWellFormed(toDOMString(value, context));
}

/** https://webidl.spec.whatwg.org/#js-boolean */
export function toBoolean(value: unknown): boolean {
  return !!value;
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/**
 * The object that a dictionary's members are read from, or null where all members are absent.
 * https://webidl.spec.whatwg.org/#js-dictionary
 */
export function toDictionarySource(value: unknown, dictionary: string, operation: string): Record<string, unknown> | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw typeError(`The provided value is not of type '${dictionary}'.`, operation);
  return value as Record<string, unknown>;
}

/** What comes before an error about a member of a dictionary. */
export const memberContext = (context: string, member: string, dictionary: string): string =>
  `${context}: Failed to read the '${member}' property from '${dictionary}'`;

/** https://webidl.spec.whatwg.org/#js-sequence */
export function toSequence<Element>(value: unknown, operation: string, convert: (element: unknown) => Element): Element[] {
  if (!isObject(value)) throw typeError(`The provided value cannot be converted to a sequence.`, operation);
  const method = (value as Partial<Iterable<unknown>>)[iteratorSymbol];
  if (method === undefined || method === null) throw typeError(`The object must have a callable @@iterator property.`, operation);
  if (typeof method !== 'function') throw typeError(`@@iterator must be a callable.`, operation);
  // The iterator is the caller's own: whatever it does, it does to itself.
  const iterator = apply(method, value, []) as Iterator<unknown>;
  if (!isObject(iterator)) throw typeError(`Iterator object must be an object.`, operation);
  const { next } = iterator;
  if (typeof next !== 'function') throw typeError(`Expected next() function on iterator.`, operation);
  const elements: Element[] = [];
  for (;;) {
    const result = apply(next, iterator, []) as IteratorResult<unknown>;
    if (!isObject(result)) throw typeError(`Expected iterator.next() to return an Object.`, operation);
    if (result.done) return elements;
    append(elements, convert(result.value));
  }
}

/** Throws a TypeError when an operation got too few arguments. */
export function requireArguments(present: number, required: number, operation: string): void {
  if (present >= required) return;
  throw typeError(`${required} argument${required === 1 ? '' : 's'} required, but only ${present} present.`, operation);
}
