/** The "contribution cache" of one operation, in bounded memory: equal contributions are counted, not kept. */

import type { CountedContribution, HistogramContribution, InternalErrorEvent } from './contributions';

/**
 * How many different contributions are kept of one operation. None that a report could have had is lost by it under the native budgets: where
 * that many differ by bucket, filtering ID or value, either a report's buckets are exceeded, or a budget of 2^16 is.
 */
export const MAXIMUM_DIFFERENT_CONTRIBUTIONS = 4000;

export class ContributionCache {
  readonly #entries = new Map<string, CountedContribution>();
  #dropped = 0;

  /** How many contributions there was no room for. */
  get dropped(): number {
    return this.#dropped;
  }

  /** https://patcg-individual-drafts.github.io/private-aggregation-api/#append-an-entry-to-the-contribution-cache */
  append(contribution: HistogramContribution, errorEvent: InternalErrorEvent | null, times = 1): void {
    const { bucket, value, filteringId } = contribution;
    // Remove all items from pendingContributions' unconditional contributions that have a value of 0. (Done here, they take no room.)
    if (value === 0 && errorEvent === null) return;
    const key = `${bucket} ${value} ${filteringId} ${errorEvent}`;
    const count = this.#entries.get(key)?.count ?? 0;
    if (count === 0 && this.#entries.size >= MAXIMUM_DIFFERENT_CONTRIBUTIONS) this.#dropped += times;
    else this.#entries.set(key, { bucket, value, filteringId, errorEvent, count: count + times });
  }

  /** Those that are kept, in the order in which each was first made. */
  entries(): CountedContribution[] {
    return [...this.#entries.values()];
  }
}
