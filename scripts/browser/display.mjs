// A display for browser windows that nobody has to look at: Xvfb, on Linux.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { aptInstall, canInstall } from './debian.mjs';

const PROGRAM = 'Xvfb';

/** Where a window manager would put windows of this size, there is nothing else. */
const SCREEN = '1280x1024x24';

/** @returns {string | undefined} the path of Xvfb */
export function findXvfb() {
  if (process.platform !== 'linux') return undefined;
  // The fixed folders serve shells whose PATH lacks them.
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin'];
  return folders.map((folder) => path.join(folder, PROGRAM)).find((file) => fs.existsSync(file));
}

/** Why there can be no windows here, or undefined when there can; installs what is missing where that is allowed. */
export function prepareDisplay() {
  if (process.platform !== 'linux') return `only on Linux can windows open where nobody sees them; this is ${process.platform}`;
  if (findXvfb()) return undefined;
  if (!canInstall()) return 'Xvfb is missing: install the xvfb package';
  try {
    aptInstall('xvfb');
    return undefined;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
}

/**
 * Starts a display of its own; rejects when it ends before it is there.
 * @param {string} program
 * @returns {Promise<{ name: string, close: () => Promise<void> }>} `name` is what DISPLAY is to be
 */
export async function openDisplay(program) {
  const child = spawn(program, ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors = (errors + chunk).slice(-2000);
  });
  const number = await new Promise((resolve, reject) => {
    let text = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${errors}`)));
    // It writes the number, and a newline, once it listens.
    child.stdio[3]?.on('data', (chunk) => {
      text += chunk;
      if (text.endsWith('\n')) resolve(text.trim());
    });
  });
  const close = async () => {
    child.kill();
    await exited;
  };
  return { name: `:${number}`, close };
}
