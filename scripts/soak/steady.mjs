// Whether something grows.

import { median } from '../bench/statistics.mjs';

/** How much more may be used at the end than after the warm-up, as a part of it. */
export const TOLERANCE = 0.05;

/** The warm-up, as a part of the time: caches, logs and pools fill meanwhile. */
const WARM_UP = 1 / 3;

/** @typedef {{ time: number, value: number }} Sample `time` in seconds */

/**
 * How much of its middle a series grows by, from the warm-up to the end, by the slope that half of all pairs of samples exceed (Theil and Sen): single samples,
 * such as one before a garbage collection, do not count for more than others.
 *
 * @param {readonly Sample[]} samples in their order
 * @returns {number}
 */
export function growth(samples) {
  const begin = samples[0]?.time ?? 0;
  const end = samples.at(-1)?.time ?? 0;
  const last = samples.filter(({ time }) => time >= begin + (end - begin) * WARM_UP);
  const slopes = last.flatMap((a, index) => last.slice(index + 1).map((b) => (b.value - a.value) / (b.time - a.time)));
  if (slopes.length === 0) return 0;
  const grown = median(slopes) * (end - begin) * (1 - WARM_UP);
  const middle = median(last.map(({ value }) => value));
  // Of what there is only now and then, half of the samples may be nothing.
  return grown <= 0 && middle === 0 ? 0 : grown / middle;
}
