/**
 * What a worklet's cryptographic operations may cost: this document does the work, and all worklets share its threads. The realm's own script
 * weighs the arguments too, but getters of the worklet's can give it other values than those that are then cloned.
 */

import { Refusal } from '../../protocol/envelope';
import { MAXIMUM_CRYPTO_BYTES } from '../../protocol/limits';

/** The most that an algorithm may ask for: iterations, and lengths in bits. */
const MAXIMA = { iterations: 10_000_000, modulusLength: 4096, length: 8 * MAXIMUM_CRYPTO_BYTES };

/** A key derivation makes its iterations for each so many bits that it derives: as many as the longest hash has. */
const BITS_AT_ONCE = 512;

/** Of algorithms and keys nothing lies deeper. */
const MAXIMUM_DEPTH = 4;

/**
 * The weight of what came as a clone, in bytes; more than the maximum where it is too heavy. What is in several places weighs there each time:
 * whoever converts nested arrays to a string goes there each time.
 */
function weigh(value: unknown, left: number, depth = 0): number {
  if (typeof value === 'string') return value.length * 2;
  if (value instanceof ArrayBuffer) return value.byteLength;
  if (ArrayBuffer.isView(value)) return value.buffer.byteLength;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth === MAXIMUM_DEPTH) return Number.POSITIVE_INFINITY;
  let weight = 8;
  for (const member of Object.values(value)) {
    weight += weigh(member, left - weight, depth + 1);
    if (weight > left) break;
  }
  return weight;
}

/** As Web IDL converts it, where that gives a number above 0. */
function toNumber(value: unknown): number {
  const number = Number(value);
  return number > 0 ? number : 0;
}

const refusal = (text: string) => new Refusal('OperationError', text);

/** Throws a Refusal where an operation with these arguments would keep others waiting. They are clones, so no code of the worklet runs. */
export function requireModest(args: readonly unknown[]): void {
  const weight = args.reduce<number>((sum, arg) => sum + (sum > MAXIMUM_CRYPTO_BYTES ? 0 : weigh(arg, MAXIMUM_CRYPTO_BYTES - sum)), 0);
  if (weight > MAXIMUM_CRYPTO_BYTES) throw refusal('The data is too large for a shared storage worklet.');
  const algorithms = args.map((arg) => (typeof arg === 'object' && arg !== null ? (arg as Record<string, unknown>) : {}));
  for (const [name, maximum] of Object.entries(MAXIMA))
    for (const algorithm of algorithms)
      if (toNumber(algorithm[name]) > maximum) throw refusal(`In a shared storage worklet, ${name} can be ${maximum} at most.`);
  // deriveBits() has the number of bits as an argument, deriveKey() in the algorithm of the derived key.
  const bits = Math.max(
    ...args.map((arg) => (typeof arg === 'object' ? 0 : toNumber(arg))),
    ...algorithms.map(({ length }) => toNumber(length)),
  );
  const iterations = Math.max(...algorithms.map((algorithm) => toNumber(algorithm.iterations)));
  if (iterations * Math.max(bits / BITS_AT_ONCE, 1) > MAXIMA.iterations)
    throw refusal(`In a shared storage worklet, ${MAXIMA.iterations} iterations derive ${BITS_AT_ONCE} bits at most.`);
}
