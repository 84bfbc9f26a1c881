/**
 * Web IDL conversions from JavaScript values, with Chromium's messages.
 * https://webidl.spec.whatwg.org/#js-type-mapping
 */

import { typeError } from './exceptions';
import { append, apply, iteratorSymbol, uncurryThis } from './primordials';

const toWellFormed: (string: string) => string = uncurryThis(String.prototype.toWellFormed);

/** https://webidl.spec.whatwg.org/#js-DOMString; throws what the value's own conversion throws, a TypeError for a symbol. */
export function toDOMString(value: unknown): string {
  return `${value as string}`;
}

/** https://webidl.spec.whatwg.org/#js-USVString */
export function toUSVString(value: unknown): string {
  return toWellFormed(toDOMString(value));
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
  if (!isObject(value)) throw typeError(`${operation}: The provided value is not of type '${dictionary}'.`);
  return value as Record<string, unknown>;
}

/** https://webidl.spec.whatwg.org/#js-sequence */
export function toSequence<Element>(value: unknown, operation: string, convert: (element: unknown) => Element): Element[] {
  if (!isObject(value)) throw typeError(`${operation}: The provided value cannot be converted to a sequence.`);
  const method = (value as Partial<Iterable<unknown>>)[iteratorSymbol];
  if (method === undefined || method === null) throw typeError(`${operation}: The object must have a callable @@iterator property.`);
  if (typeof method !== 'function') throw typeError(`${operation}: @@iterator must be a callable.`);
  // The iterator is the caller's own: whatever it does, it does to itself.
  const iterator = apply(method, value, []) as Iterator<unknown>;
  if (!isObject(iterator)) throw typeError(`${operation}: Iterator object must be an object.`);
  const { next } = iterator;
  if (typeof next !== 'function') throw typeError(`${operation}: Expected next() function on iterator.`);
  const elements: Element[] = [];
  for (;;) {
    const result = apply(next, iterator, []) as IteratorResult<unknown>;
    if (!isObject(result)) throw typeError(`${operation}: Expected iterator.next() to return an Object.`);
    if (result.done) return elements;
    append(elements, convert(result.value));
  }
}

/** Throws a TypeError when an operation got too few arguments. */
export function requireArguments(present: number, required: number, operation: string): void {
  if (present >= required) return;
  throw typeError(`${operation}: ${required} argument${required === 1 ? '' : 's'} required, but only ${present} present.`);
}
