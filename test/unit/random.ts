/** Random values that can be had again: `SEED=5 npx vitest run --project unit FILE`. */

/** Goes into the name of a test, so that its failure can be had again. */
export const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Mulberry32: numbers from 0 up to, but not, 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const random = generator(SEED);
export const below = (bound: number): number => Math.floor(random() * bound);
export const oneOf = <T>(values: readonly T[]): T => values[below(values.length)] as T;
