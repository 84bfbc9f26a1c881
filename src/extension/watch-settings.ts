/** Hears of the settings as they are, and of each change. */

import { browser } from './browser';
import { type DecodedSettings, decodeSettings } from './decode-settings';
import type { Settings } from './settings';
import { readStoredSettings } from './stored-settings';

/** A record that is written only to hear of it. */
const PROBE = 'listening';

/** How long after a write somebody who listens has heard of it, in milliseconds. */
const HEARD_WITHIN = 50;

/**
 * Resolves once changes are heard. For some milliseconds after its installation nobody knows that an extension listens, and a change that
 * comes then is told to nobody.
 */
async function untilHeard(): Promise<void> {
  let isHeard = false;
  const hear = (changes: Record<string, unknown>) => {
    isHeard ||= PROBE in changes;
  };
  browser.storage.local.onChanged.addListener(hear);
  for (let count = 0; !isHeard; count++) {
    await browser.storage.local.set({ [PROBE]: count });
    await new Promise((resolve) => setTimeout(resolve, HEARD_WITHIN));
  }
  browser.storage.local.onChanged.removeListener(hear);
  await browser.storage.local.remove(PROBE);
}

/** Calls back with the settings now, and again after each change; with those `before` a change that was heard of, which may have started this worker. */
export function watchSettings(listener: (decoded: DecodedSettings, before?: Settings) => void): void {
  let changed = false;
  browser.storage.local.onChanged.addListener((changes) => {
    if (!changes.settings) return;
    changed = true;
    listener(decodeSettings(changes.settings.newValue), decodeSettings(changes.settings.oldValue).settings);
  });
  readStoredSettings().then((stored) => {
    // What was asked for before a change may be answered after it.
    if (!changed) listener(decodeSettings(stored));
  });
  browser.runtime.onInstalled?.addListener(async () => {
    await untilHeard();
    listener(decodeSettings(await readStoredSettings()));
  });
}
