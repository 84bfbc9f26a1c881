// What the extension costs where nobody asked for it.

const FRAMES = 20;

const files = {
  '/plain.html': `<!doctype html><title>plain</title><h1>A page</h1>${'<iframe src="/frame.html"></iframe>'.repeat(FRAMES)}`,
  '/frame.html': '<!doctype html><title>frame</title><p>A frame</p><script>document.body.append(new Date().toISOString())</script>',
};

/** @type {import('../sides.mjs').SideName[]} */
const sides = ['extension', 'empty', 'empty with rules', 'off', 'off again'];

/** @type {import('../rows.mjs').Row} */
export const loadOfUnusedAPI = {
  name: `API unused: load of a page with ${FRAMES} frames`,
  unit: 'ms',
  sides,
  samples: 30,
  block: 3,
  files,
  async begin(side) {
    const page = await side.openPage('/plain.html');
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        await page.navigate(`${side.origin}/plain.html`);
        // The load event has begun; the entry is complete after it.
        samples.push(
          await page.evaluate(
            `new Promise((resolve) => setTimeout(resolve)).then(() => performance.getEntriesByType('navigation')[0].loadEventEnd)`,
          ),
        );
      }
      return samples;
    };
  },
};

/** Loads per sample: the browser counts processor time in steps that are as long as one load takes. */
const LOADS = 4;

/** @type {import('../rows.mjs').Row} */
export const cpuOfUnusedAPI = {
  name: `API unused: CPU of such a load (mean of ${LOADS})`,
  unit: 'ms',
  sides,
  samples: 8,
  block: 1,
  files,
  async begin(side) {
    const page = await side.openPage('/plain.html');
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        const before = await processorTime(side);
        for (let load = 0; load < LOADS; load++) await page.navigate(`${side.origin}/plain.html`);
        const after = await processorTime(side);
        samples.push((after - before) / LOADS);
      }
      return samples;
    };
  },
};

/** What all processes of the browser have used, in milliseconds. @param {import('../sides.mjs').Side} side @returns {Promise<number>} */
async function processorTime({ browser }) {
  const { processInfo } = await browser.devtools.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((/** @type {number} */ sum, /** @type {{ cpuTime: number }} */ { cpuTime }) => sum + cpuTime * 1000, 0);
}
