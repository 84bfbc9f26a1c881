// How long it takes until something is seen: from the call, or for a plain iframe from the setting of its `src`, until the frame's
// document has loaded. The document is another site's, as it mostly is.

const files = {
  '/worklet.js': `register('first', class { async run() { return 0; } })`,
  '/creative.html': `<!doctype html><p>creative<script>addEventListener('load', () => parent.postMessage('loaded', '*'))</script>`,
  '/frames.html': `<!doctype html>
<script>
  async function timeFrames(count, urlOf) {
    const times = [];
    for (let i = 0; i < count; i++) {
      const frame = document.createElement('iframe');
      const loaded = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
      const start = performance.now();
      frame.src = await urlOf();
      document.body.append(frame);
      await loaded;
      times.push(performance.now() - start);
      frame.remove();
    }
    return times;
  }
</script>`,
};

/** @type {Pick<import('../rows.mjs').Row, 'unit' | 'samples' | 'block' | 'files'>} */
const common = { unit: 'ms', samples: 100, block: 10, files };

/** @param {import('../sides.mjs').Side} side */
const creativeOf = ({ origin }) => JSON.stringify(`${origin.replace('bench.', 'creative.')}/creative.html`);

/** @type {import('../rows.mjs').Row} */
export const selectedFrame = {
  ...common,
  name: 'selectURL until the frame has loaded',
  sides: ['extension', 'native'],
  async begin(side) {
    const page = await side.openPage('/frames.html');
    await page.evaluate(`sharedStorage.worklet.addModule('/worklet.js').then(() => undefined)`);
    const select = `() => sharedStorage.selectURL('first', [{ url: ${creativeOf(side)} }], { keepAlive: true })`;
    return (count) => page.evaluate(`timeFrames(${count}, ${select})`);
  },
};

/** @type {import('../rows.mjs').Row} */
export const plainFrame = {
  ...common,
  name: 'the same in a plain iframe',
  sides: ['extension', 'native'],
  async begin(side) {
    const page = await side.openPage('/frames.html');
    return (count) => page.evaluate(`timeFrames(${count}, async () => ${creativeOf(side)})`);
  },
};
