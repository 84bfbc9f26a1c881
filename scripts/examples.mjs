// `npm run examples [NAME…]`: runs the projects in examples/ as their users would: with the packed tarball, in an empty folder, each with its own dependencies.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { runChild } from './child.mjs';
import { ensureDependencies } from './install.mjs';
import { beforeLeaving, leave, runCommand } from './leave.mjs';

/** By folder: whether it needs a driver besides the browser. */
const EXAMPLES = { playwright: false, puppeteer: false, selenium: true, cdp: false };

/** @typedef {keyof typeof EXAMPLES} Example */

async function main() {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !Object.hasOwn(EXAMPLES, name));
  if (unknown) throw new Error(`There is no example ${unknown}: there are ${Object.keys(EXAMPLES).join(', ')}`);
  await ensureDependencies();
  const { findBrowser } = await import('./browser/find.mjs');
  const { root } = await import('./extension.mjs');
  const browser = await findBrowser();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-examples-'));
  beforeLeaving(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const tarball = pack(root, folder);
  await checkPackage(root, tarball);
  const names = /** @type {Example[]} */ (asked.length > 0 ? asked : Object.keys(EXAMPLES));
  for (const name of names) await runExample({ name, from: path.join(root, 'examples'), to: path.join(folder, name), tarball, browser });
  await leave(0);
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string} the tarball's path
 */
function pack(root, folder) {
  const output = npm(['pack', '--json', '--pack-destination', folder], root);
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('[')));
  return path.join(folder, filename);
}

/**
 * Whether everybody finds in the package what package.json promises: files and types.
 * @param {string} root
 * @param {string} tarball
 */
async function checkPackage(root, tarball) {
  const require = createRequire(import.meta.url);
  for (const [name, args] of /** @type {const} */ ([
    ['publint', ['run', tarball, '--strict']],
    ['@arethetypeswrong/cli', [tarball, '--profile', 'esm-only']],
  ])) {
    const manifest = path.join(root, 'node_modules', name, 'package.json');
    const { bin } = require(manifest);
    const command = path.join(path.dirname(manifest), typeof bin === 'string' ? bin : Object.values(bin)[0]);
    await runChild(name, process.execPath, [command, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    console.log(`${name} has nothing to say`);
  }
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 2], shell: process.platform === 'win32' });
}

/** @param {{ name: Example, from: string, to: string, tarball: string, browser: string }} example */
async function runExample({ name, from, to, tarball, browser }) {
  console.log(`== ${name}`);
  fs.cpSync(path.join(from, name), to, { recursive: true });
  // What the examples have in common, the site under test, is a folder of its own there.
  fs.cpSync(path.join(from, 'site'), path.join(to, 'site'), { recursive: true });
  npm(['install', '--no-audit', '--no-fund', '--save-dev', tarball], to);
  const driver = EXAMPLES[name] ? await findDriver(browser) : undefined;
  await runChild(`the example ${name}`, 'npm', ['test'], {
    cwd: to,
    stdio: ['ignore', 1, 2],
    shell: process.platform === 'win32',
    env: { ...process.env, CHROME_PATH: browser, ...(driver ? { CHROMEDRIVER_PATH: driver } : {}) },
  });
}

/**
 * The driver that the distribution has for its browser; undefined leaves it to Selenium to find one.
 * @param {string} browser
 */
async function findDriver(browser) {
  const { aptInstall, canInstall } = await import('./browser/debian.mjs');
  const there = '/usr/bin/chromedriver';
  if (!fs.existsSync(there) && browser === '/usr/bin/chromium' && canInstall()) aptInstall('chromium-driver');
  return fs.existsSync(there) ? there : undefined;
}

runCommand(main, { interrupted: 130 });
