/** Numeric types. `context` says what the number is for. */

import { toDOMString } from './conversions';
import { typeError } from './exceptions';
import { bag } from './primordials';

/** Throws it as toDOMString() would have: with the context before it where it is the engine's. */
export function rethrow(exception: unknown, context: string): never {
  const toString = () => {
    throw exception;
  };
  return toDOMString(bag({ toString }), context) as never;
}

function toNumber(value: unknown, context: string): number {
  try {
    return +(value as number);
  } catch (exception) {
    return rethrow(exception, context);
  }
}

/** https://webidl.spec.whatwg.org/#js-long */
export const toLong = (value: unknown, context: string): number => toNumber(value, context) | 0;

/** [EnforceRange] https://webidl.spec.whatwg.org/#js-unsigned-long-long */
export function toUnsignedLongLong(value: unknown, context: string): number {
  const number = toNumber(value, context);
  // Neither of NaN, which counts as false, nor of an infinity there is a difference.
  if (number - number !== 0) throw typeError(`Value is ${number ? 'infinite and ' : ''}not of type 'unsigned long long'.`, context);
  const integer = number - (number % 1);
  if (integer < 0 || integer >= 2 ** 53) throw typeError(`Value is outside the 'unsigned long long' value range.`, context);
  return integer;
}

/** https://webidl.spec.whatwg.org/#js-double */
export function toDouble(value: unknown, context: string): number {
  const number = toNumber(value, context);
  if (number - number !== 0) throw typeError('The provided double value is non-finite.', context);
  return number;
}
