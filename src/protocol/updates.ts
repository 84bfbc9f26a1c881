/** Decoders for what entries are changed with, whoever asks for it. */

import { isReservedLockName } from '../spec/locks';
import { isValidKey, isValidValue, type ModifierMethod } from '../spec/modifier-methods';
import { array, INVALID, isFields, isString, nullable, object, stringThat } from './schema';

/** A key of an entry: of 1 to MAXIMUM_KEY_LENGTH code units. */
export const key = stringThat(isValidKey);

/** The name of a lock that may be asked for. */
export const lockName = stringThat((name) => !isReservedLockName(name));

/** By hand, for a batch may have very many. */
export function modifierMethod(given: unknown): ModifierMethod | typeof INVALID {
  if (!isFields(given)) return INVALID;
  const { type, key, value, ignoreIfPresent } = given;
  if (type === 'clear') return { type };
  if (!isString(key) || !isValidKey(key)) return INVALID;
  if (type === 'delete') return { type, key };
  if (!isString(value) || !isValidValue(value)) return INVALID;
  if (type === 'append') return { type, key, value };
  if (type === 'set' && typeof ignoreIfPresent === 'boolean') return { type, key, value, ignoreIfPresent };
  return INVALID;
}

/** An update: its modifier methods, and the name of the lock that it is to wait for. */
export const update = object({ methods: array(modifierMethod), withLock: nullable(lockName) });
