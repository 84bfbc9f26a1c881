/**
 * Modifier methods as data: what set(), append(), delete(), clear() and the storage write header ask of the database.
 * https://wicg.github.io/shared-storage/#shared-storage-modifier-method-interface-group
 */

/** SharedStorageSetMethod. All keys and values of methods are valid: `isValidKey()`, `isValidValue()`. */
export interface SetMethod {
  readonly type: 'set';
  readonly key: string;
  readonly value: string;
  readonly ignoreIfPresent: boolean;
}

/** SharedStorageAppendMethod */
export interface AppendMethod {
  readonly type: 'append';
  readonly key: string;
  readonly value: string;
}

/** SharedStorageDeleteMethod */
export interface DeleteMethod {
  readonly type: 'delete';
  readonly key: string;
}

/** SharedStorageClearMethod */
export interface ClearMethod {
  readonly type: 'clear';
}

/** https://wicg.github.io/shared-storage/#sharedstoragemodifiermethod */
export type ModifierMethod = SetMethod | AppendMethod | DeleteMethod | ClearMethod;

/** The method of the API that does what the methods say. */
export const nameOfUpdate = ([only, ...others]: readonly ModifierMethod[]): string =>
  only && others.length === 0 ? only.type : 'batchUpdate';

/** "maximum length" of a key and of a value, in UTF-16 code units. https://wicg.github.io/shared-storage/#database */
export const MAXIMUM_KEY_LENGTH = 2_621_440;
export const MAXIMUM_VALUE_LENGTH = 2_621_440;

/** Chromium also refuses the empty key. */
export function isValidKey(key: string): boolean {
  return key.length > 0 && key.length <= MAXIMUM_KEY_LENGTH;
}

/** The empty value is one. */
export function isValidValue(value: string): boolean {
  return value.length <= MAXIMUM_VALUE_LENGTH;
}
