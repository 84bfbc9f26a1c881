import { setTimeout as delay } from 'node:timers/promises';
import { ISOLATED } from '../site.mjs';

/** A page does not add its module right after another did: the worklet that stands ready has been replaced by then. */
const REST = 250;

const files = { '/worklet.js': `register('nothing', class { async run() {} })` };

/** A document can add a module once, so that each sample has a document of its own. @param {import('../../browser/launch.mjs').Session} page @param {string} url */
async function freshDocument(page, url) {
  await page.navigate(url);
  await delay(REST);
}

const TIME = `timeEach(1, () => sharedStorage.worklet.addModule('/worklet.js'))`;

/** @type {import('../rows.mjs').Row} */
export const addModuleWarm = {
  name: 'addModule, warm',
  unit: 'ms',
  sides: ['extension', 'native'],
  samples: 24,
  block: 2,
  files,
  async begin(side) {
    const page = await side.openPage();
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        await freshDocument(page, `${side.origin}/timing.html`);
        samples.push(...(await page.evaluate(TIME)));
      }
      return samples;
    };
  },
};

/** The extension's offscreen document, which holds the worklets, is not there yet. @type {import('../rows.mjs').Row} */
export const addModuleCold = {
  name: 'addModule, cold',
  unit: 'ms',
  sides: ['extension'],
  samples: 20,
  block: 2,
  files,
  async begin(side) {
    const page = await side.openPage();
    const worker = await side.browser.serviceWorker();
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        await worker.evaluate('chrome.offscreen.hasDocument().then((has) => has && chrome.offscreen.closeDocument())');
        await freshDocument(page, `${side.origin}/timing.html`);
        samples.push(...(await page.evaluate(TIME)));
      }
      return samples;
    };
  },
};

/** The very first of a browser's life, whose service worker is awake. @type {import('../rows.mjs').Row} */
export const addModuleFirst = {
  name: 'addModule, first of a fresh browser',
  unit: 'ms',
  sides: ['extension', 'native', 'floor'],
  samples: 9,
  block: 1,
  files,
  async begin(side) {
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        const fresh = await side.another();
        try {
          const page = await fresh.openPage();
          if (side.name !== 'native') await (await fresh.browser.serviceWorker()).detach();
          await delay(REST);
          samples.push(...(await page.evaluate(TIME)));
        } finally {
          await fresh.close();
        }
      }
      return samples;
    };
  },
};

/** In a further frame of a page that has added one. @type {import('../rows.mjs').Row} */
export const addModuleInFrame = {
  name: 'addModule, in a further frame',
  unit: 'ms',
  sides: ['extension', 'native', 'floor'],
  samples: 24,
  block: 2,
  files: { ...files, '/frame.html': '<!doctype html><p>frame' },
  headers: ISOLATED,
  async begin(side) {
    const page = await side.openPage();
    await page.evaluate(`sharedStorage.worklet.addModule('/worklet.js').then(() => undefined)`);
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        await page.evaluate(`new Promise((loaded) => {
          globalThis.frame?.remove();
          globalThis.frame = document.createElement('iframe');
          frame.src = '/frame.html';
          frame.onload = () => loaded();
          document.body.append(frame);
        })`);
        await delay(REST);
        samples.push(...(await page.evaluate(`timeEach(1, () => frame.contentWindow.sharedStorage.worklet.addModule('/worklet.js'))`)));
      }
      return samples;
    };
  },
};
