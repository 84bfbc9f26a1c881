// The demo's server and a browser with the extension, opened together and closed together.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launch } from '../browser/launch.mjs';
import { dist } from '../extension.mjs';
import { beforeLeaving, leave } from '../leave.mjs';
import { serveDemo } from './server.mjs';
import { watchIsolation } from './watch-isolation.mjs';

/** Throws when a window cannot open; better before the build than after it. */
export function checkDisplay() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY)
    throw new Error('There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set): try `npm start -- --headless`');
}

/**
 * Opens both; in a window, the browser's first tab shows the start page and its end ends us.
 * @param {{ headless: boolean, executable: string }} options
 */
export async function openStage({ headless, executable }) {
  const demo = await serveDemo();
  beforeLeaving(demo.close);
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-'));
  beforeLeaving(() => fs.rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  if (!headless) showConsole(profile);
  // What the worklets read is in the console and nowhere else, so a window comes with DevTools.
  const args = headless ? [] : ['--auto-open-devtools-for-tabs', '--window-size=1400,880'];
  const starting = launch({ executable, extension: dist, headless, profile, args });
  // Registered before it is there: Ctrl-C may come in between.
  beforeLeaving(() => starting.then((browser) => browser.close()).catch(() => {}));
  const browser = await starting;
  process.once('exit', () => {
    if (browser.child.exitCode === null && browser.child.signalCode === null) browser.kill();
  });
  if (!headless) {
    browser.exited.then(() => leave(0));
    // On macOS a browser outlives its last window.
    browser.devtools.on('Target.targetDestroyed', () => {
      if (![...browser.targets.values()].some((target) => target.type === 'page')) leave(0);
    });
  }
  await watchIsolation(browser, demo);
  // Not by the command line: the extension is loaded over the protocol, after the first tab.
  const tab = await browser.attach((target) => target.type === 'page');
  await tab.navigate(demo.startPage);
  return { demo, browser };
}

/**
 * Has a new profile's DevTools open on their Console; a browser that does not know the setting opens them on Elements.
 * @param {string} profile
 */
function showConsole(profile) {
  const folder = path.join(profile, 'Default');
  fs.mkdirSync(folder);
  // DevTools keep every setting of theirs as JSON inside a string.
  const devtools = { preferences: { 'panel-selected-tab': '"console"' } };
  fs.writeFileSync(path.join(folder, 'Preferences'), JSON.stringify({ devtools }));
}
