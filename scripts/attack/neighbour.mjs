// A second extension, made for a run: its scripts share pages with ours, and it sends ours whatever it wants.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeLeaving } from '../leave.mjs';

const MANIFEST = {
  manifest_version: 3,
  name: 'Neighbour',
  version: '1',
  permissions: ['storage', 'scripting', 'tabs', 'webNavigation', 'management'],
  host_permissions: ['<all_urls>'],
  background: { service_worker: 'worker.js' },
  content_scripts: [
    { matches: ['http://*/attack?neighbour*'], js: ['overhear.js'], run_at: 'document_start', all_frames: true, world: 'MAIN' },
    { matches: ['http://*/attack?neighbour*'], js: ['overhear.js'], run_at: 'document_start', all_frames: true },
  ],
};

/** Keeps whatever the handshake hands over, if it is there in time. */
const OVERHEAR = `
  globalThis.overheard = [];
  for (const target of [window, document]) for (const script of ['page', 'fence', 'interest'])
    target.addEventListener('shared-storage-lab ' + script, ({ submitter }) => overheard.push(submitter), true);`;

/**
 * Loads it; it stays until the browser ends.
 * @param {import('../browser/launch.mjs').Browser} browser
 * @returns {Promise<import('../browser/launch.mjs').Session>} its service worker
 */
export async function loadNeighbour(browser) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-neighbour-'));
  beforeLeaving(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(MANIFEST));
  fs.writeFileSync(path.join(folder, 'worker.js'), '');
  fs.writeFileSync(path.join(folder, 'overhear.js'), OVERHEAR);
  const { id } = await browser.devtools.send('Extensions.loadUnpacked', { path: folder });
  return browser.attach(({ type, url }) => type === 'service_worker' && url.startsWith(`chrome-extension://${id}/`));
}
