/** Which writes of which documents are in the journal already: a delivery that is repeated must not be kept again. */

import type { IDBPTransaction } from 'idb';
import type { Schema } from './schema';

/** Names a write so that a repeated delivery of it is applied once: its document, and its number in that document. */
export interface WriteId {
  readonly documentId: string;
  readonly sequence: number;
}

/** In which updates are kept. */
export type JournalTransaction = IDBPTransaction<Schema, ('journal' | 'writes')[], 'readwrite'>;

/** What one such transaction knows of them. */
export class KeptWrites {
  readonly #transaction: JournalTransaction;
  readonly #last: Map<string, number>;
  readonly #changed = new Set<string>();

  /** `last` is what is known from earlier transactions. */
  constructor(transaction: JournalTransaction, last: ReadonlyMap<string, number>) {
    this.#transaction = transaction;
    this.#last = new Map(last);
  }

  /** Whether a write is new; it is noted then. Those of one document come in the order of their numbers. */
  async isNew({ documentId, sequence }: WriteId): Promise<boolean> {
    const last = this.#last.get(documentId) ?? (await this.#transaction.objectStore('writes').get(documentId))?.sequence ?? 0;
    this.#last.set(documentId, Math.max(last, sequence));
    if (sequence <= last) return false;
    this.#changed.add(documentId);
    return true;
  }

  /** Issues the requests that note them; `time` in milliseconds since the Unix epoch. */
  writeOut(time: number): Promise<unknown>[] {
    const writes = this.#transaction.objectStore('writes');
    return [...this.#changed].map((documentId) => writes.put({ sequence: this.#last.get(documentId) ?? 0, time }, documentId));
  }

  /** What a later transaction may start from, once this one is complete: the last numbers of the documents that it was about. */
  known(maximum: number): Map<string, number> {
    const entries = [...this.#last];
    return new Map(entries.slice(Math.max(0, entries.length - maximum)));
  }
}
