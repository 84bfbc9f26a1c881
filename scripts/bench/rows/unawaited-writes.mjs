import { WorkletPage } from '../worklet-page.mjs';

const WRITES = 1000;

/** Waits, inside a worklet, for the last write of a round. */
const WORKLET = `register('await', class {
  async run({ key, value }) {
    while ((await sharedStorage.get(key)) !== value);
    console.log(Date.now());
  }
})`;

/** What the page does in a round; the clock is the machine's, which the worklet reads too. @param {string} value */
const round = (value) => `(async () => {
  const start = Date.now();
  const precise = performance.now();
  for (let i = 0; i < ${WRITES}; i++) sharedStorage.set('key ' + i, '${value}');
  const calls = performance.now() - precise;
  await sharedStorage.run('await', { data: { key: 'key ${WRITES - 1}', value: '${value}' }, keepAlive: true });
  return { start, calls };
})()`;

/** @type {Pick<import('../rows.mjs').Row, 'unit' | 'sides' | 'samples' | 'block' | 'files'>} */
const common = { unit: 'ms', sides: ['extension', 'native', 'floor'], samples: 16, block: 2, files: { '/worklet.js': WORKLET } };

/**
 * @param {import('../sides.mjs').Side} side
 * @param {'calls' | 'seen'} wanted
 */
async function begin(side, wanted) {
  const page = await WorkletPage.open(side, '/worklet.js');
  let rounds = 0;
  return async (/** @type {number} */ count) => {
    const samples = [];
    for (let i = 0; i < count; i++) {
      const { start, calls } = await page.evaluate(round(`round ${++rounds}`));
      const seen = (await page.nextLogged()) - start;
      samples.push({ calls, seen }[wanted]);
    }
    return samples;
  };
}

/** How long the page's own thread is held up. @type {import('../rows.mjs').Row} */
export const unawaitedCalls = { ...common, name: '1,000 unawaited sets: the calls', begin: (side) => begin(side, 'calls') };

/** From before the first call until a worklet has read the last value. @type {import('../rows.mjs').Row} */
export const unawaitedSeen = { ...common, name: '1,000 unawaited sets: seen in a worklet', begin: (side) => begin(side, 'seen') };
