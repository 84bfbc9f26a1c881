/**
 * crypto.subtle and CryptoKey in the worklet: the offscreen document does the work.
 * https://w3c.github.io/webcrypto/#subtlecrypto-interface
 */

import { MAXIMUM_CRYPTO_BYTES } from '../protocol/limits';
import type { KeyDescription, SubtleArgument, SubtleResult } from '../protocol/worklet-port';
import { MAXIMUM_SUBTLE_ARGUMENTS, SUBTLE_METHODS } from '../spec/subtle-crypto';
import { isObject } from '../webidl/conversions';
import { domException, operationError, typeError } from '../webidl/exceptions';
import { exposeInterface, Interface } from '../webidl/interface';
import { defineAttribute, nativeFunction } from '../webidl/native-function';
import { append, apply, defineProperty, getOwnPropertyDescriptor, Promise, react } from '../webidl/primordials';
import type { HostPort } from './port';
import { bufferLength, objectKeys, tagOf } from './primordials';

export const cryptoKey = new Interface<KeyDescription>('CryptoKey');
for (const name of ['type', 'extractable', 'algorithm', 'usages'] as const) cryptoKey.readonlyAttribute(name, (key) => key[name]);
cryptoKey.placeConstructor();

const subtleCrypto = new Interface<HostPort>('SubtleCrypto');

const MAXIMUM_DEPTH = 4;

/**
 * A rough size. Getters of the worklet's own may run, and return something else when the value is cloned: the offscreen document weighs what it
 * gets. Throws for what it could not read.
 */
function weigh(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length * 2;
  if (!isObject(value)) return 8;
  const bytes = bufferLength(value);
  if (bytes !== undefined) return bytes;
  if (depth === MAXIMUM_DEPTH) return MAXIMUM_CRYPTO_BYTES;
  if (tagOf(value) === '[object WebAssembly.Module]') throw domException('DataCloneError', 'A WebAssembly.Module could not be cloned.');
  const keys = objectKeys(value);
  let total = keys.length * 8;
  for (let index = 0; index < keys.length && total < MAXIMUM_CRYPTO_BYTES; index++)
    total += weigh((value as Record<string, unknown>)[keys[index] as string], depth + 1);
  return total;
}

/** A key goes as its number; so does the one that an ECDH or X25519 algorithm has as its member `public`. */
function toArgument(value: unknown): SubtleArgument {
  const key = cryptoKey.stateOf(value);
  if (key) return { key: key.number };
  if (!isObject(value) || !('public' in value)) return { value };
  const { public: publicKey, ...rest } = value as { public: unknown };
  const member = cryptoKey.stateOf(publicKey);
  return member ? { value: rest, member: { name: 'public', key: member.number } } : { value };
}

function toResult(result: SubtleResult): unknown {
  if ('key' in result) return cryptoKey.create(result.key);
  if ('publicKey' in result) return { publicKey: cryptoKey.create(result.publicKey), privateKey: cryptoKey.create(result.privateKey) };
  return result.value;
}

for (const [name, length] of SUBTLE_METHODS) {
  subtleCrypto.promiseOperation(name, length, (port, args) => {
    const converted: SubtleArgument[] = [];
    let bytes = 0;
    for (let index = 0; index < args.length && index < MAXIMUM_SUBTLE_ARGUMENTS; index++) {
      bytes += weigh(args[index]);
      append(converted, toArgument(args[index]));
    }
    if (bytes > MAXIMUM_CRYPTO_BYTES) throw operationError('The data is too large for a shared storage worklet.');
    return new Promise((resolve, reject) => {
      react(port.ask('crypto.subtle', { method: name, args: converted }), (result) => resolve(toResult(result)), reject);
    });
  });
}

subtleCrypto.placeConstructor();

const NativeUint8Array = Uint8Array;
const HEX = '0123456789abcdef';

/** https://w3c.github.io/webcrypto/#Crypto-method-randomUUID, which secure contexts only have. */
function randomUUID(random: (array: Uint8Array) => Uint8Array): string {
  const bytes = random(new NativeUint8Array(16));
  let uuid = '';
  for (let index = 0; index < 16; index++) {
    let byte = bytes[index] as number;
    if (index === 6) byte = (byte & 0x0f) | 0x40;
    if (index === 8) byte = (byte & 0x3f) | 0x80;
    if (index === 4 || index === 6 || index === 8 || index === 10) uuid += '-';
    uuid += HEX[byte >> 4] as string;
    uuid += HEX[byte & 15] as string;
  }
  return uuid;
}

/** Adds what `crypto` has in secure contexts only. */
export function completeCrypto(port: HostPort): void {
  const { crypto, Crypto } = globalThis;
  const getRandomValues = getOwnPropertyDescriptor(Crypto.prototype, 'getRandomValues')?.value as (array: Uint8Array) => Uint8Array;
  const random = (array: Uint8Array) => apply(getRandomValues, crypto, [array]) as Uint8Array;
  const requireCrypto = (self: unknown) => {
    if (self !== crypto) throw typeError('Illegal invocation');
  };
  const subtle = subtleCrypto.create(port);
  defineAttribute(Crypto.prototype, 'subtle', (self) => {
    requireCrypto(self);
    return subtle;
  });
  const value = nativeFunction('randomUUID', 0, (self) => {
    requireCrypto(self);
    return randomUUID(random);
  });
  defineProperty(Crypto.prototype, 'randomUUID', { value, writable: true, enumerable: true, configurable: true });
  exposeInterface(globalThis, 'SubtleCrypto', subtleCrypto);
  exposeInterface(globalThis, 'CryptoKey', cryptoKey);
}
