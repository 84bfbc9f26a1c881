/** `npx shared-storage-lab open`: a browser with the extension. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findBrowser } from '../../../scripts/browser/find.mjs';
import { launch } from '../../../scripts/browser/launch.mjs';
import { attachSharedStorageLab } from '../cdp';
import { extensionPath } from '../extension-path';
import type { OpenCommand } from './command-line';
import { describeLaunchFailure } from './launch-failure';

function readJSON(file: string): Record<string, unknown> {
  const text = fs.readFileSync(file, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${file} does not hold a JSON object`);
  return value as Record<string, unknown>;
}

/** Where a profile with a name is kept, as each system has it. */
function folderOf(profile: string): string {
  const { LOCALAPPDATA, XDG_DATA_HOME } = process.env;
  const home = os.homedir();
  const data = {
    darwin: path.join(home, 'Library', 'Application Support'),
    win32: LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'),
  }[process.platform as string];
  const folder = path.join(data ?? XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'shared-storage-lab', 'profiles', profile);
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Opens the browser; resolves with when it has ended by itself. Files are read before anything is opened; `opened` is told how to close the browser as soon as
 * that is there: whoever waits for a server may have enough of it.
 */
export async function open(
  command: OpenCommand,
  opened: (close: () => Promise<void>) => void,
): Promise<{ readonly exited: Promise<unknown> }> {
  const settings = command.settings === undefined ? undefined : readJSON(command.settings);
  const fixture = command.fixture === undefined ? undefined : readJSON(command.fixture);
  const browser = await launch({
    executable: command.browser ?? (await findBrowser({ manifest: path.join(extensionPath, 'manifest.json'), install: false })),
    extension: extensionPath,
    headless: command.headless,
    args: [...command.switches],
    ...(command.profile === undefined ? {} : { profile: folderOf(command.profile) }),
  }).catch((error: Error) => {
    throw new Error(describeLaunchFailure(error), { cause: error });
  });
  opened(() => browser.close());
  const lab = await attachSharedStorageLab(browser.devtools);
  if (settings) await lab.replaceSettings(settings);
  // Those of the profile are in force once they are answered.
  else await lab.settings();
  if (fixture) await lab.loadFixture(fixture);
  const page = [...browser.targets.values()].find(({ type }) => type === 'page');
  if (!page) throw new Error('The browser opened no page.');
  const session = await browser.attach(({ targetId }) => targetId === page.targetId);
  // That all of the page is loaded is nothing to wait for: there are pages that never are.
  const { errorText } = await session.send('Page.navigate', { url: command.url });
  if (errorText) throw new Error(`${command.url}: ${String(errorText)}`);
  await session.detach();
  return { exited: browser.exited };
}
