/** What an aggregation service makes of reports: a sum for each bucket, with noise. */

import type { HistogramContribution } from './contributions';

/** Laplace noise of the scale `l1 / epsilon`, as the aggregation service adds it. */
export interface Noise {
  /** More than 0, and no more than `MAXIMUM_EPSILON`. */
  readonly epsilon: number;
  /** The same seed gives the same noise; null for one that nobody knows. */
  readonly seed: string | null;
}

/** As the aggregation service takes it. */
export const MAXIMUM_EPSILON = 64;

/** What a site may contribute natively in ten minutes, and so the sensitivity of a sum. */
export const L1_BOUND = 65_536;

/** What is to be summed up. */
export interface SummaryOptions {
  /** The buckets of the summary, whether anything was contributed to them or not; null for those that something was contributed to. */
  readonly domain: readonly bigint[] | null;
  /** The filtering IDs that count; null for all. */
  readonly filteringIds: readonly bigint[] | null;
  readonly noise: Noise | null;
}

/** The sum of one bucket. */
export interface SummaryRow {
  readonly bucket: bigint;
  readonly sum: number;
  /** The sum with noise, if any was asked for. */
  readonly value: number;
}

/** From 0 to 1, both exclusive. */
type Random = () => number;

const UINT32 = 2 ** 32;

function systemRandom(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high + (low + 0.5) / UINT32) / UINT32;
}

/** FNV-1a, to begin with, and then splitmix32, whose every number goes through all its bits. */
function seededRandom(seed: string): Random {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(seed)) state = Math.imul(state ^ byte, 0x01000193);
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return () => (next() + (next() + 0.5) / UINT32) / UINT32;
}

/** The inverse of its distribution function, at a random place. */
function laplace(scale: number, random: Random): number {
  const place = random() - 0.5;
  return -scale * Math.sign(place) * Math.log1p(-2 * Math.abs(place));
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));

/** In the order of the buckets; throws nothing. */
export function summarize(contributions: Iterable<HistogramContribution>, options: SummaryOptions): SummaryRow[] {
  const { domain, filteringIds, noise } = options;
  const sums = new Map<bigint, number>((domain ?? []).map((bucket) => [bucket, 0]));
  for (const { bucket, value, filteringId } of contributions) {
    const isWanted = (filteringIds === null || filteringIds.includes(filteringId)) && (domain === null || sums.has(bucket));
    if (isWanted) sums.set(bucket, (sums.get(bucket) ?? 0) + value);
  }
  const random = noise?.seed == null ? systemRandom : seededRandom(noise.seed);
  const noiseOf = () => (noise ? Math.round(laplace(L1_BOUND / noise.epsilon, random)) : 0);
  // In the order of the buckets, so that a seed's noise does not depend on the order of the reports.
  return [...sums].sort(([a], [b]) => ascending(a, b)).map(([bucket, sum]) => ({ bucket, sum, value: sum + noiseOf() }));
}
