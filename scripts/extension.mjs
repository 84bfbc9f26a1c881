// Builds the extension, for the commands that need it built.

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const dist = path.join(root, 'dist');

/** The same as `npm run build`, in a process of its own, so that a build starts from nothing each time. */
export async function buildExtension() {
  const require = createRequire(import.meta.url);
  // Not node_modules/.bin/vite: that is a .cmd on Windows.
  const manifest = require.resolve('vite/package.json');
  const vite = path.join(path.dirname(manifest), require(manifest).bin.vite);
  await runChild('vite build', process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
}
