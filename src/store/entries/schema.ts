/** The IndexedDB database of the extension's origin: what is stored under which key, and how it became so. */

import type { DBSchema, IDBPDatabase, StoreNames } from 'idb';
import { type DatabaseEnvironment, sizeOfEntry, type ValueStruct } from '../../spec/database';
import type { ModifierMethod } from '../../spec/modifier-methods';
import type { KeyChange } from '../../spec/possibilities/key-handlers';
import { DatabaseConnection, type Upgrade } from '../database-connection';
import type { KnownWrites } from './kept-writes';

/** What the unexpired and the expired entries of a data origin come to, so that nobody has to count them. */
export interface Usage {
  /** As `sizeOfEntry` counts. */
  readonly bytes: number;
  readonly count: number;
}

/** Another one after each change of a data origin's entries: where it is the same, so are they. Null where there are none; '' from versions without marks. */
export type Mark = string | null;

/** The mark that a change led away from, and the keys whose entries it changed. */
export type RecentChange = readonly [from: string, ...keys: string[]];

/** The record of a data origin that has entries. */
export interface OriginRecord extends Usage {
  readonly mark: string;
  /** When the first entry was written since there were none, by the clock that entries expire by; null where an earlier version wrote it. */
  readonly created: number | null;
  /** The last changes without a gap, the latest last: it led to `mark`. Absent where an earlier version wrote it. */
  readonly recent?: readonly RecentChange[];
  /** Whether all keys that were written since there were none are plain (key-order.ts). Absent where an earlier version wrote it. */
  readonly isPlain?: boolean;
}

/** The mark that a record has, where there is one. */
export const markOf = (record: Partial<OriginRecord> | null | undefined): Mark => (record ? (record.mark ?? '') : null);

/** As it is written with each change. `recent`: where nobody says what has changed, whoever knows the entries reads all of them again. */
export const changedRecord = (
  { bytes, count }: Usage,
  { created, recent = [], isPlain = false }: Pick<OriginRecord, 'created' | 'recent' | 'isPlain'>,
): Required<OriginRecord> => ({ bytes, count, mark: crypto.randomUUID(), created, recent, isPlain });

/** How many updates a record of the journal has at most: no group of updates has more (groups.ts). */
export const MAXIMUM_UPDATES = 1000;

/** Updates of one document for one data origin that were asked for together. */
export interface JournalRecord {
  readonly dataOrigin: string;
  /** The lock that the updates wait for, together: it is requested once for all of them. */
  readonly withLock: string | null;
  /** The methods of each update. */
  readonly updates: readonly (readonly ModifierMethod[])[];
  /** When they were kept, by the clock that entries expire by; null where they take effect later, with their lock. */
  readonly wallTime: number | null;
  /** Who asked for them and when, for the event log; without a scope, a window did. */
  readonly scope?: 'header';
  readonly documentId: string | null;
  readonly tabId: number | null;
  readonly time: number;
}

/** What has changed entries that have handlers, all at once. */
export interface ChangeNote {
  readonly dataOrigin: string;
  readonly changes: readonly KeyChange[];
  /** The update's place in the journal (`askedAt()`), where it was not waiting for a lock: handlers that were registered after it hear nothing of it. */
  readonly asked: number | null;
  /** Who made the change, and how, for those who are shown that. */
  readonly scope: 'window' | 'header' | 'worklet' | 'background';
  readonly method: string;
  readonly documentId: string | null;
  readonly tabId: number | null;
  readonly time: number;
  /** The handler whose operation has made it: its worklet, `DOCUMENT/NUMBER`, its name there, null where that is not known, and its step in a chain. */
  readonly by: { readonly worklet: string; readonly handler: string | null; readonly step: number } | null;
}

/** The object stores. */
export interface Schema extends DBSchema {
  /** "value structs", by data origin and key. */
  entries: { key: [dataOrigin: string, key: string]; value: ValueStruct; indexes: { lastUpdated: number } };
  /** One for each data origin that has entries; changed in every transaction that changes entries. */
  origins: { key: string; value: OriginRecord };
  /** What windows asked for and was acknowledged, in the order in which it was asked for, until it is applied and some time after. */
  journal: { key: number; value: JournalRecord };
  /**
   * How many updates of a journal record are applied, under the record's number: MAXIMUM_UPDATES where it is all of them, which earlier versions of the extension
   * counted, and Infinity where they were cleared away.
   */
  applied: { key: number; value: number };
  /** What is known of each document's writes, so that a repeated delivery is not kept twice, nor taken for kept. */
  writes: { key: string; value: KnownWrites & { readonly time: number }; indexes: { time: number } };
  /** Changes of entries whose keys are watched, in their order, until the offscreen document takes them. */
  changes: { key: number; value: ChangeNote };
  /** The keys that handlers are registered for. */
  watched: { key: [dataOrigin: string, key: string]; value: string };
  /** The settings as the service worker read them last: offscreen documents cannot. One record, `current`. */
  settings: { key: string; value: unknown };
}

