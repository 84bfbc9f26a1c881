/** The origin policies that were fetched, in a database of their own: they are no page's data, and cost the store nothing. */

import type { DBSchema } from 'idb';
import type { OriginPolicy } from '../spec/origin-policy';
import { DatabaseConnection } from './database-connection';
import { siteOf } from './site';

/** A policy, and when it was fetched. */
export interface StoredPolicy extends OriginPolicy {
  /** False where the origin's last response did not allow it, or took it back: kept, so that it need not be fetched again. */
  readonly applies: boolean;
  /** When it was fetched, in milliseconds since the Unix epoch. */
  readonly fetched: number;
}

interface Schema extends DBSchema {
  /** By serialized origin. */
  policies: { key: string; value: StoredPolicy };
}

/** Each policy becomes rules of the browser's; so many of one site's origins are kept, and of all. */
const MAXIMUM_OF_A_SITE = 50;
const MAXIMUM = 1000;

/** Rejects with a Refusal where the database cannot be opened. */
export class OriginPolicies {
  readonly #connection = new DatabaseConnection<Schema>({
    name: 'shared-storage-origin-policies',
    version: 1,
    upgrade(database) {
      database.createObjectStore('policies');
    },
  });

  /** The policy of an origin, undefined where there is none. */
  read(origin: string): Promise<StoredPolicy | undefined> {
    return this.#connection.use((connection) => connection.get('policies', origin));
  }

  /** Keeps the policy; where that makes too many, the one that was fetched first goes: of its site, or else of all. */
  write(origin: string, policy: StoredPolicy): Promise<void> {
    return this.#connection.use(async (connection) => {
      const { store, done } = connection.transaction('policies', 'readwrite');
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
  }

  /** Every policy, by origin. */
  readAll(): Promise<Map<string, StoredPolicy>> {
    return this.#connection.use(async (connection) => {
      const { store } = connection.transaction('policies');
      const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
      return new Map(keys.map((key, index) => [key, values[index] as StoredPolicy]));
    });
  }
}
