// What writes cost while the setting possibilities.eventHandlers is on, without a handler and with one that hears of each of them, beside what they cost without the setting.

import { setTimeout as delay } from 'node:timers/promises';
import { WorkletPage } from '../worklet-page.mjs';

const WRITES = 1000;

const files = {
  '/handler.js': `register('nothing', class { async run() {} })`,
  '/worklet.js': `register('await', class {
    async run({ value }) {
      while ((await sharedStorage.get('last')) !== value);
      console.log(Date.now());
    }
  })`,
};

/** @param {import('../sides.mjs').Side} side */
async function switchOn(side) {
  const worker = await side.browser.serviceWorker();
  await worker.evaluate(`chrome.storage.local.set({ settings: { possibilities: { eventHandlers: true } } })`);
  const isRegistered = `chrome.scripting.getRegisteredContentScripts({ ids: ['event-handlers'] }).then(({ length }) => length > 0)`;
  while (!(await worker.evaluate(isRegistered))) await delay(20);
  await worker.detach();
}

/** In another tab, as a page that reports what others count. @param {import('../sides.mjs').Side} side */
async function listen(side) {
  const page = await side.openPage();
  await page.evaluate(`sharedStorage.worklet.addModule('/handler.js')`);
  await page.evaluate(`sharedStorage.addEventListener('key', 'nothing', { key: 'key' })`);
}

/** What is switched on before a row is measured. @type {Record<string, (side: import('../sides.mjs').Side) => Promise<void>>} */
const STATES = {
  'event handlers off': async () => undefined,
  'event handlers on': switchOn,
  'a handler that hears of each': async (side) => {
    await switchOn(side);
    await listen(side);
  },
};

/** @param {string} state @returns {import('../rows.mjs').Row} */
const awaited = (state) => ({
  name: `set, awaited, ${state}`,
  unit: 'ms',
  sides: ['extension'],
  samples: 300,
  block: 25,
  files,
  async begin(side) {
    await STATES[state]?.(side);
    const page = await side.openPage();
    return (count) => page.evaluate(`timeEach(${count}, (i) => sharedStorage.set('key', 'value ' + i))`);
  },
});

/** Until a worklet reads what was written after them; the clock is the machine's. @param {string} value */
const round = (value) => `(async () => {
  const start = Date.now();
  for (let i = 0; i < ${WRITES}; i++) sharedStorage.set('key', '${value} ' + i);
  sharedStorage.set('last', '${value}');
  await sharedStorage.run('await', { data: { value: '${value}' }, keepAlive: true });
  return start;
})()`;

/** @param {string} state @returns {import('../rows.mjs').Row} */
const unawaited = (state) => ({
  name: `1,000 unawaited sets of one key: seen in a worklet, ${state}`,
  unit: 'ms',
  sides: ['extension'],
  samples: 16,
  block: 2,
  files,
  async begin(side) {
    await STATES[state]?.(side);
    const page = await WorkletPage.open(side, '/worklet.js');
    let rounds = 0;
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        const start = await page.evaluate(round(`round ${++rounds}`));
        samples.push((await page.nextLogged()) - start);
      }
      return samples;
    };
  },
});

export const eventHandlers = [...Object.keys(STATES).map(awaited), ...Object.keys(STATES).map(unawaited)];
