// `npm run screenshots`: what the README and the store show of the panel, of the demo's own pages. So the pictures never go stale.
// Node built-ins only up here: what needs node_modules is imported after it is there.

import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureDependencies } from './install.mjs';
import { leave, runCommand } from './leave.mjs';

/** @typedef {import('./browser/launch.mjs').Session} Session */

/** Where pictures go, how large they are there, and which. The store takes this size alone, five pictures at most. */
const PLACES = [
  { folder: 'docs/screenshots', width: 1100, height: 620, views: ['storage', 'events', 'worklets'] },
  { folder: 'store/screenshots', width: 1280, height: 800, views: ['storage', 'events', 'worklets', 'reports'] },
];

const PATIENCE = 20_000;

/**
 * @param {Session} session
 * @param {string} condition
 */
async function until(session, condition) {
  const deadline = Date.now() + PATIENCE;
  while (!(await session.evaluate(condition))) {
    if (Date.now() > deadline) throw new Error(`never came true: ${condition}`);
    await delay(50);
  }
}

/** Chooses the first row that says so. @param {string} said */
const choose = (said) => `(() => {
  const row = all('.body [role=row]').find(({ textContent }) => textContent.includes(${JSON.stringify(said)}));
  row?.click();
  return row !== undefined;
})()`;

/** Chooses the first row that has a cell saying nothing but that. @param {string} said */
const chooseByCell = (said) => `(() => {
  const row = all('.body [role=row]').find(({ children }) => [...children].some(({ textContent }) => textContent.trim() === ${JSON.stringify(said)}));
  row?.click();
  return row !== undefined;
})()`;

/** The name of each picture: the view that it shows, and what has to be true of the panel, step by step, before it is taken. @type {Record<string, string[]>} */
const PICTURES = {
  storage: [choose('measure.localhost'), choose('first'), `Boolean(first('lab-entry')?.shadowRoot.querySelector('dl'))`],
  events: [chooseByCell('run'), `Boolean(first('lab-event')?.shadowRoot.querySelector('li:nth-of-type(4)'))`],
  worklets: [choose('.js'), `Boolean(first('lab-worklet')?.shadowRoot.querySelector('.line'))`],
  reports: [choose('debug'), `Boolean(first('lab-json')?.shadowRoot?.textContent.includes('payload'))`],
};

/** @param {Session} panel @param {(typeof PLACES)[number]} size */
async function resize(panel, { width, height }) {
  await panel.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
}

/** @param {Session} panel @returns {Promise<Buffer>} */
async function picture(panel) {
  // What has been rendered is painted with the frame after the next.
  await panel.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))');
  const { data } = await panel.send('Page.captureScreenshot', { format: 'png' });
  return Buffer.from(data, 'base64');
}

async function main() {
  await ensureDependencies();
  const { buildExtension, root } = await import('./extension.mjs');
  await buildExtension();
  const { findBrowser } = await import('./browser/find.mjs');
  const { openPanel } = await import('./browser/panel.mjs');
  const { openStage } = await import('./demo/stage.mjs');
  const { Visitor } = await import('./demo/visitor.mjs');
  const { demo, browser } = await openStage({ headless: true, executable: await findBrowser() });
  const page = await browser.openPage();
  const visitor = new Visitor(page);
  await visitor.arrive(demo.startPage);
  for (const site of ['news', 'recipes', 'news']) await visitor.visit(demo.origin(site));
  for (const [view, conditions] of Object.entries(PICTURES)) {
    const panel = await openPanel(browser, `${demo.origin('news')}/`, view);
    for (const place of PLACES.filter(({ views }) => views.includes(view))) {
      const file = path.join(place.folder, `${view}.png`);
      fs.mkdirSync(path.join(root, place.folder), { recursive: true });
      await resize(panel, place);
      for (const condition of conditions) await until(panel, condition);
      fs.writeFileSync(path.join(root, file), await picture(panel));
      console.log(file);
    }
    await panel.close();
  }
  await leave(0);
}

runCommand(main, { interrupted: 130 });
