// Random choices that can be had again.

/** @typedef {{ below: (bound: number) => number, oneOf: <T>(values: readonly T[]) => T, chance: (share: number) => boolean }} Random */

/**
 * Mulberry32.
 * @param {number} seed
 * @returns {Random}
 */
export function createRandom(seed) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (/** @type {number} */ bound) => Math.floor(next() * bound);
  return {
    below,
    oneOf: (values) => /** @type {any} */ (values[below(values.length)]),
    chance: (share) => next() < share,
  };
}
