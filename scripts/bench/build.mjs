// The built extension, of what the sources are now.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildExtension, dist, root } from '../extension.mjs';
import { beforeLeaving } from '../leave.mjs';

const SOURCES = ['src', 'public', 'manifest.json', 'package-lock.json', 'vite.config.ts'];

/**
 * Builds unless dist/ is as new as the sources. What is measured is a copy, so that a build that runs meanwhile cannot change it.
 * @returns {Promise<string>} the copy's folder
 */
export async function builtExtension() {
  const built = path.join(dist, 'manifest.json');
  if (!fs.existsSync(built) || newest(SOURCES.map((name) => path.join(root, name))) > fs.statSync(built).mtimeMs) {
    console.error('building the extension');
    await buildExtension();
  }
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-bench-'));
  beforeLeaving(() => fs.rmSync(copy, { recursive: true, force: true }));
  fs.cpSync(dist, copy, { recursive: true });
  return copy;
}

/**
 * When the newest of these was changed; a folder counts as well, since it changes with what is added or removed.
 * @param {string[]} files
 * @returns {number}
 */
function newest(files) {
  const times = files.map((file) => {
    const stat = fs.statSync(file);
    if (!stat.isDirectory()) return stat.mtimeMs;
    return Math.max(stat.mtimeMs, newest(fs.readdirSync(file).map((name) => path.join(file, name))));
  });
  return Math.max(0, ...times);
}
