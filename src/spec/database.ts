/**
 * The shared storage database: its interface, and the algorithms over one data origin's map of entries.
 * https://wicg.github.io/shared-storage/#database
 */

import { isValidValue, type ModifierMethod } from './modifier-methods';

/** An entry's "value struct". */
export interface ValueStruct {
  readonly value: string;
  /** Milliseconds since the Unix epoch. */
  readonly lastUpdated: number;
}

/** One data origin's entries while algorithms work on them. */
export interface DatabaseMap {
  get(key: string): Promise<ValueStruct | undefined>;
  /** False where the storage bottle's quota does not allow it; nothing is changed then. */
  set(key: string, valueStruct: ValueStruct): Promise<boolean>;
  remove(key: string): Promise<void>;
  clear(): void;
}

/** What updates and reads depend on besides the entries. */
export interface DatabaseEnvironment {
  /** Milliseconds since the Unix epoch. */
  readonly currentWallTime: number;
  /** "default entry lifetime", in milliseconds. */
  readonly defaultEntryLifetime: number;
  /** "storage bottle quota": how many bytes the keys and values of one data origin may have. */
  readonly quota: number;
  /** Whether the storage bottle of a data origin takes nothing more, whatever the quota says. */
  isFull?(dataOrigin: string): boolean;
  /** The keys whose changes handlers are to be told of, by data origin. Absent where there can be no handlers. */
  readonly watched?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Thirty days. https://wicg.github.io/shared-storage/#default-entry-lifetime */
export const DEFAULT_ENTRY_LIFETIME = 30 * 24 * 60 * 60 * 1000;

/**
 * Chromium's own limit for one data origin, in bytes.
 * DEVIATION: the specification's storage endpoint has 39 MB, which it derives from limits that Chromium no longer had.
 */
export const DEFAULT_QUOTA = 5 * 1024 * 1024;

/** What an entry counts for against the quota: its key and its value in UTF-16. */
export const sizeOfEntry = (key: string, { value }: Pick<ValueStruct, 'value'>): number => 2 * (key.length + value.length);

/** The store, whoever implements it. All methods reject with an Error when the database itself fails. */
export interface SharedStorageDatabase {
  /**
   * Applies the methods in order, all or none, after every update that was asked for before; resolves once they are durable:
   * true, or false where the specification's algorithm returns false.
   */
  update(dataOrigin: string, methods: readonly ModifierMethod[]): Promise<boolean>;
  /** The value, or undefined where there is no entry or it has expired. */
  get(dataOrigin: string, key: string): Promise<string | undefined>;
  /**
   * The number of entries that have not expired.
   * https://wicg.github.io/shared-storage/#shared-storage-database-count-entries-in-the-database
   */
  length(dataOrigin: string): Promise<number>;
  /**
   * All entries that have not expired, as they are at one moment, in the order of iteration (key-order.ts).
   * https://wicg.github.io/shared-storage/#shared-storage-database-retrieve-all-entries-from-the-database
   */
  entries(dataOrigin: string): Promise<readonly (readonly [key: string, value: string])[]>;
  /** Resolves once all updates asked for so far are settled. */
  settled(): Promise<void>;
}

/** https://wicg.github.io/shared-storage/#shared-storage-database-determine-whether-an-entry-is-expired */
export function determineWhetherAnEntryIsExpired(environment: DatabaseEnvironment, valueStruct: ValueStruct): boolean {
  // Let expiration be the sum of lastUpdated and lifetime. If expiration is less than or equal to currentTime, return true.
  return valueStruct.lastUpdated + environment.defaultEntryLifetime <= environment.currentWallTime;
}

/** https://wicg.github.io/shared-storage/#shared-storage-database-store-an-entry-in-the-database */
export async function storeAnEntry(map: DatabaseMap, environment: DatabaseEnvironment, key: string, value: string): Promise<boolean> {
  // User agents may specify the maximum length of a value.
  if (!isValidValue(value)) return false;
  // Set databaseMap[key] to valueStruct. If an exception was thrown, then return false.
  return map.set(key, { value, lastUpdated: environment.currentWallTime });
}

/** https://wicg.github.io/shared-storage/#shared-storage-database-retrieve-an-entry-from-the-database */
export async function retrieveAnEntry(
  map: Pick<DatabaseMap, 'get'>,
  environment: DatabaseEnvironment,
  key: string,
): Promise<string | undefined> {
  const valueStruct = await map.get(key);
  // If the result of running determine whether an entry is expired is true, return undefined.
  if (!valueStruct || determineWhetherAnEntryIsExpired(environment, valueStruct)) return undefined;
  return valueStruct.value;
}

/** https://wicg.github.io/shared-storage/#shared-storage-database-set-an-entry-in-the-database */
export async function setAnEntry(
  map: DatabaseMap,
  environment: DatabaseEnvironment,
  key: string,
  value: string,
  ignoreIfPresent: boolean,
): Promise<boolean> {
  if (ignoreIfPresent) {
    const currentValue = await retrieveAnEntry(map, environment, key);
    // If currentValue is not undefined, then return true. The explainer adds, under "Data Retention Policy": the last write time is updated.
    if (currentValue !== undefined) return storeAnEntry(map, environment, key, currentValue);
  }
  return storeAnEntry(map, environment, key, value);
}

/** https://wicg.github.io/shared-storage/#shared-storage-database-append-an-entry-in-the-database */
export async function appendAnEntry(map: DatabaseMap, environment: DatabaseEnvironment, key: string, value: string): Promise<boolean> {
  const currentValue = await retrieveAnEntry(map, environment, key);
  // If currentValue is not undefined, set value to the concatenation of currentValue and value.
  return storeAnEntry(map, environment, key, currentValue === undefined ? value : currentValue + value);
}

/** https://wicg.github.io/shared-storage/#shared-storage-database-delete-an-entry-from-the-database */
export async function deleteAnEntry(map: DatabaseMap, key: string): Promise<boolean> {
  // Remove databaseMap[key]. If an exception was thrown, then return false: here it rejects, and the whole transaction with it.
  await map.remove(key);
  return true;
}

/** https://wicg.github.io/shared-storage/#shared-storage-database-clear-all-entries-in-the-database */
export function clearAllEntries(map: DatabaseMap): boolean {
  // Run clear on databaseMap.
  map.clear();
  return true;
}

/**
 * The loop of batch update; the caller drops what it noted in `map` when the result is false.
 * https://wicg.github.io/shared-storage/#shared-storage-database-batch-update-entries-in-the-database
 */
export async function batchUpdateEntries(
  map: DatabaseMap,
  environment: DatabaseEnvironment,
  methods: readonly ModifierMethod[],
): Promise<boolean> {
  for (const method of methods) {
    let result = true;
    switch (method.type) {
      case 'set':
        result = await setAnEntry(map, environment, method.key, method.value, method.ignoreIfPresent);
        break;
      case 'append':
        result = await appendAnEntry(map, environment, method.key, method.value);
        break;
      case 'delete':
        result = await deleteAnEntry(map, method.key);
        break;
      case 'clear':
        result = clearAllEntries(map);
        break;
    }
    // If result is false, set innerMethodFailed to true and break.
    if (!result) return false;
  }
  return true;
}
