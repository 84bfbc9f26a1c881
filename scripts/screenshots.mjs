// `npm run screenshots`: what the README shows of the panel, of the demo's own pages. So the pictures never go stale.
// Node built-ins only up here: what needs node_modules is imported after it is there.

import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureDependencies } from './install.mjs';
import { leave, runCommand } from './leave.mjs';

/** @typedef {import('./browser/launch.mjs').Session} Session */

const SIZE = { width: 1100, height: 620, deviceScaleFactor: 1, mobile: false };

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

/** The name of each picture: the view that it shows, and what has to be true of the panel, step by step, before it is taken. */
const PICTURES = {
  storage: [choose('measure.localhost'), choose('first'), `Boolean(first('lab-entry')?.shadowRoot.querySelector('dl'))`],
  events: [choose('run'), `Boolean(first('lab-event')?.shadowRoot.querySelector('li:nth-of-type(4)'))`],
  worklets: [choose('.js'), `Boolean(first('lab-worklet')?.shadowRoot.querySelector('.line'))`],
};

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
  const folder = path.join(root, 'docs/screenshots');
  fs.mkdirSync(folder, { recursive: true });
  for (const [view, conditions] of Object.entries(PICTURES)) {
    const panel = await openPanel(browser, `${demo.origin('news')}/`, view);
    await panel.send('Emulation.setDeviceMetricsOverride', SIZE);
    for (const condition of conditions) await until(panel, condition);
    // What has been rendered is painted with the frame after the next.
    await panel.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))');
    const { data } = await panel.send('Page.captureScreenshot', { format: 'png' });
    fs.writeFileSync(path.join(folder, `${view}.png`), Buffer.from(data, 'base64'));
    console.log(`docs/screenshots/${view}.png`);
    await panel.close();
  }
  await leave(0);
}

runCommand(main, { interrupted: 130 });
