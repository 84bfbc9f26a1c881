/**
 * SubtleCrypto for one worklet. Its worker is no secure context and so has none of its own; this document has, and does the
 * work for it. Keys stay here: the worklet holds their numbers. https://w3c.github.io/webcrypto/#subtlecrypto-interface
 */

import { Refusal } from '../../protocol/envelope';
import type { KeyDescription, SubtleArgument, SubtleResult, WorkletCalls } from '../../protocol/worklet-port';
import { requireModest } from './crypto-limits';

/** A worklet that makes more keys than this has lost its way. */
const MAXIMUM_KEYS = 10_000;

type Method = (...args: unknown[]) => Promise<unknown>;

export class WorkletSubtleCrypto {
  readonly #keys = new Map<number, CryptoKey>();

  /** Rejects with the exception that the browser's own method rejects with. */
  async call({ method, args }: WorkletCalls['crypto.subtle']['params']): Promise<SubtleResult> {
    const { subtle } = crypto;
    requireModest(args.map((argument) => ('key' in argument ? null : argument.value)));
    const converted = args.map((argument) => this.#toArgument(argument));
    const result = await (subtle[method] as Method).apply(subtle, converted);
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
