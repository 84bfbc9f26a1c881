// Where Chrome for Testing, Chromium, Brave, Edge and Chrome are usually installed, in the order in which we would rather have them:
// Chrome for Testing and Chromium first, because they are made for this and nobody's everyday profile lives there.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * Paths that may hold a browser; not all of them exist.
 * @returns {string[]}
 */
export function usualPlaces() {
  if (process.platform === 'darwin') return [...downloaded(), ...macPlaces()];
  if (process.platform === 'win32') return [...downloaded(), ...windowsPlaces()];
  return [...downloaded(), ...linuxPlaces()];
}

/** @returns {string[]} Chrome for Testing as `npx @puppeteer/browsers install chrome@stable` leaves it, newest first */
function downloaded() {
  const folder = path.join(os.homedir(), '.cache', 'puppeteer', 'chrome');
  if (!fs.existsSync(folder)) return [];
  const inside = {
    darwin: ['chrome-mac-arm64', 'chrome-mac-x64'].map((name) => `${name}/${macBinary('Google Chrome for Testing')}`),
    win32: ['chrome-win64/chrome.exe', 'chrome-win32/chrome.exe'],
    linux: ['chrome-linux64/chrome'],
  };
  const binaries = inside[/** @type {keyof typeof inside} */ (process.platform)] ?? [];
  const builds = fs.readdirSync(folder).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return builds.flatMap((build) => binaries.map((binary) => path.join(folder, build, binary)));
}

/** @param {string} name */
function macBinary(name) {
  return `${name}.app/Contents/MacOS/${name}`;
}

/** @returns {string[]} */
function macPlaces() {
  const names = ['Google Chrome for Testing', 'Chromium', 'Brave Browser', 'Microsoft Edge', 'Google Chrome'];
  const folders = ['/Applications', path.join(os.homedir(), 'Applications')];
  return names.flatMap((name) => folders.map((folder) => path.join(folder, macBinary(name))));
}

/** @returns {string[]} */
function windowsPlaces() {
  const { LOCALAPPDATA, ProgramFiles, 'ProgramFiles(x86)': ProgramFilesX86 } = process.env;
  const folders = [LOCALAPPDATA, ProgramFiles, ProgramFilesX86].filter((folder) => folder !== undefined);
  const binaries = [
    'Google\\Chrome for Testing\\Application\\chrome.exe',
    'Chromium\\Application\\chrome.exe',
    'BraveSoftware\\Brave-Browser\\Application\\brave.exe',
    'Microsoft\\Edge\\Application\\msedge.exe',
    'Google\\Chrome\\Application\\chrome.exe',
  ];
  return binaries.flatMap((binary) => folders.map((folder) => path.join(folder, binary)));
}

/** @returns {string[]} */
function linuxPlaces() {
  const names = [
    ...['chrome-for-testing', 'google-chrome-for-testing', 'chromium', 'chromium-browser', 'brave-browser', 'brave'],
    ...['microsoft-edge', 'microsoft-edge-stable', 'google-chrome', 'google-chrome-stable'],
  ];
  // PATH first; the fixed folders serve shells (cron, some IDEs) whose PATH lacks them. /snap/bin last: a snap sees few folders.
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin', '/opt/google/chrome', '/snap/bin'];
  // Where /bin is a link to /usr/bin, a browser would be asked, and refused, twice.
  const real = new Set(folders.filter((folder) => folder && fs.existsSync(folder)).map((folder) => fs.realpathSync(folder)));
  return names.flatMap((name) => [...real].map((folder) => path.join(folder, name)));
}
