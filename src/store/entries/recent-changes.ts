/** What has changed last of a data origin's entries, kept beside its mark: whoever knows them as they were before need not read all of them again. */

import type { Mark, OriginRecord, RecentChange } from './schema';

/**
 * How much is kept: changes, and code units of their keys and marks. Each change writes all of it once more, and an operation that has changed more than that
 * since somebody looked costs them a reading.
 */
const MAXIMUM_CHANGES = 16;
const MAXIMUM_LENGTH = 2048;

/** What a key costs besides its code units. */
const OVERHEAD = 16;

function lengthOf([from, ...keys]: RecentChange): number {
  return keys.reduce((sum, key) => sum + key.length + OVERHEAD, from.length);
}

/** Those that are kept once another change has led away from the mark `from`: none where it is too large, for a chain with a gap leads nowhere. */
export function withChange(recent: readonly RecentChange[], from: Mark, keys: ReadonlySet<string>): readonly RecentChange[] {
  if (from === null || keys.size * OVERHEAD > MAXIMUM_LENGTH) return [];
  const all: readonly RecentChange[] = [...recent, [from, ...keys]];
  let first = all.length;
  for (let length = 0; first > 0 && all.length - first < MAXIMUM_CHANGES; first--) {
    length += lengthOf(all[first - 1] as RecentChange);
    if (length > MAXIMUM_LENGTH) break;
  }
  return all.slice(first);
}

/** The keys of all entries that have changed since the data origin had this mark; null where the record does not go back so far. */
export function changedSince({ recent = [] }: OriginRecord, mark: Mark): ReadonlySet<string> | null {
  const first = recent.findIndex(([from]) => from === mark);
  return first < 0 ? null : new Set(recent.slice(first).flatMap(([, ...keys]) => keys));
}
