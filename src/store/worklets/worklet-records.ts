/** What is known of worklets, alive and past, for the pages that show it: in a database of its own, so that nothing else waits for it. */

import type { DBSchema } from 'idb';
import type { WorkletRecord } from '../../protocol/extension-pages/worklets';
import { DatabaseConnection } from '../database-connection';

interface Schema extends DBSchema {
  worklets: { key: [documentId: string, workletId: number]; value: WorkletRecord; indexes: { created: number } };
}

/** Of so many worklets something is known: those that were made last. */
const MAXIMUM_RECORDS = 200;

export class WorkletRecords {
  readonly #connection = new DatabaseConnection<Schema>({
    name: 'shared-storage-worklets',
    version: 1,
    upgrade(database) {
      database.createObjectStore('worklets', { keyPath: ['documentId', 'workletId'] }).createIndex('created', 'created');
    },
  });

  /** Resolves once they are stored, in the place of what was known of the same worklets. */
  put(records: readonly WorkletRecord[]): Promise<void> {
    return this.#connection.use(async (connection) => {
      const { store, done } = connection.transaction('worklets', 'readwrite', { durability: 'relaxed' });
      const requests: Promise<unknown>[] = records.map((record) => store.put(record));
      const keys = await store.index('created').getAllKeys();
      for (const key of keys.slice(0, Math.max(0, keys.length - MAXIMUM_RECORDS))) requests.push(store.delete(key));
      await Promise.all([...requests, done]);
    });
  }

  /** Those of the tab, the newest first. */
  async ofTab(tabId: number): Promise<WorkletRecord[]> {
    const records = await this.#connection.use((connection) => connection.getAllFromIndex('worklets', 'created'));
    return records.filter((record) => record.tabId === tabId).reverse();
  }
}
