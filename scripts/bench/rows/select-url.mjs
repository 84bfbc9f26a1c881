import { WorkletPage } from '../worklet-page.mjs';

/** How long the page waits for a URN: the operation, which has yet to run, has no part in it. @type {import('../rows.mjs').Row} */
export const selectURL = {
  name: 'selectURL, promise',
  unit: 'ms',
  sides: ['extension', 'native'],
  samples: 300,
  block: 25,
  files: { '/worklet.js': `register('first', class { async run() { return 0; } })` },
  async begin(side) {
    const page = await WorkletPage.open(side, '/worklet.js');
    const urls = `[{ url: '/a.html' }, { url: '/b.html' }]`;
    return (count) => page.evaluate(`timeEach(${count}, () => sharedStorage.selectURL('first', ${urls}, { keepAlive: true }))`);
  },
};
