/** Which writes of which documents are in the journal already: a delivery that is repeated must not be kept again. */

import type { IDBPTransaction } from 'idb';
import type { Connection, Schema } from './schema';

/** Names a write so that a repeated delivery of it is applied once: its document, and its number in that document. */
export interface WriteId {
  readonly documentId: string;
  readonly sequence: number;
}

/** In which updates are kept. */
export type JournalTransaction = IDBPTransaction<Schema, ('journal' | 'writes')[], 'readwrite'>;

/** What is known of a document's writes; those of one document come in the order of their numbers. */
export interface KnownWrites {
  /** The newest that is kept. */
  readonly sequence: number;
  /** Those before it that the disk has refused, and that are kept no more: they would come after newer values. Most documents have none. */
  readonly refused?: readonly number[];
}

/** So many refused writes of one document are known, the newest ones. */
export const MAXIMUM_REFUSED = 1000;

const NONE: KnownWrites = { sequence: 0 };

/** Whether a write is kept, as far as the disk can be read. */
export async function isKept(connection: Connection, { documentId, sequence }: WriteId): Promise<boolean> {
  const known = (await connection.get('writes', documentId)) ?? NONE;
  return sequence <= known.sequence && !known.refused?.includes(sequence);
}

/** What one such transaction knows of them. */
export class KeptWrites {
  readonly #transaction: JournalTransaction;
  readonly #known: Map<string, KnownWrites>;
  readonly #refusedOf: (documentId: string) => readonly number[];
  readonly #changed = new Set<string>();

  /** `known` is from earlier transactions; `refusedOf`: what of a document has been refused since its last write that was kept. */
  constructor(
    transaction: JournalTransaction,
    known: ReadonlyMap<string, KnownWrites>,
    refusedOf: (documentId: string) => readonly number[],
  ) {
    this.#transaction = transaction;
    this.#known = new Map(known);
    this.#refusedOf = refusedOf;
  }

  /** Whether a write is new, was kept before, or was refused before one that was kept. A new one is noted. */
  async stateOf({ documentId, sequence }: WriteId): Promise<'new' | 'kept' | 'refused'> {
    const known = this.#known.get(documentId) ?? (await this.#transaction.objectStore('writes').get(documentId)) ?? NONE;
    this.#known.set(documentId, known);
    if (sequence <= known.sequence) return known.refused?.includes(sequence) ? 'refused' : 'kept';
    const refused = [...(known.refused ?? []), ...this.#refusedOf(documentId)].filter((number) => number < sequence);
    this.#known.set(documentId, { sequence, ...(refused.length > 0 ? { refused: refused.slice(-MAXIMUM_REFUSED) } : {}) });
    this.#changed.add(documentId);
    return 'new';
  }

  /** Issues the requests that note them; `time` in milliseconds since the Unix epoch. */
  writeOut(time: number): Promise<unknown>[] {
    const writes = this.#transaction.objectStore('writes');
    return [...this.#changed].map((documentId) => writes.put({ ...(this.#known.get(documentId) ?? NONE), time }, documentId));
  }

  /** The documents of which a write is kept with this transaction. */
  get changed(): ReadonlySet<string> {
    return this.#changed;
  }

  /** What a later transaction may start from, once this one is complete: what is known of the documents that it was about. */
  known(maximum: number): Map<string, KnownWrites> {
    const entries = [...this.#known];
    return new Map(entries.slice(Math.max(0, entries.length - maximum)));
  }
}
