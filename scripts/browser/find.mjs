// Finds a browser that can run the extension: the one that CHROME_PATH names, else one in the usual places, else a fresh one from Debian.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { aptInstall, canInstall } from './debian.mjs';
import { usualPlaces } from './places.mjs';

const run = promisify(execFile);

/** The extension's manifest, in the sources. */
const MANIFEST = new URL('../../manifest.json', import.meta.url);

/**
 * The path of a browser at least as new as the manifest's `minimum_chrome_version`; throws one line that says what to install.
 * @param {object} [options]
 * @param {string | URL} [options.manifest] the extension's
 * @param {boolean} [options.install] whether a browser is installed where there is none, and where that is possible; default true
 * @returns {Promise<string>}
 */
export async function findBrowser({ manifest = MANIFEST, install = true } = {}) {
  const minimum = minimumVersion(manifest);
  const named = process.env.CHROME_PATH;
  if (named) {
    if (!fs.existsSync(named)) throw new Error(`CHROME_PATH is ${named}, and there is no such file`);
    const reason = await unfit(named, minimum);
    if (reason) throw new Error(`CHROME_PATH is ${named}, which ${reason}`);
    return named;
  }
  /** @type {Map<string, string>} */
  const refused = new Map();
  const search = async (/** @type {string[]} */ candidates) => {
    for (const candidate of candidates) {
      if (refused.has(candidate) || !fs.existsSync(candidate)) continue;
      const reason = await unfit(candidate, minimum);
      if (!reason) return candidate;
      refused.set(candidate, reason);
    }
    return undefined;
  };
  const found = (await search(usualPlaces())) ?? (await search(await launcherPlaces()));
  if (found) return found;
  if (install && canInstall()) {
    aptInstall('chromium');
    // The same path may have held an older version before.
    refused.clear();
    const installed = await search(usualPlaces());
    if (installed) return installed;
  }
  const seen = [...refused].map(([candidate, reason]) => `${candidate} ${reason}`).join('; ');
  throw new Error(
    `No browser found${seen ? ` (${seen})` : ''}: install Chromium, Chrome for Testing, Chrome, Edge or Brave, version ${minimum} or newer, or set CHROME_PATH`,
  );
}

/**
 * @param {string | URL} manifest
 * @returns {number}
 */
function minimumVersion(manifest) {
  return Number.parseInt(JSON.parse(fs.readFileSync(manifest, 'utf8')).minimum_chrome_version, 10);
}

/**
 * Why this browser will not do, or undefined when it will.
 * @param {string} executable
 * @param {number} minimum
 * @returns {Promise<string | undefined>}
 */
async function unfit(executable, minimum) {
  // On Windows `chrome.exe --version` prints nothing and opens a window: there the check is left to the browser, which refuses the
  // extension with a message of its own.
  if (process.platform === 'win32') return undefined;
  try {
    // Only stdout: wrappers such as Debian's also complain on stderr, with numbers that look like versions.
    const { stdout } = await run(executable, ['--version'], { timeout: 20_000 });
    const major = /(\d+)(?:\.\d+){2,}/.exec(stdout)?.[1];
    if (!major) return 'does not tell its version';
    return Number(major) < minimum ? `is version ${major}, older than ${minimum}` : undefined;
  } catch (error) {
    const { signal, code } = /** @type {{ signal?: string, code?: string | number }} */ (error);
    return `does not answer --version (${signal ?? code})`;
  }
}

/**
 * What the chrome-launcher package finds; it also asks the desktop's own registries (.desktop files, LaunchServices).
 * @returns {Promise<string[]>}
 */
async function launcherPlaces() {
  try {
    const { Launcher } = await import('chrome-launcher');
    return Launcher.getInstallations();
  } catch {
    // It throws when it finds nothing, or when the platform is unknown to it: either way there is nothing to add.
    return [];
  }
}
