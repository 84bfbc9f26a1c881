// What is told of a list of samples.

/**
 * The smallest sample that so many of a hundred do not exceed.
 * @param {readonly number[]} samples
 * @param {number} percent
 * @returns {number}
 */
export function percentile(samples, percent) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * The middle one, or the mean of the two in the middle.
 * @param {readonly number[]} samples
 */
export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return (low + high) / 2;
}

/**
 * How much more one side took than another. Samples of the same number were taken one after the other, so what the machine did
 * meanwhile is in both.
 * @param {readonly number[]} samples
 * @param {readonly number[]} others
 */
export function medianDifference(samples, others) {
  return median(samples.map((sample, index) => sample - (others[index] ?? Number.NaN)));
}

/**
 * The ratio of the medians of each turn's samples. Turns of the same number came one after the other.
 * @param {readonly number[]} samples
 * @param {readonly number[]} others
 * @param {number} block how many samples a turn has
 */
export function ratiosOfBlocks(samples, others, block) {
  const ratios = [];
  for (let start = 0; start < samples.length; start += block)
    ratios.push(median(samples.slice(start, start + block)) / median(others.slice(start, start + block)));
  return ratios;
}

/**
 * The lower and the upper quartile.
 * @param {readonly number[]} values
 * @returns {[number, number]}
 */
export const middleHalf = (values) => [percentile(values, 25), percentile(values, 75)];
