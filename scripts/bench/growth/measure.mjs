// Measures all operations at each size of a dimension, in one browser of its own.

import { kitOf } from '../kit.mjs';
import { withinTime } from '../measure.mjs';
import { openSide } from '../sides.mjs';
import { ISOLATED, serveSite } from '../site.mjs';
import { WorkletPage } from '../worklet-page.mjs';
import { files as dimensionFiles } from './dimensions.mjs';
import { files, inWorklet, operations } from './operations.mjs';

/** @typedef {{ operation: string, unit: string, size: number, samples: number[] }} Measured */
/** @typedef {{ dimension: string, version: string, measured: Measured[] }} Growth */

/** How long anything may take, in milliseconds: a million entries are written, read and cleared. */
const LONGEST = 600_000;

/** A million entries are more than the quota allows by itself. */
const QUOTA = 2 ** 28;

const CHUNK = 100_000;

/** Where there are so many entries, everything is measured once: to read them takes many seconds. */
const VERY_MANY = 1_000_000;

/** As a page writes them. @param {WorkletPage} page @param {number} entries */
async function fill(page, entries) {
  for (let from = 0; from < entries; from += CHUNK) {
    await page.evaluate(`(async () => {
      const end = ${Math.min(entries, from + CHUNK)};
      for (let next = ${from}; next < end; next += 1000) {
        const methods = Array.from({ length: Math.min(1000, end - next) }, (_, i) => new SharedStorageSetMethod('e' + (next + i), 'v'));
        await sharedStorage.batchUpdate(methods);
      }
    })()`);
    const count = await inWorklet(page, 'count', {});
    if (count !== Math.min(entries, from + CHUNK)) throw new Error(`${count} entries are there instead of ${from + CHUNK}`);
  }
}

/** @param {import('./operations.mjs').Operation} operation @param {import('./operations.mjs').Subject} subject */
async function sample({ measure, samples: usual }, subject) {
  const samples = [];
  const wanted = subject.entries < VERY_MANY ? usual : 1;
  // The first pays for what is compiled and cached once.
  if (wanted > 1) await measure(subject);
  for (let i = 0; i < wanted; i++) samples.push(await measure(subject));
  return samples;
}

/**
 * @param {import('./dimensions.mjs').Dimension} dimension
 * @param {import('../sides.mjs').Browsers} browsers
 * @param {number} largest size that is measured
 * @returns {Promise<Growth>}
 */
export async function measureGrowth({ name, sizes, entries: entriesAt, grow, further = [] }, browsers, largest) {
  const site = await serveSite({ ...files, ...dimensionFiles }, { ...ISOLATED, 'Cross-Origin-Resource-Policy': 'cross-origin' });
  const side = await openSide('extension', browsers, site);
  try {
    const lab = await kitOf(side);
    await lab.settings({ quotaBytes: QUOTA });
    const page = await WorkletPage.open(side, '/worklet.js');
    /** @type {Measured[]} */
    const measured = [];
    for (const size of sizes.filter((one) => one <= largest)) {
      const subject = { side, lab, page, entries: entriesAt(size) };
      const begun = performance.now();
      await withinTime(grow(subject, size), LONGEST);
      await withinTime(fill(page, subject.entries), LONGEST);
      console.error(`${size.toLocaleString('en')} ${name} are there after ${Math.round(performance.now() - begun)} ms`);
      for (const operation of [...further, ...operations]) {
        const samples = await withinTime(sample(operation, subject), LONGEST, `${operation.name} at ${size} ${name}: `);
        measured.push({ operation: operation.name, unit: operation.unit, size, samples });
      }
    }
    return { dimension: name, version: await side.version(), measured };
  } finally {
    await side.close();
    await site.close();
  }
}
