/** Reads an `Origin-Policy` header: the structured-field parser's output, in the shapes that src/spec works on. */

import { parseDictionary, Token } from 'structured-headers';
import { type BareItem, type OriginPolicyHeader, parseHeader } from '../../spec/origin-policy';

function toBareItem(value: unknown): BareItem {
  if (typeof value === 'string') return { type: 'string', value };
  if (value instanceof Token) return { type: 'token', value: value.toString() };
  return { type: 'other' };
}

/** Null where the header does not parse, or allows and prefers nothing: it is then as if it were not there. */
export function readOriginPolicyHeader(header: string): OriginPolicyHeader | null {
  try {
    const members = [...parseDictionary(header)].map(([name, [value]]) => {
      const member = Array.isArray(value) ? value.map(([item]) => toBareItem(item)) : toBareItem(value);
      return [name, member] as const;
    });
    return parseHeader(new Map(members));
  } catch {
    return null;
  }
}
