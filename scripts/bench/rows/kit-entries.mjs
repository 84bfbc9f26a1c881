import { kitOf } from '../kit.mjs';

/** @typedef {import('../sides.mjs').Side} Side */
/** @typedef {import('../../browser/launch.mjs').Session} Session */
/** @typedef {readonly { key: string, value: string }[]} Entries */
/** @typedef {{ read(): Promise<Entries>, untilWritten(value: string): Promise<unknown> }} Reader */

const FILL = `Promise.all(Array.from({ length: 1000 }, (_, i) => sharedStorage.set('key' + i, 'value of entry ' + i)))`;

const files = { '/worklet.js': `register('set', class { async run({ value }) { await sharedStorage.set('key0', value); } })` };

/**
 * How each side gives a test the entries: the kit, or the protocol's own command; and how a test knows that a worklet has written.
 * @param {Side} side
 * @param {Session} page
 * @returns {Promise<Reader>}
 */
async function readerOf(side, page) {
  if (side.name === 'native') {
    const read = async () => (await page.send('Storage.getSharedStorageEntries', { ownerOrigin: side.origin })).entries;
    const isWritten = async (/** @type {string} */ value) =>
      (await read()).some((/** @type {Entries[0]} */ entry) => entry.value === value);
    const untilWritten = async (/** @type {string} */ value) => {
      while (!(await isWritten(value)));
    };
    return { read, untilWritten };
  }
  const lab = await kitOf(side);
  return {
    read: () => lab.entries(side.origin),
    untilWritten: (value) => lab.waitForEvent({ scope: 'sharedStorageWorklet', method: 'set', params: { value } }),
  };
}

/**
 * @param {string} when
 * @param {(page: Session, reader: Reader) => Promise<unknown>} change what happens before each call
 * @returns {import('../rows.mjs').Row}
 */
const row = (when, change) => ({
  name: `entries() of the test kit, and the protocol's own, of 1,000 entries${when}`,
  unit: 'ms',
  sides: ['extension', 'native'],
  native: 120,
  samples: 100,
  block: 20,
  files,
  async begin(side) {
    const page = await side.openPage();
    const reader = await readerOf(side, page);
    await page.evaluate(`sharedStorage.worklet.addModule('/worklet.js').then(() => undefined)`);
    await page.evaluate(FILL);
    // Unawaited or not: what was asked for is there some time later on either side.
    while ((await reader.read()).length < 1000);
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        await change(page, reader);
        const begun = performance.now();
        await reader.read();
        samples.push(performance.now() - begun);
      }
      return samples;
    };
  },
});

let written = 0;

/** What a test waits for the entries of an origin: it asks again and again until they are the right ones, so most of the time nothing has changed. */
export const kitEntries = [
  row('', async () => undefined),
  row(', after a worklet has changed one', async (page, { untilWritten }) => {
    const value = `written ${++written}`;
    await page.evaluate(`sharedStorage.run('set', { data: { value: '${value}' }, keepAlive: true })`);
    await untilWritten(value);
  }),
];
