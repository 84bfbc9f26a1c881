/** The origin policies that were fetched, in a database of their own: they are no page's data, and cost the store nothing. */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { OriginPolicy } from '../spec/origin-policy';

export interface StoredPolicy extends OriginPolicy {
  /** False where the origin's last response did not allow it, or took it back: kept, so that it need not be fetched again. */
  readonly applies: boolean;
  /** When it was fetched, in milliseconds since the Unix epoch. */
  readonly fetched: number;
}

interface Schema extends DBSchema {
  /** By origin. */
  policies: { key: string; value: StoredPolicy };
}

const open = (): Promise<IDBPDatabase<Schema>> =>
  openDB<Schema>('shared-storage-origin-policies', 1, {
    upgrade(database) {
      database.createObjectStore('policies');
    },
  });

async function use<Result>(task: (database: IDBPDatabase<Schema>) => Promise<Result>): Promise<Result> {
  const database = await open();
  try {
    return await task(database);
  } finally {
    database.close();
  }
}

export const readPolicy = (origin: string): Promise<StoredPolicy | undefined> => use((database) => database.get('policies', origin));

export const writePolicy = (origin: string, policy: StoredPolicy): Promise<unknown> =>
  use((database) => database.put('policies', policy, origin));

/** Every policy, by origin. */
export async function readPolicies(): Promise<Map<string, StoredPolicy>> {
  return use(async (database) => {
    const { store } = database.transaction('policies');
    const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
    return new Map(keys.map((key, index) => [key, values[index] as StoredPolicy]));
  });
}
