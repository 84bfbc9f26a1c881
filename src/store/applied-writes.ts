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

  /** Notes the write. Numbers of one document arrive in ascending order, repeated ones too. */
  async isRepetition({ documentId, sequence }: WriteId): Promise<boolean> {
    const last = this.#last.get(documentId) ?? (await this.#transaction.objectStore('writes').get(documentId))?.sequence ?? 0;
    this.#last.set(documentId, Math.max(last, sequence));
    return sequence <= last;
  }

  writeOut(time: number): Promise<unknown>[] {
    const writes = this.#transaction.objectStore('writes');
    return [...this.#last].map(([documentId, sequence]) => writes.put({ sequence, time }, documentId));
  }
}
