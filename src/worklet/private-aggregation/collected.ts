/** Contributions on their way out of the realm, in bounded memory: equal ones are counted. */

import type { RealmContribution } from '../../protocol/worklet-port';
import { MAXIMUM_DIFFERENT_CONTRIBUTIONS } from '../../spec/private-aggregation/contribution-cache';
import { append, bag, Map, mapGet, mapSet } from '../../webidl/primordials';

export type Contribution = Omit<RealmContribution, 'count'>;

interface Counted extends Contribution {
  /** How often it was made since it was last taken. */
  count: number;
}

export interface Collected {
  readonly known: Map<string, Counted>;
  /** How many those are. */
  different: number;
  /** Those that were made since they were last taken. */
  fresh: Counted[];
  /** How many there was no room for, since then. */
  dropped: number;
}

export const nothingCollected = (): Collected => bag({ known: new Map<string, Counted>(), different: 0, fresh: [], dropped: 0 });

export function collect(into: Collected, contribution: Contribution, count = 1): void {
  const { bucket, value, filteringId, errorEvent } = contribution;
  // Remove all items from pendingContributions' unconditional contributions that have a value of 0.
  if (value === 0 && errorEvent === null) return;
  const key = `${bucket} ${value} ${filteringId} ${errorEvent}`;
  let known = mapGet(into.known, key);
  if (!known) {
    if (into.different >= MAXIMUM_DIFFERENT_CONTRIBUTIONS) {
      into.dropped += count;
      return;
    }
    into.different++;
    known = bag({ ...contribution, count: 0 });
    mapSet(into.known, key, known);
  }
  if (known.count === 0) append(into.fresh, known);
  known.count += count;
}

/** Calls back with what was collected since the last time, if there is any. */
export function take(from: Collected, use: (contributions: RealmContribution[], dropped: number) => void): void {
  const { fresh, dropped } = from;
  if (fresh.length === 0 && dropped === 0) return;
  from.fresh = [];
  from.dropped = 0;
  use(fresh, dropped);
  for (let index = 0; index < fresh.length; index++) (fresh[index] as Counted).count = 0;
}
