// What the test kit adds to a page's load in a test: a browser of the library's own, with the kit in it or without anything.

import { pathToFileURL } from 'node:url';

/** @typedef {{ goto(url: string): Promise<unknown> }} Page */
/** @typedef {{ page: Page, close(): Promise<void> }} Opened */

/** @param {string} entry of the kit */
async function importKit(entry) {
  const { buildKit, lib } = await import('../../kit.mjs');
  built ??= buildKit();
  await built;
  return import(pathToFileURL(`${lib}/${entry}.js`).href);
}

/** @type {Promise<void> | undefined} */
let built;

const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** By library: opens a browser as its users do, and a page in it. @type {Record<string, (withKit: boolean, executablePath: string) => Promise<Opened>>} */
const OPEN = {
  async Playwright(withKit, executablePath) {
    const { chromium } = await import('@playwright/test');
    /** @type {typeof import('../../../src/kit/playwright.ts')} */
    const { attachSharedStorageLab, withSharedStorageLab } = await importKit('playwright');
    const options = { executablePath, args };
    const context = await chromium.launchPersistentContext('', withKit ? withSharedStorageLab(options) : options);
    if (withKit) await attachSharedStorageLab(context);
    return { page: await context.newPage(), close: () => context.close() };
  },
  async Puppeteer(withKit, executablePath) {
    const { default: puppeteer } = await import('puppeteer-core');
    /** @type {typeof import('../../../src/kit/puppeteer.ts')} */
    const { attachSharedStorageLab, withSharedStorageLab } = await importKit('puppeteer');
    const options = { executablePath, args };
    const browser = await puppeteer.launch(withKit ? withSharedStorageLab(options) : options);
    if (withKit) await attachSharedStorageLab(browser);
    return { page: await browser.newPage(), close: () => browser.close() };
  },
};

/** @type {import('../rows.mjs').Row[]} */
export const kitPageLoad = Object.entries(OPEN).map(([library, open]) => ({
  name: `page load in a test of ${library}, with the test kit and without`,
  unit: 'ms',
  note: `until goto() has resolved`,
  sides: ['extension', 'off', 'off again'],
  samples: 60,
  block: 10,
  files: {
    '/page.html': `<!doctype html><title>shop</title><h1>A shop</h1><script>document.body.append(new Date().toISOString())</script>`,
  },
  async begin(side) {
    const { page, close } = await open(side.name === 'extension', side.browser.child.spawnfile);
    side.beforeClosing(close);
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        const begun = performance.now();
        await page.goto(`${side.origin}/page.html`);
        samples.push(performance.now() - begun);
      }
      return samples;
    };
  },
}));
