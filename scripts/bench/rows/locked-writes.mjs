// What another origin waits where a page has asked for many writes with a lock.

import { WorkletPage } from '../worklet-page.mjs';

const WRITES = 3000;

/** Waits, inside a worklet, for the last write of a round. */
const WORKLET = `register('await', class {
  async run({ value }) {
    while ((await sharedStorage.get('last')) !== value);
    console.log(0);
  }
})`;

/** @param {string} value */
const askForLocked = (value) => `{
  for (let i = 0; i < ${WRITES}; i++) sharedStorage.set('key ' + (i % 10), '${value} ' + i, { withLock: 'lock' });
  sharedStorage.set('last', '${value}', { withLock: 'lock' });
}`;

/** The longest of the writes that are asked for, one after the other, in a second. */
const LONGEST = `(async () => {
  let longest = 0;
  for (const begun = performance.now(); performance.now() - begun < 1000; ) {
    const [duration] = await timeEach(1, () => sharedStorage.set('key', 'value'));
    longest = Math.max(longest, duration);
  }
  return longest;
})()`;

/** @type {import('../rows.mjs').Row} */
export const setBesideLocked = {
  name: 'set of another origin, after 3,000 locked ones: the longest within a second',
  unit: 'ms',
  sides: ['extension', 'native'],
  samples: 12,
  block: 2,
  files: { '/worklet.js': WORKLET },
  async begin(side) {
    const page = await WorkletPage.open(side, '/worklet.js');
    const { protocol, host } = new URL(side.origin);
    const other = await side.browser.openPage(`${protocol}//another.${host}/timing.html`);
    await other.evaluate(`sharedStorage.set('key', 'value')`);
    let round = 0;
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        const value = `round ${++round}`;
        await page.evaluate(askForLocked(value));
        samples.push(await other.evaluate(LONGEST));
        // The next round begins when none of these waits any more.
        await page.evaluate(`sharedStorage.run('await', { data: { value: '${value}' }, keepAlive: true })`);
        await page.nextLogged();
      }
      return samples;
    };
  },
};