/** A connection that is open. */
export type Connection = IDBPDatabase<Schema>;

/** Calls `task`, which begins its one transaction at once, with an open connection, and with the settings and the time as they are then. */
export type Use = <Result>(task: (connection: Connection, environment: DatabaseEnvironment) => Promise<Result>) => Promise<Result>;

/** How many entries a migration holds in memory at a time. */
const CHUNK = 500;

/** All keys of one data origin: an array sorts after every string. */
export const rangeOf = (dataOrigin: string): IDBKeyRange => IDBKeyRange.bound([dataOrigin], [dataOrigin, []], false, true);

function toVersion1(database: Connection): void {
  database.createObjectStore('entries');
  database.createObjectStore('writes').createIndex('time', 'time');
}

/** Entries can be found by their age; each data origin's usage is written down. */
async function toVersion2(database: Connection, transaction: Upgrade<Schema>): Promise<void> {
  const entries = transaction.objectStore('entries');
  entries.createIndex('lastUpdated', 'lastUpdated');
  const origins = database.createObjectStore('origins');
  database.createObjectStore('settings');
  const usages = new Map<string, Usage>();
  for (let range: IDBKeyRange | undefined; ; ) {
    const [keys, valueStructs] = await Promise.all([entries.getAllKeys(range, CHUNK), entries.getAll(range, CHUNK)]);
    for (const [index, valueStruct] of valueStructs.entries()) {
      const [dataOrigin, key] = keys[index] as [string, string];
      const { bytes, count } = usages.get(dataOrigin) ?? { bytes: 0, count: 0 };
      usages.set(dataOrigin, { bytes: bytes + sizeOfEntry(key, valueStruct), count: count + 1 });
    }
    if (keys.length < CHUNK) break;
    range = IDBKeyRange.lowerBound(keys.at(-1), true);
  }
  await Promise.all(Array.from(usages, ([dataOrigin, usage]) => origins.put(changedRecord(usage, { created: null }), dataOrigin)));
}

/** What the store `lockedUpdates` of version 3 held. */
interface LockedUpdate {
  readonly dataOrigin: string;
  readonly methods: readonly ModifierMethod[];
  readonly withLock: string;
}

const LOCKED_UPDATES = 'lockedUpdates' as StoreNames<Schema>;

function toVersion3(database: Connection): void {
  database.createObjectStore(LOCKED_UPDATES, { autoIncrement: true });
}

/** All updates of windows are kept as those that wait for a lock were. */
async function toVersion4(database: Connection, transaction: Upgrade<Schema>): Promise<void> {
  const journal = database.createObjectStore('journal', { autoIncrement: true });
  database.createObjectStore('applied');
  const locked = (await transaction.objectStore(LOCKED_UPDATES).getAll()) as LockedUpdate[];
  for (const { dataOrigin, methods, withLock } of locked)
    await journal.add({ dataOrigin, withLock, updates: [methods], wallTime: null, documentId: null, tabId: null, time: Date.now() });
  database.deleteObjectStore(LOCKED_UPDATES);
}

/** Handlers are told of changes. */
function toVersion5(database: Connection): void {
  database.createObjectStore('changes', { autoIncrement: true });
  database.createObjectStore('watched');
}

/** Each step leads to the version of its place in the list. A step that was released is never changed; a new one is added. */
const STEPS: readonly ((database: Connection, transaction: Upgrade<Schema>) => void | Promise<void>)[] = [
  toVersion1,
  toVersion2,
  toVersion3,
  toVersion4,
  toVersion5,
];

/** The connection to it. */
export type EntriesConnection = DatabaseConnection<Schema>;

/** For each part of the extension, one for all of the part that use the database. */
export const connectToEntries = (): EntriesConnection =>
  new DatabaseConnection({
    name: 'shared-storage',
    version: STEPS.length,
    async upgrade(database, oldVersion, transaction) {
      for (const step of STEPS.slice(oldVersion)) await step(database, transaction);
    },
  });
