/** Forgets data origins, or all of them: what is stored, and what waits in the journal. */

import type { IDBPTransaction } from 'idb';
import { type DatabaseEnvironment, determineWhetherAnEntryIsExpired } from '../../spec/database';
import { type Cause, changeNote } from './noted-changes';
import { type Connection, rangeOf, type Schema } from './schema';

type ClearTransaction = IDBPTransaction<Schema, ('entries' | 'origins' | 'journal' | 'applied' | 'changes')[], 'readwrite'>;

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

/** Notes for handlers which entries are about to go. */
async function noteCleared(transaction: ClearTransaction, dataOrigins: readonly string[], environment: DatabaseEnvironment, cause: Cause) {
  const entries = transaction.objectStore('entries');
  let isNoted = false;
  for (const dataOrigin of dataOrigins) {
    const keys = [...(environment.watched?.get(dataOrigin) ?? [])];
    const found = await Promise.all(keys.map((key) => entries.get([dataOrigin, key])));
    const gone = keys.filter((_key, index) => found[index] && !determineWhetherAnEntryIsExpired(environment, found[index]));
    if (gone.length === 0) continue;
    const changes = gone.map((key) => ({ key, action: 'clear' as const }));
    await transaction.objectStore('changes').add(changeNote(dataOrigin, changes, cause, 'clear', null));
    isNoted = true;
  }
  return isNoted;
}

/** `dataOrigin`: null for all. Resolves once nothing of it is there, to whether something was noted for handlers. */
export async function clear(
  connection: Connection,
  dataOrigin: string | null,
  environment: DatabaseEnvironment,
  cause: Cause,
): Promise<boolean> {
  const watched = [...(environment.watched?.keys() ?? [])].filter((one) => dataOrigin === null || one === dataOrigin);
  const stores = ['entries', 'origins', 'journal', 'applied', ...(watched.length > 0 ? (['changes'] as const) : [])] as const;
  const transaction: ClearTransaction = connection.transaction([...stores], 'readwrite', { durability: 'relaxed' });
  const clearNoting = async () => {
    const isNoted = watched.length > 0 && (await noteCleared(transaction, watched, environment, cause));
    await clearIn(transaction, dataOrigin === null ? null : [dataOrigin]);
    return isNoted;
  };
  const [isNoted] = await Promise.all([clearNoting(), transaction.done]);
  return isNoted;
}
