/** Modifier methods from JavaScript arguments: Web IDL conversions first, then the checks that native makes in place. */

import { isReservedLockName } from '../spec/locks';
import { isValidKey, isValidValue, type ModifierMethod } from '../spec/modifier-methods';
import { memberContext, toBoolean, toDictionarySource, toDOMString } from '../webidl/conversions';
import { dataError } from '../webidl/exceptions';
import { bag } from '../webidl/primordials';

type Arguments = ArrayLike<unknown>;

/** What a modifier method's object is associated with, and what a modifier operation was called with. */
export interface LockableMethod {
  readonly method: ModifierMethod;
  /** "with lock" */
  readonly withLock: string | null;
}

type Options = Record<string, unknown> | null;

/** The member that SharedStorageModifierMethodOptions adds; inherited members are read first. */
function toWithLock(options: Options, operation: string): string | null {
  const withLock = options?.withLock;
  return withLock === undefined ? null : toDOMString(withLock, memberContext(operation, 'withLock', 'SharedStorageModifierMethodOptions'));
}

export function convertOptions(value: unknown, operation: string): string | null {
  return toWithLock(toDictionarySource(value, 'SharedStorageModifierMethodOptions', operation), operation);
}

function lockable(method: ModifierMethod, withLock: string | null): LockableMethod {
  return bag({ method: bag(method), withLock });
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-set */
export function convertSet(args: Arguments, operation: string): LockableMethod {
  const key = toDOMString(args[0], operation);
  const value = toDOMString(args[1], operation);
  const options = toDictionarySource(args[2], 'SharedStorageSetMethodOptions', operation);
  const withLock = toWithLock(options, operation);
  return lockable({ type: 'set', key, value, ignoreIfPresent: toBoolean(options?.ignoreIfPresent) }, withLock);
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-append */
export function convertAppend(args: Arguments, operation: string): LockableMethod {
  const key = toDOMString(args[0], operation);
  const value = toDOMString(args[1], operation);
  return lockable({ type: 'append', key, value }, convertOptions(args[2], operation));
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-delete */
export function convertDelete(args: Arguments, operation: string): LockableMethod {
  const key = toDOMString(args[0], operation);
  return lockable({ type: 'delete', key }, convertOptions(args[1], operation));
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-clear */
export function convertClear(args: Arguments, operation: string): LockableMethod {
  return lockable({ type: 'clear' }, convertOptions(args[0], operation));
}

/** Throws a DataError, as native does, for a key or a value of a length that is not allowed, and for a reserved lock name. */
export function requireValidMethod({ method, withLock }: LockableMethod, operation: string): void {
  if (method.type !== 'clear') {
    if (!isValidKey(method.key)) throw invalidLength('key', operation);
    if (method.type !== 'delete' && !isValidValue(method.value)) throw invalidLength('value', operation);
  }
  requireValidLockName(withLock, operation);
}

const invalidLength = (parameter: string, operation: string): DOMException =>
  dataError(`${operation}: Length of the "${parameter}" parameter is not valid`);

/** Of get(), where native says it in other words. */
export function requireValidKey(key: string): void {
  if (!isValidKey(key)) throw dataError('Length of the "key" parameter is not valid.');
}

export function requireValidLockName(name: string | null, operation: string): void {
  if (name !== null && isReservedLockName(name)) throw dataError(`${operation}: Lock name cannot start with '-'`);
}
