/** Which writes of which documents are in the journal already: a delivery that is repeated must not be kept again. */

import type { IDBPTransaction } from 'idb';
import type { Schema } from './schema';

/** Names a write so that a repeated delivery of it is applied once: its document, and its number in that document. */
export interface WriteId {
  readonly documentId: string;
  readonly sequence: number;
  /** The number of the document's write before it, where that one was not answered yet; 0 otherwise. */
  readonly after: number;
}

export type JournalTransaction = IDBPTransaction<Schema, ('journal' | 'writes')[], 'readwrite'>;

export class KeptWrites {
  readonly #transaction: JournalTransaction;
  readonly #last: Map<string, number>;
  readonly #changed = new Set<string>();

  /** `last` is what is known from earlier transactions. */
  constructor(transaction: JournalTransaction, last: ReadonlyMap<string, number>) {
    this.#transaction = transaction;
    this.#last = new Map(last);
  }

  /** What to do with a write; one that is to be kept now is noted. The writes of one document are kept in the order of their numbers. */
  async judge({ documentId, sequence, after }: WriteId): Promise<'keep' | 'kept before' | 'too early'> {
    const last = this.#last.get(documentId) ?? (await this.last(documentId));
    if (sequence <= last) return 'kept before';
    if (after > last) return 'too early';
    this.#last.set(documentId, sequence);
    this.#changed.add(documentId);
    return 'keep';
  }

  /** The number of the document's last write; 0 where it has none. */
  async last(documentId: string): Promise<number> {
    const last = this.#last.get(documentId) ?? (await this.#transaction.objectStore('writes').get(documentId))?.sequence ?? 0;
    this.#last.set(documentId, last);
    return last;
  }

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
