// The test kit, attached to the browser of a side that has the extension.

import { pathToFileURL } from 'node:url';

/** @param {import('./sides.mjs').Side} side */
export async function kitOf(side) {
  const { buildKit, lib } = await import('../kit.mjs');
  await buildKit();
  /** @type {typeof import('../../src/kit/cdp.ts')} */
  const { attachSharedStorageLab } = await import(pathToFileURL(`${lib}/cdp.js`).href);
  return attachSharedStorageLab(side.browser.devtools);
}
