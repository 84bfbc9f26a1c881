// Brings node_modules in line with package-lock.json. Node built-ins only: it runs when nothing is installed yet.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs `npm ci` unless what is installed is what the lock file lists. Its output goes to stderr. */
export async function ensureDependencies() {
  if (upToDate()) return;
  // `npm ci` begins by deleting node_modules, so two at once would break each other.
  const release = await takeTurn();
  try {
    // Whoever had the turn before may have done the work.
    if (!upToDate()) await install();
  } finally {
    release();
  }
}

/**
 * npm ends every installation by writing down what it installed, so an interrupted one counts as missing. Packages for other platforms are
 * in the lock file only, as optional.
 */
function upToDate() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  if (!wanted) throw new Error('package-lock.json is missing or is not JSON');
  if (!installed) return false;
  return Object.entries(wanted).every(([name, { version, integrity, optional }]) => {
    if (name === '') return true;
    const there = installed[name];
    return there ? there.version === version && there.integrity === integrity : Boolean(optional);
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }> | undefined}
 */
function packagesOf(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    // Missing or half written: the caller treats both alike.
    return undefined;
  }
}

async function install() {
  console.error('Installing dependencies (npm ci).');
  // Under NODE_ENV=production npm would leave out the build tools.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath ?? '';
  /** @type {import('node:child_process').SpawnOptions} */
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  // Under `npm start` the very npm that runs us is the right one; elsewhere it is a .cmd on Windows, which only a shell can start.
  if (path.basename(npm) === 'npm-cli.js') await runChild('npm ci', process.execPath, [npm, ...args], options);
  else await runChild('npm ci', ['npm', ...args].join(' '), [], { ...options, shell: true });
}

/** Waits until no other live process installs here. @returns {Promise<() => void>} gives the turn back */
async function takeTurn() {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const file = path.join(os.tmpdir(), `shared-storage-lab-install-${name}`);
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => fs.rmSync(file, { force: true });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    if (!alive(file)) fs.rmSync(file, { force: true });
    await delay(200);
  }
}

/** @param {string} file */
function alive(file) {
  try {
    const pid = Number(fs.readFileSync(file, 'utf8'));
    // Created a moment ago and not written yet: give it the time to.
    if (!pid) return Date.now() - fs.statSync(file).mtimeMs < 2000;
    return process.kill(pid, 0);
  } catch {
    // No such file any more, or no such process.
    return false;
  }
}
