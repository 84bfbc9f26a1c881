/**
 * SubtleCrypto for one worklet. Its worker is no secure context and so has none of its own; this document has, and does the
 * work for it. Keys stay here: the worklet holds their numbers. https://w3c.github.io/webcrypto/#subtlecrypto-interface
 */

import { Refusal } from '../../protocol/envelope';
import type { KeyDescription, SubtleArgument, SubtleResult } from '../../protocol/worklet-port';

const METHODS: ReadonlySet<unknown> = new Set([
  'decrypt',
  'deriveBits',
  'deriveKey',
  'digest',
  'encrypt',
  'exportKey',
  'generateKey',
  'importKey',
  'sign',
  'unwrapKey',
  'verify',
  'wrapKey',
]);

/** A worklet that makes more keys than this has lost its way. */
const MAXIMUM_KEYS = 10_000;

/** What would keep the threads of this document, which all worklets share, busy for long. */
const MAXIMA = { iterations: 10_000_000, modulusLength: 4096 };

/** Throws where an algorithm asks for more than that. It came as a clone, and so has no code that could say something else later. */
function requireModestAlgorithm(algorithm: unknown): void {
  if (typeof algorithm !== 'object' || algorithm === null) return;
  for (const [name, maximum] of Object.entries(MAXIMA)) {
    const value = Number((algorithm as Record<string, unknown>)[name]);
    if (value > maximum) throw new Refusal('OperationError', `In a shared storage worklet, ${name} can be ${maximum} at most.`);
  }
}

type Method = (...args: unknown[]) => Promise<unknown>;

export class WorkletSubtleCrypto {
  readonly #keys = new Map<number, CryptoKey>();

  /** Rejects with the exception that the browser's own method rejects with. */
  async call(method: unknown, args: unknown): Promise<SubtleResult> {
    if (!METHODS.has(method) || !Array.isArray(args)) throw new Refusal('DataError', 'There is no such cryptographic operation.');
    const { subtle } = crypto;
    const converted = args.map((argument) => this.#toArgument(argument));
    converted.forEach(requireModestAlgorithm);
    const result = await (subtle[method as keyof SubtleCrypto] as Method).apply(subtle, converted);
    if (result instanceof CryptoKey) return { key: this.#describe(result) };
    if (typeof result === 'object' && result !== null && 'privateKey' in result && 'publicKey' in result) {
      const { publicKey, privateKey } = result as CryptoKeyPair;
      return { publicKey: this.#describe(publicKey), privateKey: this.#describe(privateKey) };
    }
    return { value: result };
  }

  #toArgument(argument: SubtleArgument): unknown {
    if (!('key' in argument))
      return argument.member ? { ...(argument.value as object), [argument.member.name]: this.#key(argument.member.key) } : argument.value;
    return this.#key(argument.key);
  }

  #key(number: number): CryptoKey {
    const key = this.#keys.get(number);
    if (!key) throw new Refusal('DataError', 'There is no such key.');
    return key;
  }

  #describe(key: CryptoKey): KeyDescription {
    if (this.#keys.size >= MAXIMUM_KEYS) throw new Refusal('OperationError', 'This worklet has too many keys.');
    const number = this.#keys.size + 1;
    this.#keys.set(number, key);
    const { type, extractable, algorithm, usages } = key;
    return { number, type, extractable, algorithm, usages };
  }
}
