import { WorkletPage } from '../worklet-page.mjs';

const ENTRIES = 10_000;

/** How long a worklet takes to read everything. @type {import('../rows.mjs').Row} */
export const iteration = {
  name: `worklet: iteration of ${ENTRIES.toLocaleString('en')} entries`,
  unit: 'ms',
  note: "by the worklet's clock, which has steps of 1 ms",
  sides: ['extension', 'native'],
  samples: 16,
  block: 2,
  files: {
    '/worklet.js': `register('iterate', class {
      async run() {
        const start = Date.now();
        let count = 0;
        for await (const _ of sharedStorage.entries()) count++;
        console.log(count === ${ENTRIES} ? Date.now() - start : 'entries: ' + count);
      }
    })`,
  },
  async begin(side) {
    const page = await WorkletPage.open(side, '/worklet.js');
    await page.evaluate(`(async () => {
      for (let next = 0; next < ${ENTRIES}; next += 1000)
        await Promise.all(Array.from({ length: 1000 }, (_, i) => sharedStorage.set('key ' + (next + i), 'value')));
    })()`);
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        await page.evaluate(`sharedStorage.run('iterate', { keepAlive: true })`);
        samples.push(await page.nextLogged());
      }
      return samples;
    };
  },
};
