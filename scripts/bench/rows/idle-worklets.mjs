// What worklets cost that do nothing: the memory of the process that holds them, for each page that has one.

import fs from 'node:fs';

const PAGES = 50;

const files = { '/worklet.js': `register('nothing', class { async run() {} })` };

/** Private memory of a process, in kB; Linux only. @param {number} pid */
function privateMemory(pid) {
  const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return ['Private_Clean', 'Private_Dirty'].reduce(
    (sum, field) => sum + Number(new RegExp(`${field}:\\s+(\\d+)`).exec(rollup)?.[1] ?? 0),
    0,
  );
}

/** @param {import('../sides.mjs').Side} side @returns {Promise<Map<number, number>>} */
async function memoryOfRenderers({ browser }) {
  const { processInfo } = await browser.devtools.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter((/** @type {{ type: string }} */ { type }) => type === 'renderer');
  return new Map(renderers.map((/** @type {{ id: number }} */ { id }) => [id, privateMemory(id)]));
}

/** @type {import('../rows.mjs').Row} */
export const idleWorklets = {
  name: `memory of the worklets of ${PAGES} idle pages`,
  unit: 'MB',
  note: 'a worker of Chromium without anything in it takes 2.2 MB; a process that has had as many before, and ended them, keeps about half of that',
  sides: ['extension'],
  samples: 2,
  block: 1,
  files,
  async begin(side) {
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        // What a process keeps of workers that have ended is there for the next ones.
        const fresh = await side.another();
        try {
          samples.push(await measure(fresh));
        } finally {
          await fresh.close();
        }
      }
      return samples;
    };
  },
};

/** The renderers that were there before the pages' worklets were, and what they have more of afterwards. @param {import('../sides.mjs').Side} side */
async function measure(side) {
  /** @type {import('../../browser/launch.mjs').Session[]} */
  const pages = [];
  // The first worklet makes the offscreen document.
  const first = await side.openPage();
  await first.evaluate(`sharedStorage.worklet.addModule('/worklet.js').then(() => undefined)`);
  for (let i = 0; i < PAGES; i++) pages.push(await side.openPage());
  const before = await memoryOfRenderers(side);
  for (const page of pages) await page.evaluate(`sharedStorage.worklet.addModule('/worklet.js').then(() => undefined)`);
  const after = await memoryOfRenderers(side);
  const grown = [...after].map(([pid, memory]) => ({ pid, growth: memory - (before.get(pid) ?? memory) }));
  const own = grown.filter(({ pid }) => isExtensionProcess(pid));
  // The sandboxed frame is in a process that does not say so; it grows more than any page's.
  const sandbox = Math.max(...grown.filter(({ pid }) => !isExtensionProcess(pid)).map(({ growth }) => growth));
  const total = own.reduce((sum, { growth }) => sum + growth, sandbox);
  for (const page of [first, ...pages]) await page.close();
  return total / 1024;
}

/** @param {number} pid */
const isExtensionProcess = (pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--extension-process');
