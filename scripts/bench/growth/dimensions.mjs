// What there can be more and more of.

import { TIME_ADD_MODULE } from './operations.mjs';

/** @typedef {import('./operations.mjs').Subject} Subject */

/**
 * @typedef {object} Dimension
 * @property {string} name in the plural
 * @property {number[]} sizes
 * @property {(subject: Subject, size: number) => Promise<unknown>} grow from the size before, or from nothing
 * @property {(size: number) => number} entries how many the page's own data origin has then
 * @property {import('./operations.mjs').Operation[]} [further] what is measured besides
 */

/** Of the page's own data origin, where something else grows. */
const FEW = 100;

/** How many entries each of many data origins has. */
const OF_EACH = 10;

/** A state file, as a person or a test imports one: to visit ten thousand sites would take hours. @param {number} origins */
function fixtureOf(origins) {
  const own = Array.from({ length: OF_EACH }, (_, i) => ({ key: `key ${i}`, value: 'value' }));
  const sites = Array.from({ length: origins }, (_, site) => [`https://site-${site}.example`, own]);
  return { format: 'shared-storage-lab', version: 1, entries: Object.fromEntries(sites) };
}

/** In the frame that was added last, which belongs to another site: by messages, for it is in another process. @param {string} expression */
const inLastFrame = (expression) => `new Promise((resolve) => {
  addEventListener('message', ({ data }) => resolve(data.result), { once: true });
  frames[frames.length - 1].postMessage(${JSON.stringify(expression)}, '*');
})`;

const FRAME = `<!doctype html><title>frame</title><script>
  addEventListener('message', async ({ data, source }) => source.postMessage({ result: await (0, eval)(data) }, '*'));
  sharedStorage.set('key', 'value').then(() => parent.postMessage({ result: 'ready' }, '*'));
</script>`;

export const files = { '/frame.html': FRAME };

/** @param {string} origin */
const addFrame = (origin) => `new Promise((resolve) => {
  addEventListener('message', resolve, { once: true });
  const frame = document.createElement('iframe');
  frame.src = '${origin.replace('//bench.', '//frames.')}/frame.html';
  document.body.append(frame);
}).then(() => undefined)`;

/** @type {Dimension[]} */
export const dimensions = [
  {
    name: 'entries',
    sizes: [100, 1000, 10_000, 100_000, 1_000_000],
    entries: (size) => size,
    grow: async () => undefined,
  },
  {
    name: 'origins',
    sizes: [1, 10, 100, 1000, 10_000],
    entries: () => FEW,
    grow: ({ lab }, size) => lab.loadFixture(fixtureOf(size)),
  },
  {
    name: 'worklets',
    sizes: [1, 10, 50, 100, 200],
    entries: () => FEW,
    async grow({ page }, size) {
      // The page's first one counts as well.
      await page.evaluate(`(async () => {
        globalThis.kept ??= [];
        while (kept.length + 1 < ${size}) kept.push(await sharedStorage.createWorklet('/worklet.js'));
      })()`);
    },
  },
  {
    name: 'frames',
    sizes: [1, 10, 50, 100, 200],
    entries: () => FEW,
    async grow({ side, page }, size) {
      for (let count = await page.evaluate('frames.length'); count < size; count++) await page.evaluate(addFrame(side.origin));
    },
    further: [
      {
        name: 'set() in the last frame, awaited',
        unit: 'ms',
        samples: 5,
        measure: ({ page }) =>
          page.evaluate(
            inLastFrame(`(async () => {
              const start = performance.now();
              for (let i = 0; i < 100; i++) await sharedStorage.set('key', String(i));
              return (performance.now() - start) / 100;
            })()`),
          ),
      },
      {
        name: 'createWorklet() in the last frame',
        unit: 'ms',
        samples: 5,
        measure: ({ page }) => page.evaluate(inLastFrame(TIME_ADD_MODULE)),
      },
    ],
  },
];

/** As `--only` knows it. @param {Dimension} dimension */
export const nameOf = ({ name }) => `growth: ${name}`;
