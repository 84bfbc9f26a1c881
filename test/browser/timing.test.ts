/** How long a promise takes tells a page nothing about what is stored. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

/** The ratio of the medians of two calls, made in turns, again and again. */
const ratio = (calls: Record<'a' | 'b', string>, rounds: number) => `(async () => {
  const times = { a: [], b: [] };
  for (let i = 0; i < ${rounds}; i++) {
    // Nobody is first each time.
    for (const name of i % 2 ? ['a', 'b'] : ['b', 'a']) {
      const begun = performance.now();
      await (name === 'a' ? ${calls.a} : ${calls.b});
      times[name].push(performance.now() - begun);
    }
  }
  const median = (list) => list.sort((x, y) => x - y)[list.length >> 1];
  return median(times.a) / median(times.b);
})()`;

const ROUNDS = 150;

/** Applying one of the calls takes several times as long as the other: the entry has four million bytes, or is not there. */
test.each([
  [
    'set with ignoreIfPresent',
    `sharedStorage.set('large', 'v', { ignoreIfPresent: true })`,
    `sharedStorage.set('small', 'v', { ignoreIfPresent: true })`,
  ],
  ['append', `sharedStorage.append('large', '')`, `sharedStorage.append('small', '')`],
  [
    'set under a lock',
    `sharedStorage.set('large', 'v', { ignoreIfPresent: true, withLock: 'l' })`,
    `sharedStorage.set('small', 'v', { ignoreIfPresent: true, withLock: 'l' })`,
  ],
])('%s: as long for a large entry as for a small one', async (_what, a, b) => {
  const page = await lab.page('timing');
  await page.evaluate(`sharedStorage.set('large', 'x'.repeat(2_000_000)).then(() => sharedStorage.set('small', 'v'))`);
  const measured = (await page.evaluate(ratio({ a, b }, ROUNDS))) as number;
  expect(measured).toBeGreaterThan(0.6);
  expect(measured).toBeLessThan(1.7);
});
