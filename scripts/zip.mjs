// Zips the built extension so that the same files give the same bytes on every machine.

import fs from 'node:fs';
import path from 'node:path';

/** `_metadata` is written by browsers that loaded the folder, `.vite` by the build for itself. */
const excluded = ['_metadata', '.vite'];

/**
 * @param {string} folder
 * @returns {Promise<Uint8Array>}
 */
export async function zipFolder(folder) {
  const { zipSync } = await import('fflate');
  // The zip epoch, in local time because that is how a zip stores times: the same bytes in every time zone.
  const mtime = new Date(1980, 0, 1);
  /** @type {Record<string, [Uint8Array, { mtime: Date }]>} */
  const entries = {};
  for (const name of filesIn(folder)) entries[name] = [fs.readFileSync(path.join(folder, name)), { mtime }];
  return zipSync(entries, { level: 9 });
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
