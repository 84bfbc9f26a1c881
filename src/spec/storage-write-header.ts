/**
 * From a parsed `Shared-Storage-Write` list to the arguments of batchUpdate().
 * https://wicg.github.io/shared-storage/#ss-fetch-algo
 */

import { isReservedLockName } from './locks';
import { isValidKey, isValidValue, type ModifierMethod } from './modifier-methods';
import { because, type Reason } from './reason';
import type { BareItem, ListMember } from './structured-field-list';

/** What became of one member of the list; `problem` is null where it is part of the batch. */
export interface MemberFate {
  readonly member: string;
  /** As it was written. */
  readonly text: string;
  readonly problem: Reason | null;
}

/** What a header asks for. */
export interface StorageWrite {
  readonly methods: readonly ModifierMethod[];
  readonly withLock: string | null;
  /** One for each member of the list, for the event log. */
  readonly members: readonly MemberFate[];
  /** Why the batch as a whole comes to nothing, or null. */
  readonly problem: Reason | null;
}

/** https://wicg.github.io/shared-storage/#get-the-string-value */
export function getTheStringValue(item: BareItem): string | null {
  switch (item.type) {
    case 'string':
    case 'token':
      return item.value;
    case 'byte-sequence':
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(item.value);
      } catch {
        // "If fromUTF8 is an error, return null."
        return null;
      }
    default:
      return null;
  }
}

/** https://wicg.github.io/shared-storage/#obtain-a-string-like-parameter-value */
export function obtainAStringLikeParameterValue({ parameters }: ListMember, name: string): string | null {
  const item = parameters.get(name);
  return item ? getTheStringValue(item) : null;
}

/** https://wicg.github.io/shared-storage/#obtain-a-boolean-parameter-value */
export function obtainABooleanParameterValue({ parameters }: ListMember, name: string): boolean | null {
  const item = parameters.get(name);
  return item?.type === 'boolean' ? item.value : null;
}

/** If withLock is not null and does not start with U+002D HYPHEN-MINUS (-), it is the name of a lock. */
function withLockOf(member: ListMember): string | null {
  const withLock = obtainAStringLikeParameterValue(member, 'with_lock');
  return withLock !== null && !isReservedLockName(withLock) ? withLock : null;
}

/** The method that a member stands for, or why it is skipped. */
function methodFor(item: string, member: ListMember): ModifierMethod | { readonly problem: Reason } {
  // DEVIATION: the specification compares names by case. As natively, `SET` is one.
  const name = item.toLowerCase();
  if (name === 'clear') return { type: 'clear' };
  if (name !== 'set' && name !== 'append' && name !== 'delete') return { problem: because('itemUnknownName') };
  const key = obtainAStringLikeParameterValue(member, 'key');
  // If key is null, continue. The method's constructor throws on a key or a value of a length that is not allowed.
  if (key === null) return { problem: because('itemNoKey') };
  if (!isValidKey(key)) return { problem: because('itemKeyLength') };
  if (name === 'delete') return { type: 'delete', key };
  const value = obtainAStringLikeParameterValue(member, 'value');
  if (value === null) return { problem: because('itemNoValue') };
  if (!isValidValue(value)) return { problem: because('itemValueLength') };
  if (name === 'append') return { type: 'append', key, value };
  return { type: 'set', key, value, ignoreIfPresent: obtainABooleanParameterValue(member, 'ignore_if_present') === true };
}

/** The steps of "handle a Shared-Storage-Write response" for each member of the list, in order. */
export function storageWriteOf(list: readonly ListMember[]): StorageWrite {
  const methods: ModifierMethod[] = [];
  const members: MemberFate[] = [];
  let batchWithLock: string | null = null;
  let hasInnerLock = false;
  for (const member of list) {
    const note = (name: string, problem: Reason | null) => members.push({ member: name, text: member.text, problem });
    // If item is an inner list, continue.
    const name = member.item && getTheStringValue(member.item);
    if (name === null) {
      note(member.item ? 'item' : 'inner list', because(member.item ? 'itemNoName' : 'itemInnerList'));
    } else if (name.toLowerCase() === 'options') {
      batchWithLock = withLockOf(member);
      note(name, null);
    } else {
      const method = methodFor(name, member);
      if (!('problem' in method)) {
        methods.push(method);
        hasInnerLock ||= withLockOf(member) !== null;
      }
      note(name, 'problem' in method ? method.problem : null);
    }
  }
  // batchUpdate() rejects methods that have a lock of their own.
  const problem = hasInnerLock ? because('headerInnerLock') : null;
  return { methods: problem ? [] : methods, withLock: batchWithLock, members, problem };
}
