/** What a worklet chooses itself, to compute with and to log: none of it keeps the others from their work. */

import { describe, expect, test } from 'vitest';
import { requireModest } from '../../src/offscreen/worklets/crypto-limits';
import { areLoggable } from '../../src/offscreen/worklets/loggable';
import { MAXIMUM_CRYPTO_BYTES, MAXIMUM_LOGGED_CHARACTERS, MAXIMUM_LOGGED_VALUES } from '../../src/protocol/limits';

/** Arrays in arrays, each twice in the one around it: few objects, and as a string 2^depth times the text. */
function doubled(depth: number): unknown {
  let value: unknown = 'x';
  for (let count = 0; count < depth; count++) value = [value, value];
  return value;
}

/** Few objects also here, in four levels. */
function wide(): unknown {
  let value: unknown = 'x';
  for (let count = 0; count < 4; count++) value = Array(1000).fill(value);
  return value;
}

const PBKDF2 = { name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(16), iterations: 600_000 };

describe('cryptographic operations', () => {
  test.each([
    ['a digest', ['SHA-256', new Uint8Array(MAXIMUM_CRYPTO_BYTES - 100)]],
    ['a key derivation', [PBKDF2, null, 512]],
    ['one that makes as many iterations as any may', [{ ...PBKDF2, iterations: 10_000_000 }, null, 256]],
    ['a derived key', [PBKDF2, null, { name: 'AES-GCM', length: 256 }, true, ['encrypt']]],
    [
      'an RSA key pair',
      [{ name: 'RSA-PSS', modulusLength: 4096, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['sign']],
    ],
    ['a JSON Web Key', ['jwk', { kty: 'oct', k: 'AAAA', key_ops: ['sign'] }, { name: 'HMAC', hash: { name: 'SHA-256' } }, true, ['sign']]],
    ['nonsense', [undefined, 5n, new Map([[1, 2]]), new Date(0), Number.NaN, { iterations: 'many' }]],
  ])('%s is carried out', (_what, args) => {
    expect(() => requireModest(args)).not.toThrow();
  });

  test.each([
    ['much data', ['SHA-256', new Uint8Array(MAXIMUM_CRYPTO_BYTES + 1)]],
    ['a view of much data', ['SHA-256', new Uint8Array(new ArrayBuffer(MAXIMUM_CRYPTO_BYTES + 1), 0, 1)]],
    ['much data in several arguments', Array(3).fill(new ArrayBuffer(MAXIMUM_CRYPTO_BYTES / 2))],
    ['a long name', [{ name: 'x'.repeat(MAXIMUM_CRYPTO_BYTES) }]],
    ['a name that is endless as a string', [{ name: doubled(60) }]],
    ['a name that is long as a string', [{ name: wide() }]],
    ['many iterations', [{ ...PBKDF2, iterations: 10_000_001 }, null, 256]],
    ['many iterations as a string', [{ ...PBKDF2, iterations: '1e9' }, null, 256]],
    ['iterations for many bits', [PBKDF2, null, 2 ** 24]],
    ['iterations for many bits of a key', [PBKDF2, null, { name: 'HMAC', hash: 'SHA-256', length: 2 ** 24 }, true, ['sign']]],
    ['iterations for many bits beside nonsense', [PBKDF2, null, 2 ** 24, 'nonsense', { length: {} }]],
    ['a long modulus', [{ name: 'RSA-PSS', modulusLength: 16_384 }, true, []]],
    ['a long key', [{ name: 'HMAC', hash: 'SHA-256', length: 2 ** 31 }, true, ['sign']]],
  ])('%s is refused', (_what, args) => {
    expect(() => requireModest(args)).toThrow(expect.objectContaining({ name: 'OperationError' }));
  });
});

describe('what is logged', () => {
  const self: unknown[] = [];
  self.push(self);

  const isShown = (args: unknown[], operation = 'o') => areLoggable([{ operation, method: 'log', args }]);

  test.each([
    ['nothing', []],
    ['plain data', ['text', 1, true, null, undefined, 10n ** 99n, [1, ['x']], { a: { b: [undefined] } }]],
    ['the language’s own classes', [new Map([['k', { a: 1 }]]), new Set(['v']), new Date(0), /x/, new Uint8Array(8), new ArrayBuffer(8)]],
    ['as much text as may be', ['x'.repeat(MAXIMUM_LOGGED_CHARACTERS), '…']],
    ['as many values as may be', Array(MAXIMUM_LOGGED_VALUES).fill('[a large BigInt]')],
    ['as many in a map', [new Map(Array.from({ length: MAXIMUM_LOGGED_VALUES / 2 }, (_, index) => [index, '…']))]],
  ])('%s is shown', (_what, args) => {
    expect(isShown(args)).toBe(true);
  });

  const long = 'x'.repeat(2 * MAXIMUM_LOGGED_CHARACTERS + 1);

  test.each([
    ['more text', [long]],
    ['text in a name', [{ [long]: 1 }]],
    ['text in a name of an array', [Object.assign([], { [long]: 1 })]],
    ['text in a pattern', [new RegExp(long)]],
    ['text in a map', [new Map([[long, 1]])]],
    ['a large buffer', [new Uint8Array(new ArrayBuffer(long.length), 0, 1)]],
    ['more values', Array(2 * MAXIMUM_LOGGED_VALUES).fill(1)],
    ['more values in one', [Array(2 * MAXIMUM_LOGGED_VALUES).fill(1)]],
    ['more values in a set', [new Set(Array(2 * MAXIMUM_LOGGED_VALUES).keys())]],
    ['few objects that are many values', [doubled(60)]],
    ['an array in itself', [self]],
    ['a large number', [10n ** 1000n]],
    ['an error', [new Error('e')]],
    ['an object of the platform', [new Blob(['x'])]],
  ])('%s is not', (_what, args) => {
    expect(isShown(args)).toBe(false);
  });

  test('many lines are shown, if they are not long, and so are names of operations', () => {
    const lines = (length: number) =>
      Array.from({ length: 100 }, () => ({ operation: 'o', method: 'log' as const, args: ['x'.repeat(length)] }));
    expect([areLoggable(lines(10_000)), areLoggable(lines(1_000_000))]).toEqual([true, false]);
    expect([isShown([], 'a name'), isShown([], long)]).toEqual([true, false]);
  });
});
