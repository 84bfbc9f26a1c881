/**
 * Web IDL conversions from JavaScript values, with Chromium's messages.
 * https://webidl.spec.whatwg.org/#js-type-mapping
 */

import { typeError } from './exceptions';
import { uncurryThis } from './primordials';

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

/** Throws a TypeError when an operation got too few arguments. */
export function requireArguments(present: number, required: number, operation: string): void {
  if (present >= required) return;
  throw typeError(`${operation}: ${required} argument${required === 1 ? '' : 's'} required, but only ${present} present.`);
}
