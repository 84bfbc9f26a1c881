// Whether something grows.

import { median } from '../bench/statistics.mjs';

/** How much more may be used at the end than after the warm-up, as a part of it. */
export const TOLERANCE = 0.05;

/** The warm-up, as a part of the time: caches, logs and pools fill meanwhile. */
export const WARM_UP = 1 / 3;

/** In fewer minutes nothing is warm: what is used is shown then, and growth is not judged. */
export const SHORTEST_JUDGED = 10;

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

/**
 * How much more is left of it after garbage collections at the end than after those at the end of the warm-up, as a part of that: what has been used, and
 * only was not collected yet, is no growth. Null where there were no collections.
 *
 * @param {readonly Sample[]} collected in their order
 * @returns {number | null}
 */
export function growthOfWhatIsLeft(collected) {
  const [first, last] = [collected[0], collected.at(-1)];
  if (!first || !last) return null;
  const between = (first.time + last.time) / 2;
  const middle = (/** @type {(sample: Sample) => boolean} */ matches) => median(collected.filter(matches).map(({ value }) => value));
  const [begin, end] = [middle(({ time }) => time <= between), middle(({ time }) => time > between)];
  return begin === end ? 0 : end / begin - 1;
}
