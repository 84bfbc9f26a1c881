import { pathToFileURL } from 'node:url';

const FILL = `Promise.all(Array.from({ length: 1000 }, (_, i) => sharedStorage.set('key' + i, 'value of entry ' + i)))`;

/**
 * How each side gives a test the entries: the kit, or the protocol's own command.
 * @param {import('../sides.mjs').Side} side
 * @param {import('../../browser/launch.mjs').Session} page
 * @returns {Promise<() => Promise<readonly unknown[]>>}
 */
async function readerOf(side, page) {
  if (side.name === 'native') return async () => (await page.send('Storage.getSharedStorageEntries', { ownerOrigin: side.origin })).entries;
  const { buildKit, lib } = await import('../../kit.mjs');
  await buildKit();
  /** @type {typeof import('../../../src/kit/cdp.ts')} */
  const { attachSharedStorageLab } = await import(pathToFileURL(`${lib}/cdp.js`).href);
  const lab = await attachSharedStorageLab(side.browser.devtools);
  return () => lab.entries(side.origin);
}

/** What a test waits for the entries of an origin. @type {import('../rows.mjs').Row} */
export const kitEntries = {
  name: "entries() of the test kit, and the protocol's own, of 1,000 entries",
  unit: 'ms',
  sides: ['extension', 'native'],
  samples: 100,
  block: 20,
  async begin(side) {
    const page = await side.openPage();
    const read = await readerOf(side, page);
    await page.evaluate(FILL);
    // Unawaited or not: what was asked for is there some time later on either side.
    while ((await read()).length < 1000);
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        const begun = performance.now();
        await read();
        samples.push(performance.now() - begun);
      }
      return samples;
    };
  },
};
