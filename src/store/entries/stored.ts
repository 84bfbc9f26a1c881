/** What is stored, as it is: what has expired counts until it is purged. */

import type { ValueStruct } from '../../spec/database';
import { type Connection, rangeOf, type Usage } from './schema';

export type StoredEntry = [key: string, valueStruct: ValueStruct];
export type UsageOfOrigin = Usage & { readonly dataOrigin: string };

/** In the order of the keys' code units. */
export async function readStoredEntries(connection: Connection, dataOrigin: string): Promise<StoredEntry[]> {
  const { store } = connection.transaction('entries');
  const [keys, valueStructs] = await Promise.all([store.getAllKeys(rangeOf(dataOrigin)), store.getAll(rangeOf(dataOrigin))]);
  return keys.map(([, key], index) => [key, valueStructs[index] as ValueStruct]);
}

/** Every data origin that has entries, and how much of them. */
export async function readOrigins(connection: Connection): Promise<UsageOfOrigin[]> {
  const { store } = connection.transaction('origins');
  const [dataOrigins, usages] = await Promise.all([store.getAllKeys(), store.getAll()]);
  return usages.map((usage, index) => ({ dataOrigin: dataOrigins[index] as string, bytes: usage.bytes, count: usage.count }));
}

/** In bytes, as `sizeOfEntry` counts. */
export async function readSize(connection: Connection, dataOrigin: string): Promise<number> {
  return (await connection.get('origins', dataOrigin))?.bytes ?? 0;
}
