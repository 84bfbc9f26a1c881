/** "Purge expired entries from the database", a little at a time. https://wicg.github.io/shared-storage/#shared-storage-database-purge-expired-entries-from-the-database */

import { type DatabaseEnvironment, sizeOfEntry } from '../../spec/database';
import { type Connection, changedRecord, type Usage, type Use } from './schema';

/** How many entries one transaction purges: updates wait for no more than that. */
const CHUNK = 100;

/** The range of `lastUpdated` in which entries have expired. */
export const expiredBy = ({ currentWallTime, defaultEntryLifetime }: DatabaseEnvironment): IDBKeyRange =>
  IDBKeyRange.upperBound(currentWallTime - defaultEntryLifetime);

/** How much that has expired is counted around, before it has to be purged first. */
const MAXIMUM_AROUND = 100;

/** https://wicg.github.io/shared-storage/#shared-storage-database-count-entries-in-the-database */
export async function countEntries(connection: Connection, environment: DatabaseEnvironment, dataOrigin: string): Promise<number | null> {
  const transaction = connection.transaction(['entries', 'origins']);
  const index = transaction.objectStore('entries').index('lastUpdated');
  const [usage, expired] = await Promise.all([
    transaction.objectStore('origins').get(dataOrigin),
    index.getAllKeys(expiredBy(environment), MAXIMUM_AROUND),
  ]);
  if (expired.length === MAXIMUM_AROUND) return null;
  // What has expired is not counted, purged or not.
  return (usage?.count ?? 0) - expired.filter(([owner]) => owner === dataOrigin).length;
}

async function purgeSome(connection: Connection, environment: DatabaseEnvironment): Promise<number> {
  const transaction = connection.transaction(['entries', 'origins'], 'readwrite', { durability: 'relaxed' });
  const entries = transaction.objectStore('entries');
  const origins = transaction.objectStore('origins');
  const index = entries.index('lastUpdated');
  const range = expiredBy(environment);
  const [keys, valueStructs] = await Promise.all([index.getAllKeys(range, CHUNK), index.getAll(range, CHUNK)]);
  const freed = new Map<string, Usage>();
  const requests: Promise<unknown>[] = [];
  for (const [position, id] of keys.entries()) {
    const [dataOrigin, key] = id;
    const { bytes, count } = freed.get(dataOrigin) ?? { bytes: 0, count: 0 };
    const valueStruct = valueStructs[position];
    freed.set(dataOrigin, { bytes: bytes + (valueStruct ? sizeOfEntry(key, valueStruct) : 0), count: count + 1 });
    requests.push(entries.delete(id));
  }
  for (const [dataOrigin, { bytes, count }] of freed) {
    const usage = await origins.get(dataOrigin);
    if (!usage) continue;
    const kept = { created: usage.created ?? null, isPlain: usage.isPlain ?? false };
    if (usage.count > count)
      requests.push(origins.put(changedRecord({ bytes: usage.bytes - bytes, count: usage.count - count }, kept), dataOrigin));
    else requests.push(origins.delete(dataOrigin));
  }
  await Promise.all([...requests, transaction.done]);
  return keys.length;
}

/** Resolves to the number of entries purged. */
export async function purgeExpiredEntries(use: Use): Promise<number> {
  for (let total = 0; ; ) {
    const purged = await use(purgeSome);
    total += purged;
    if (purged < CHUNK) return total;
  }
}
