import { WorkletPage } from '../worklet-page.mjs';

/** A worklet's only clock has steps of 1 ms, so that one `get` is a share of many. */
const GETS = 1000;

/** @type {import('../rows.mjs').Row} */
export const workletGet = {
  name: `worklet: get (mean of ${GETS})`,
  unit: 'ms',
  sides: ['extension', 'native'],
  samples: 24,
  block: 2,
  files: {
    '/worklet.js': `register('read', class {
      async run({ gets }) {
        const start = Date.now();
        for (let i = 0; i < gets; i++) await sharedStorage.get('key ' + (i % 10));
        console.log((Date.now() - start) / gets);
      }
    })`,
  },
  async begin(side) {
    const page = await WorkletPage.open(side, '/worklet.js');
    await page.evaluate(`Promise.all(Array.from({ length: 10 }, (_, i) => sharedStorage.set('key ' + i, 'value ' + i)))`);
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        await page.evaluate(`sharedStorage.run('read', { data: { gets: ${GETS} }, keepAlive: true })`);
        samples.push(await page.nextLogged());
      }
      return samples;
    };
  },
};
