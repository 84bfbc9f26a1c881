/** The origin policies that were fetched, in a database of their own: they are no page's data, and cost the store nothing. */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { OriginPolicy } from '../spec/origin-policy';
import { siteOf } from './site';

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

/** Each policy becomes rules of the browser's; so many of one site's origins are kept, and of all. */
const MAXIMUM_OF_A_SITE = 50;
const MAXIMUM = 1000;

/** Keeps the policy; where that makes too many, the one that was fetched first goes: of its site, or else of all. */
export const writePolicy = (origin: string, policy: StoredPolicy): Promise<unknown> =>
  use(async (database) => {
    const { store, done } = database.transaction('policies', 'readwrite');
    await store.put(policy, origin);
    const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
    const oldestFirst = keys
      .map((key, index) => ({ key, fetched: values[index]?.fetched ?? 0 }))
      .filter(({ key }) => key !== origin)
      .toSorted((a, b) => a.fetched - b.fetched);
    const site = siteOf(origin);
    const ofSite = oldestFirst.filter(({ key }) => siteOf(key) === site);
    const dropped = ofSite.length >= MAXIMUM_OF_A_SITE ? ofSite[0] : oldestFirst.length >= MAXIMUM ? oldestFirst[0] : undefined;
    if (dropped) await store.delete(dropped.key);
    await done;
  });

/** Every policy, by origin. */
export async function readPolicies(): Promise<Map<string, StoredPolicy>> {
  return use(async (database) => {
    const { store } = database.transaction('policies');
    const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
    return new Map(keys.map((key, index) => [key, values[index] as StoredPolicy]));
  });
}
