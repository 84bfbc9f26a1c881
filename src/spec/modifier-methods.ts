/**
 * Modifier methods as data: what set(), append(), delete(), clear() and the storage write header ask of the database.
 * https://wicg.github.io/shared-storage/#shared-storage-modifier-method-interface-group
 */

export interface SetMethod {
  readonly type: 'set';
  readonly key: string;
  readonly value: string;
  readonly ignoreIfPresent: boolean;
}

export interface AppendMethod {
  readonly type: 'append';
  readonly key: string;
  readonly value: string;
}

export interface DeleteMethod {
  readonly type: 'delete';
  readonly key: string;
}

export interface ClearMethod {
  readonly type: 'clear';
}

export type ModifierMethod = SetMethod | AppendMethod | DeleteMethod | ClearMethod;

/** "maximum length" of a key and of a value, in UTF-16 code units. https://wicg.github.io/shared-storage/#database */
export const MAXIMUM_KEY_LENGTH = 2_621_440;
export const MAXIMUM_VALUE_LENGTH = 2_621_440;

/** Chromium also refuses the empty key. */
export function isValidKey(key: string): boolean {
  return key.length > 0 && key.length <= MAXIMUM_KEY_LENGTH;
}

export function isValidValue(value: string): boolean {
  return value.length <= MAXIMUM_VALUE_LENGTH;
}
