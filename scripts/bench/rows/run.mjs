import { WorkletPage } from '../worklet-page.mjs';

/** How long the page waits for `run()`, whose promise natively settles before the worklet has run anything. @type {import('../rows.mjs').Row} */
export const run = {
  name: 'run, promise',
  unit: 'ms',
  sides: ['extension', 'native'],
  samples: 300,
  block: 25,
  files: { '/worklet.js': `register('nothing', class { async run() {} })` },
  async begin(side) {
    const page = await WorkletPage.open(side, '/worklet.js');
    return (count) => page.evaluate(`timeEach(${count}, () => sharedStorage.run('nothing', { keepAlive: true }))`);
  },
};
