/** How much is tried, and with which random inputs: `FUZZ_INPUTS=1000000 SEED=5`; `npm run fuzz` sets them. */

export { SEED } from '../random';

/** For each decoder. */
export const INPUTS = Number(process.env.FUZZ_INPUTS ?? 1000);
