/** Entries, as tests give and get them. */

import { quoted } from './describe';

/** An entry. https://chromedevtools.github.io/devtools-protocol/tot/Storage/#type-SharedStorageEntry */
export interface SharedStorageEntry {
  readonly key: string;
  readonly value: string;
}

/** https://chromedevtools.github.io/devtools-protocol/tot/Storage/#type-SharedStorageMetadata */
export interface SharedStorageMetadata {
  /** Since when the origin has had entries, in seconds since the Unix epoch; 0 where it has none. */
  readonly creationTime: number;
  /** How many entries there are. */
  readonly length: number;
  /** What is left of the 24 hours' budget of the origin's site, in bits. */
  readonly remainingBudget: number;
  /** Of keys and values, in UTF-16. */
  readonly bytesUsed: number;
}

/** Entries by key, or as `entries()` gives them. */
export type GivenEntries = Readonly<Record<string, string>> | readonly SharedStorageEntry[];

/** Throws a TypeError that names what is no entry: tests are often written without types. */
export function listOf(given: GivenEntries): readonly SharedStorageEntry[] {
  if (typeof given !== 'object' || given === null || (Symbol.iterator in given && !Array.isArray(given)))
    throw new TypeError('Entries are given as an object, or as an array of {key, value}.');
  const list: readonly SharedStorageEntry[] = Array.isArray(given)
    ? given
    : Object.entries(given as Record<string, string>).map(([key, value]) => ({ key, value }));
  const wrong = list.find((entry: Partial<SharedStorageEntry> | null) => typeof entry?.key !== 'string' || typeof entry.value !== 'string');
  if (wrong !== undefined) throw new TypeError(`Keys and values are strings: ${quoted(wrong)} is no entry.`);
  return list;
}

/** Throws a TypeError where it is no origin as browsers write it: what is set for anything else, no page ever finds. */
export function checkOrigin(origin: string): void {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError(`${quoted(origin)} is no origin, such as "https://shop.example".`);
  if (url.origin !== origin) throw new TypeError(`${quoted(origin)} is no origin as browsers write it: "${url.origin}" is.`);
}

/** The same for the origins that a filter names: it would match nothing, and `not` would pass. */
export function checkOriginsOf(
  filter: { readonly ownerOrigin?: unknown; readonly reportingOrigin?: unknown } | ((one: never) => boolean),
): void {
  if (typeof filter === 'function') return;
  for (const origin of [filter.ownerOrigin, filter.reportingOrigin]) if (origin !== undefined) checkOrigin(origin as string);
}
