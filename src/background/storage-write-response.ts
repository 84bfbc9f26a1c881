/** Reads a `Shared-Storage-Write` header: the structured-field parser's output, in the shapes that src/spec works on. */

import { parseList, Token } from 'structured-headers';
import type { ModifierMethod } from '../spec/modifier-methods';
import { type BareItem, type ListMember, methodsOfAStorageWriteHeader } from '../spec/storage-write-header';

export function toBareItem(value: unknown): BareItem {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (value instanceof Token) return { type: 'token', value: value.toString() };
  if (value instanceof ArrayBuffer) return { type: 'byte-sequence', value: new Uint8Array(value) };
  return { type: 'other' };
}

function toListMember([item, parameters]: [unknown, Map<string, unknown>]): ListMember {
  return {
    item: Array.isArray(item) ? null : toBareItem(item),
    parameters: new Map([...parameters].map(([name, value]) => [name, toBareItem(value)])),
  };
}

/**
 * The methods of a response's header lines; several lines are one list. No methods where the header does not parse, as a
 * structured field that does not parse is ignored as a whole.
 */
export function readStorageWriteHeader(lines: readonly string[]): ModifierMethod[] {
  let list: [unknown, Map<string, unknown>][];
  try {
    list = parseList(lines.join(', ')) as [unknown, Map<string, unknown>][];
  } catch {
    return [];
  }
  return methodsOfAStorageWriteHeader(list.map(toListMember));
}
