/** All entries of a data origin, in the order of their keys' code units, a part at a time: of very many, the first are there before the last are read. */

import type { IDBPTransaction } from 'idb';
import { FIRST_PART, type KnownEntry, LARGEST_PART } from './known-entries';
import { rangeOf, type Schema } from './schema';

/** In which entries are read. */
export type ReadTransaction = IDBPTransaction<Schema, ('entries' | 'origins')[]>;

/** `after`: the key that those before end with; null for all. Ask for each part before anything else is waited for: the transaction would end. */
export async function* readInParts(
  transaction: ReadTransaction,
  dataOrigin: string,
  after: string | null = null,
  first = FIRST_PART,
): AsyncGenerator<KnownEntry[], void> {
  const store = transaction.objectStore('entries');
  const { lower, upper } = rangeOf(dataOrigin);
  let range = after === null ? rangeOf(dataOrigin) : IDBKeyRange.bound([dataOrigin, after], upper, true, true);
  for (let count = first; ; count = Math.min(LARGEST_PART, count * 2)) {
    const [keys, valueStructs] = await Promise.all([store.getAllKeys(range, count), store.getAll(range, count)]);
    if (keys.length > 0) yield keys.map(([, key], index): KnownEntry => [key, valueStructs[index]]);
    if (keys.length < count) return;
    range = IDBKeyRange.bound(keys.at(-1) ?? lower, upper, true, true);
  }
}

/** All of them at once. */
export async function readAll(transaction: ReadTransaction, dataOrigin: string): Promise<KnownEntry[]> {
  const all: KnownEntry[] = [];
  for await (const part of readInParts(transaction, dataOrigin, null, LARGEST_PART)) for (const entry of part) all.push(entry);
  return all;
}
