// `npm run dev`: opens the demo, and after each change rebuilds, reloads the extension and then the open pages, whose content scripts are
// the old ones.

import fs from 'node:fs';
import path from 'node:path';
import { ensureDependencies } from './install.mjs';
import { beforeLeaving, runCommand } from './leave.mjs';

const headless = process.argv.includes('--headless');

/** What goes into the build. */
const watched = ['src', 'public', 'manifest.json', 'vite.config.ts'];

/** Editors and git touch several files at once: one build for all of them. */
const SETTLE_MS = 100;

async function main() {
  const { checkDisplay, openStage } = await import('./demo/stage.mjs');
  if (!headless) checkDisplay();
  await ensureDependencies();
  const { findBrowser } = await import('./browser/find.mjs');
  const executable = await findBrowser();
  const { buildExtension, root } = await import('./extension.mjs');
  const { reloadExtension } = await import('./browser/reload.mjs');
  await buildExtension();
  const { browser } = await openStage({ headless, executable });
  console.log(`Watching ${watched.join(', ')}. Ctrl-C, or closing the window, ends everything.`);

  let building = Promise.resolve();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const rebuild = async () => {
    try {
      await buildExtension();
      await reloadExtension(browser);
      console.log(`${new Date().toLocaleTimeString()} rebuilt and reloaded`);
    } catch (error) {
      // A mistake in a source is part of the work: the browser keeps the last good build.
      console.error(/** @type {Error} */ (error).message);
    }
  };
  // Not `vite build --watch`: it knows neither what the injected scripts import nor the manifest, and a whole build takes a second.
  for (const name of watched) {
    const watcher = fs.watch(path.join(root, name), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        building = building.then(rebuild);
      }, SETTLE_MS);
    });
    beforeLeaving(() => watcher.close());
  }
}

runCommand(main, { interrupted: headless ? 130 : 0 });
