// `npm start`: everything from a fresh clone to a browser that shows the demo. With `-- --headless` it walks the demo and reports.
// Node built-ins only up here: what needs node_modules is imported after it is there.

import { ensureDependencies } from './install.mjs';
import { leave, runCommand } from './leave.mjs';

const headless = process.argv.includes('--headless');

async function main() {
  if (Number.parseInt(process.versions.node, 10) < 20) throw new Error(`Node 20 or newer is needed; this is ${process.versions.node}`);
  const { checkDisplay, openStage } = await import('./demo/stage.mjs');
  if (!headless) checkDisplay();
  await ensureDependencies();
  const { findBrowser } = await import('./browser/find.mjs');
  const executable = await findBrowser();
  const { buildExtension } = await import('./extension.mjs');
  console.log('Building the extension.');
  await buildExtension();
  const { demo, browser } = await openStage({ headless, executable });
  if (headless) {
    const { formatRows, walkDemo } = await import('./demo/walk.mjs');
    const rows = await walkDemo(browser, demo);
    const failed = rows.filter((row) => !row.ok).length;
    console.log(`${formatRows(rows)}\n\n${rows.length - failed} as expected, ${failed} not`);
    await leave(failed ? 1 : 0);
  } else {
    console.log(`The demo is at ${demo.startPage} in the window that just opened.\nCtrl-C, or closing the window, ends everything.`);
  }
}

runCommand(main, { interrupted: headless ? 130 : 0 });
