/**
 * From a parsed `Shared-Storage-Write` list to modifier methods.
 * https://wicg.github.io/shared-storage/#ss-fetch-algo
 */

import { isValidKey, isValidValue, type ModifierMethod } from './modifier-methods';

/** A structured-field bare item (RFC 8941), in the shapes that tell its types apart. */
export type BareItem =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'token'; readonly value: string }
  | { readonly type: 'byte-sequence'; readonly value: Uint8Array }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'other' };

export interface ListMember {
  /** Null for an inner list. */
  readonly item: BareItem | null;
  readonly parameters: ReadonlyMap<string, BareItem>;
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

function methodFor(member: ListMember): ModifierMethod | null {
  // If item is an inner list, continue.
  if (!member.item) return null;
  const name = getTheStringValue(member.item);
  if (name === 'clear') return { type: 'clear' };
  if (name !== 'set' && name !== 'append' && name !== 'delete') return null;
  const key = obtainAStringLikeParameterValue(member, 'key');
  // If key is null, continue. The method's constructor throws on a key or a value of a length that is not allowed.
  if (key === null || !isValidKey(key)) return null;
  if (name === 'delete') return { type: 'delete', key };
  const value = obtainAStringLikeParameterValue(member, 'value');
  if (value === null || !isValidValue(value)) return null;
  if (name === 'append') return { type: 'append', key, value };
  return { type: 'set', key, value, ignoreIfPresent: obtainABooleanParameterValue(member, 'ignore_if_present') === true };
}

/** The methods of the batch, in order; members that mean nothing are skipped, as the specification says. */
export function methodsOfAStorageWriteHeader(list: readonly ListMember[]): ModifierMethod[] {
  return list.map(methodFor).filter((method) => method !== null);
}
