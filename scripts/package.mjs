// `npm run package`: builds, and zips dist/ so that the same sources give the same bytes on every machine.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ensureDependencies } from './install.mjs';
import { runCommand } from './leave.mjs';

/** `_metadata` is written by browsers that loaded the folder, `.vite` by the build for itself. */
const excluded = ['_metadata', '.vite'];

async function main() {
  await ensureDependencies();
  const { buildExtension, dist, root } = await import('./extension.mjs');
  await buildExtension();
  const { zipSync } = await import('fflate');
  // The zip epoch, in local time because that is how a zip stores times: the same bytes in every time zone.
  const mtime = new Date(1980, 0, 1);
  const entries = filesIn(dist).map((name) => [name, [fs.readFileSync(path.join(dist, name)), { mtime }]]);
  const zip = zipSync(Object.fromEntries(entries), { level: 9 });
  const { version } = JSON.parse(fs.readFileSync(path.join(dist, 'manifest.json'), 'utf8'));
  const name = `shared-storage-lab-${version}.zip`;
  fs.writeFileSync(path.join(root, name), zip);
  console.log(`${name}\n${zip.length} bytes, ${entries.length} files\nsha256 ${createHash('sha256').update(zip).digest('hex')}`);
}

/**
 * @param {string} folder
 * @returns {string[]} paths inside it with `/`, in code unit order, which does not depend on the locale or the file system
 */
function filesIn(folder) {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  return names.filter((name) => !excluded.includes(name.split('/', 1)[0] ?? '')).sort();
}

runCommand(main, { interrupted: 130 });
