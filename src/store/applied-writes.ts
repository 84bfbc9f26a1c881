/** Which writes of which documents are in the database already: a delivery that is repeated must not be applied again. */

import type { WriteId } from '../spec/database';
import type { WriteTransaction } from './transaction-map';

export class AppliedWrites {
  readonly #transaction: WriteTransaction;
  /** The last number of each document that has a write in this transaction. */
  readonly #last = new Map<string, number>();

  constructor(transaction: WriteTransaction) {
    this.#transaction = transaction;
  }

  /** What to do with a write; one that is to be applied now is noted. The writes of one document are applied in the order of their numbers. */
  async judge({ documentId, sequence, after = 0 }: WriteId): Promise<'apply' | 'applied' | 'too early'> {
    const last = this.#last.get(documentId) ?? (await this.#transaction.objectStore('writes').get(documentId))?.sequence ?? 0;
    if (sequence <= last) return 'applied';
    if (after > last) return 'too early';
    this.#last.set(documentId, sequence);
    return 'apply';
  }

  writeOut(time: number): Promise<unknown>[] {
    const writes = this.#transaction.objectStore('writes');
    return [...this.#last].map(([documentId, sequence]) => writes.put({ sequence, time }, documentId));
  }
}
