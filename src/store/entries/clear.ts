/** Forgets a data origin, or all of them: what is stored, and what waits in the journal. */

import { type Connection, rangeOf } from './schema';

/** `dataOrigin`: null for all. Resolves once nothing of it is there. */
export async function clear(connection: Connection, dataOrigin: string | null): Promise<void> {
  const transaction = connection.transaction(['entries', 'origins', 'journal', 'applied'], 'readwrite', { durability: 'relaxed' });
  const marks = transaction.objectStore('applied');
  const requests: Promise<unknown>[] = [
    transaction.objectStore('entries').delete(dataOrigin === null ? IDBKeyRange.lowerBound([]) : rangeOf(dataOrigin)),
    transaction.objectStore('origins').delete(dataOrigin ?? IDBKeyRange.lowerBound('')),
  ];
  let cursor = await transaction.objectStore('journal').openCursor();
  for (; cursor; cursor = await cursor.continue()) {
    if (dataOrigin !== null && cursor.value.dataOrigin !== dataOrigin) continue;
    // Whoever has it in memory must not apply it any more.
    requests.push(marks.put(Number.POSITIVE_INFINITY, cursor.primaryKey), cursor.delete());
  }
  await Promise.all([...requests, transaction.done]);
}
