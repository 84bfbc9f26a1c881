/** Web IDL's numeric types: what they make of values, and what is said of those that they do not take. */

import { expect, test } from 'vitest';
import { toBigInt } from '../../src/webidl/bigint';
import { toLong, toUnsignedLongLong } from '../../src/webidl/numbers';

const symbol = Symbol('s');
const three = { valueOf: () => 3n };
const noPrimitive = { valueOf: () => ({}), toString: () => ({}) };
const OUTSIDE = `TypeError: c: Value is outside the 'unsigned long long' value range.`;

/** The conversion, a value, and what becomes of it with the context `c`. */
const CASES: [(value: unknown, context: string) => unknown, unknown, unknown][] = [
  [toBigInt, 5n, 5n],
  [toBigInt, -1n, -1n],
  [toBigInt, 2n ** 200n, 2n ** 200n],
  [toBigInt, '7', 7n],
  [toBigInt, '', 0n],
  [toBigInt, true, 1n],
  [toBigInt, three, 3n],
  [toBigInt, 1, 'TypeError: c: Cannot convert 1 to a BigInt'],
  [toBigInt, null, 'TypeError: c: Cannot convert null to a BigInt'],
  [toBigInt, 'x', 'SyntaxError: c: Cannot convert x to a BigInt'],
  [toBigInt, symbol, 'TypeError: c: Cannot convert Symbol(s) to a BigInt'],
  [toBigInt, noPrimitive, 'TypeError: c: Cannot convert object to primitive value'],
  [toLong, 2.9, 2],
  [toLong, -0.5, 0],
  [toLong, Number.NaN, 0],
  [toLong, 2 ** 31, -(2 ** 31)],
  [toLong, 2 ** 32 + 3, 3],
  [toLong, '7', 7],
  [toLong, null, 0],
  [toLong, 1n, 'TypeError: c: Cannot convert a BigInt value to a number'],
  [toLong, symbol, 'TypeError: c: Cannot convert a Symbol value to a number'],
  [toUnsignedLongLong, 2.7, 2],
  [toUnsignedLongLong, '3', 3],
  [toUnsignedLongLong, null, 0],
  [toUnsignedLongLong, 2 ** 53 - 1, 2 ** 53 - 1],
  [toUnsignedLongLong, -1, OUTSIDE],
  [toUnsignedLongLong, 2 ** 53, OUTSIDE],
  [toUnsignedLongLong, Number.NaN, `TypeError: c: Value is not of type 'unsigned long long'.`],
  [toUnsignedLongLong, Number.POSITIVE_INFINITY, `TypeError: c: Value is infinite and not of type 'unsigned long long'.`],
  [toUnsignedLongLong, 3n, 'TypeError: c: Cannot convert a BigInt value to a number'],
  [toUnsignedLongLong, noPrimitive, 'TypeError: c: Cannot convert object to primitive value'],
];

function outcomeOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
}

test.each(CASES.map(([convert, value, outcome], index) => [`${index}: ${convert.name}`, convert, value, outcome] as const))(
  '%s',
  (_name, convert, value, outcome) => {
    expect(outcomeOf(() => convert(value, 'c'))).toBe(outcome);
  },
);

test('an integer between -1 and 0 is 0', () => {
  expect(toUnsignedLongLong(-0.7, 'c')).toBe(0);
});

test.each([toBigInt, toLong, toUnsignedLongLong])('%o lets pass what code of the value throws', (convert) => {
  const own = {
    valueOf() {
      throw new TypeError('Mine');
    },
  };
  expect(outcomeOf(() => convert(own, 'c'))).toBe('TypeError: Mine');
});
