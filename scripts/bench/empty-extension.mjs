// Extensions to compare ours with: one that is merely there, with an empty script for each world of every document, and one that does what none can do without.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeLeaving } from '../leave.mjs';

const everywhere = {
  matches: ['<all_urls>'],
  run_at: 'document_start',
  all_frames: true,
  match_about_blank: true,
  match_origin_as_fallback: true,
};

const MANIFEST = {
  manifest_version: 3,
  name: 'Empty',
  version: '1',
  // The bench waits for its worker, as for ours.
  background: { service_worker: 'worker.js' },
  content_scripts: [
    { ...everywhere, js: ['isolated.js'] },
    { ...everywhere, js: ['main.js'], world: 'MAIN' },
  ],
};

/** What the browser does for every request as soon as an extension may have declarative rules, whether it has any or not. */
const WITH_RULES = { permissions: ['declarativeNetRequest'], host_permissions: ['<all_urls>'] };

/** @param {string} name */
function newFolder(name) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `shared-storage-lab-${name}-`));
  beforeLeaving(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * The steps that no extension can do without, and nothing else: no policies, no settings, no order, no log. How long they take is the floor that Chromium sets.
 * @returns {string} its folder
 */
export function floorExtension() {
  const folder = newFolder('floor');
  fs.cpSync(new URL('floor', import.meta.url), folder, { recursive: true });
  return folder;
}

/**
 * @param {boolean} [mayHaveRules]
 * @returns {string} its folder
 */
export function emptyExtension(mayHaveRules = false) {
  const folder = newFolder('empty');
  fs.writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(mayHaveRules ? { ...MANIFEST, ...WITH_RULES } : MANIFEST));
  for (const name of ['worker.js', 'isolated.js', 'main.js']) fs.writeFileSync(path.join(folder, name), '');
  return folder;
}
