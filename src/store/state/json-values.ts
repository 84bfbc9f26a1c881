/**
 * Values of the databases in JSON, and back, the same: JSON has no bigints, bytes, undefined, or numbers beyond the finite. An object with one member whose
 * name begins with one `$` stands for such a value; a `$` at the beginning of any other name is doubled.
 */

import { base64 } from '../../protocol/base64';
import { because } from '../../spec/reason';
import { isObject, type Problems, pointerTo } from './checks';

const TAG = '$';

export function toJSONValue(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (value === undefined) return { $undefined: true };
  if (typeof value === 'number' && !(Number.isFinite(value) && !Object.is(value, -0)))
    return { $number: Object.is(value, -0) ? '-0' : String(value) };
  if (value instanceof Uint8Array) return { $bytes: base64(value) };
  if (Array.isArray(value)) return value.map(toJSONValue);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name.startsWith(TAG) ? TAG + name : name, toJSONValue(member)]);
  return Object.fromEntries(members);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What each tag is read with; undefined for what it cannot be. */
const READERS: Readonly<Record<string, (written: unknown) => { readonly value: unknown } | undefined>> = {
  $bigint: (written) => (/^-?\d+$/.test(String(written)) ? { value: BigInt(String(written)) } : undefined),
  $undefined: (written) => (written === true ? { value: undefined } : undefined),
  $number: (written) => (/^(?:NaN|-?Infinity|-0)$/.test(String(written)) ? { value: Number(written) } : undefined),
  $bytes: (written) =>
    typeof written === 'string' && BASE64.test(written)
      ? { value: Uint8Array.from(atob(written), (character) => character.charCodeAt(0)) }
      : undefined,
};

export function fromJSONValue(value: unknown, at: string, problems: Problems): unknown {
  if (Array.isArray(value)) return value.map((element, index) => fromJSONValue(element, pointerTo(at, index), problems));
  if (!isObject(value)) return value;
  const members = Object.entries(value);
  const [[name, written] = ['', undefined]] = members;
  if (members.length === 1 && name.startsWith(TAG) && !name.startsWith(TAG + TAG)) {
    const read = Object.hasOwn(READERS, name) ? READERS[name]?.(written) : undefined;
    if (!read) problems.add(pointerTo(at, name), because('problemNoValue'));
    return read?.value;
  }
  const read = members.map(([own, member]) => [
    own.startsWith(TAG) ? own.slice(1) : own,
    fromJSONValue(member, pointerTo(at, own), problems),
  ]);
  return Object.fromEntries(read);
}
