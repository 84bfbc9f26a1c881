/** Modifier methods from JavaScript arguments: Web IDL conversions first, then the checks that native makes in the page. */

import { isValidKey, isValidValue, type ModifierMethod } from '../spec/modifier-methods';
import { toBoolean, toDictionarySource, toDOMString } from '../webidl/conversions';
import { domException } from '../webidl/exceptions';

type Arguments = ArrayLike<unknown>;

function setMethodOptions(value: unknown, operation: string): boolean {
  const source = toDictionarySource(value, 'SharedStorageSetMethodOptions', operation);
  return source ? toBoolean(source.ignoreIfPresent) : false;
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-set */
export function convertSet(args: Arguments, operation: string): ModifierMethod {
  const key = toDOMString(args[0]);
  const value = toDOMString(args[1]);
  return bag({ type: 'set', key, value, ignoreIfPresent: setMethodOptions(args[2], operation) });
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-append */
export function convertAppend(args: Arguments, operation: string): ModifierMethod {
  const key = toDOMString(args[0]);
  const value = toDOMString(args[1]);
  toDictionarySource(args[2], 'SharedStorageModifierMethodOptions', operation);
  return bag({ type: 'append', key, value });
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-delete */
export function convertDelete(args: Arguments, operation: string): ModifierMethod {
  const key = toDOMString(args[0]);
  toDictionarySource(args[1], 'SharedStorageModifierMethodOptions', operation);
  return bag({ type: 'delete', key });
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-clear */
export function convertClear(args: Arguments, operation: string): ModifierMethod {
  toDictionarySource(args[0], 'SharedStorageModifierMethodOptions', operation);
  return bag({ type: 'clear' });
}

function bag<Method extends ModifierMethod>(method: Method): Method {
  return { __proto__: null, ...method } as Method;
}

/** Throws a DataError, as native does, for a key or a value of a length that is not allowed. */
export function requireValidLengths(method: ModifierMethod): void {
  if (method.type === 'clear') return;
  if (!isValidKey(method.key)) throw domException('DataError', 'Length of the "key" parameter is not valid.');
  if (method.type === 'delete' || isValidValue(method.value)) return;
  throw domException('DataError', 'Length of the "value" parameter is not valid.');
}
