/** Forgets data origins, or all of them: what is stored, and what waits in the journal. */

import type { IDBPTransaction } from 'idb';
import { type Connection, rangeOf, type Schema } from './schema';

type ClearTransaction = IDBPTransaction<Schema, ('entries' | 'origins' | 'journal' | 'applied')[], 'readwrite'>;

/** `dataOrigins`: null for all. Resolves once nothing of them is there, as the transaction sees it. */
export async function clearIn(transaction: ClearTransaction, dataOrigins: readonly string[] | null): Promise<void> {
  const [entries, origins, marks] = [
    transaction.objectStore('entries'),
    transaction.objectStore('origins'),
    transaction.objectStore('applied'),
  ];
  const requests: Promise<unknown>[] =
    dataOrigins === null
      ? [entries.clear(), origins.clear()]
      : dataOrigins.flatMap((one) => [entries.delete(rangeOf(one)), origins.delete(one)]);
  let cursor = await transaction.objectStore('journal').openCursor();
  for (; cursor; cursor = await cursor.continue()) {
    if (dataOrigins !== null && !dataOrigins.includes(cursor.value.dataOrigin)) continue;
    // Whoever has it in memory must not apply it any more.
    requests.push(marks.put(Number.POSITIVE_INFINITY, cursor.primaryKey), cursor.delete());
  }
  await Promise.all(requests);
}

/** `dataOrigin`: null for all. Resolves once nothing of it is there. */
export async function clear(connection: Connection, dataOrigin: string | null): Promise<void> {
  const transaction = connection.transaction(['entries', 'origins', 'journal', 'applied'], 'readwrite', { durability: 'relaxed' });
  await Promise.all([clearIn(transaction, dataOrigin === null ? null : [dataOrigin]), transaction.done]);
}
