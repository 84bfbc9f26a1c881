/** The IndexedDB database of the extension's origin: what is stored under which key. */

import type { DBSchema, IDBPDatabase } from 'idb';
import { openDB } from 'idb';
import type { ValueStruct } from '../spec/database';
import type { ModifierMethod } from '../spec/modifier-methods';

const NAME = 'shared-storage';
const VERSION = 2;

export interface Schema extends DBSchema {
  /** "value structs", by data origin and key. */
  entries: { key: [dataOrigin: string, key: string]; value: ValueStruct };
  /** Updates whose locks have not been granted yet, in the order in which they were asked for. */
  lockedUpdates: { key: number; value: { dataOrigin: string; methods: readonly ModifierMethod[]; withLock: string } };
  /** The last write applied for each document, so that a repeated delivery is not applied twice. */
  writes: { key: string; value: { sequence: number; time: number }; indexes: { time: number } };
}

export type Connection = IDBPDatabase<Schema>;

/** Rejects with a DOMException when the browser cannot open the database. */
export function openDatabase(onClosed: () => void): Promise<Connection> {
  return openDB<Schema>(NAME, VERSION, {
    upgrade(database, oldVersion) {
      if (oldVersion < 1) {
        database.createObjectStore('entries');
        database.createObjectStore('writes').createIndex('time', 'time');
      }
      if (oldVersion < 2) database.createObjectStore('lockedUpdates', { autoIncrement: true });
    },
    // Another part of the extension, of a newer version, waits to migrate the schema.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      onClosed();
    },
    terminated: onClosed,
  });
}

/** All keys of one data origin: an array sorts after every string. */
export const rangeOf = (dataOrigin: string): IDBKeyRange => IDBKeyRange.bound([dataOrigin], [dataOrigin, []], false, true);
