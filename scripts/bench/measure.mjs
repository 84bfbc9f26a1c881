// Measures one row: on all its sides in turns, so that whatever else the machine does meets them alike.

import { openSide } from './sides.mjs';
import { serveSite } from './site.mjs';

/** @typedef {import('./sides.mjs').SideName} SideName */
/** @typedef {import('./sides.mjs').Side} Side */
/**
 * @typedef {object} Result
 * @property {import('./rows.mjs').Row} row
 * @property {Map<SideName, number[]>} samples in the order in which they were taken
 * @property {Map<SideName, string>} versions
 * @property {Map<SideName, string>} failures why a side could not be measured
 */

/** No turn takes nearly as long, so whatever does will never end. */
const LONGEST_TURN = 60_000;

/**
 * Every row has browsers of its own: it measures the same alone as among others.
 * @param {import('./rows.mjs').Row} row
 * @param {import('./sides.mjs').Browsers} browsers
 * @param {number} [samples] instead of the row's own number
 * @returns {Promise<Result>}
 */
export async function measureRow(row, browsers, samples = row.samples) {
  const site = await serveSite(row.files ?? {}, row.headers);
  const names = row.sides.filter((name) => name !== 'native' || 'options' in browsers.native);
  /** @type {Result} */
  const result = { row, samples: new Map(), versions: new Map(), failures: new Map() };
  /** @type {{ side: Side, take: (count: number) => Promise<number[]> }[]} */
  let ready = [];
  /** @type {Side[]} */
  const opened = [];

  /** @type {(name: SideName, step: () => Promise<void>) => Promise<boolean>} */
  const attempt = async (name, step) => {
    try {
      await withinTime(step(), LONGEST_TURN);
      return true;
    } catch (error) {
      result.failures.set(name, /** @type {Error} */ (error).message);
      return false;
    }
  };

  try {
    for (const name of names)
      await attempt(name, async () => {
        const side = await openSide(name, browsers, site);
        opened.push(side);
        result.versions.set(name, await side.version());
        const take = await row.begin(side);
        // The first turn pays for what is compiled and cached once, and its samples are dropped.
        await take(row.block);
        result.samples.set(name, []);
        ready.push({ side, take });
      });
    for (let taken = 0; taken < samples && ready.length > 0; taken += row.block) {
      const count = Math.min(row.block, samples - taken);
      const failed = new Set();
      for (const { side, take } of ready) {
        const ok = await attempt(side.name, async () => void result.samples.get(side.name)?.push(...(await take(count))));
        if (!ok) failed.add(side);
      }
      ready = ready.filter(({ side }) => !failed.has(side));
      // Nobody is first each time.
      ready.push(...ready.splice(0, 1));
    }
    return result;
  } finally {
    await Promise.all(opened.map((side) => side.close()));
    await site.close();
  }
}

/** @template Result @param {Promise<Result>} step @param {number} longest in milliseconds @param {string} [what] @returns {Promise<Result>} */
export async function withinTime(step, longest, what = '') {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = /** @type {Promise<never>} */ (
    new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what}nothing came within ${longest / 1000} s`)), longest);
    })
  );
  try {
    return await Promise.race([step, late]);
  } finally {
    clearTimeout(timer);
  }
}
