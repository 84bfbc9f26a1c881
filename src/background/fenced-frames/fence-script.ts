/** While there are frames with opaque URLs, a further script gives their documents `window.fence`, and takes away what they must not have. */

import { tidyFrameRecords } from '../select-url/frame-records';
import { tidyNetworkCuts } from './network-cut';

const ID = 'fence';

/** Looks every so often whether the script is still needed. */
const ALARM = 'fence';
const MINUTES = 1;

let registered: Promise<void> | null = null;

async function register(): Promise<void> {
  const [existing] = await chrome.scripting.getRegisteredContentScripts({ ids: [ID] });
  if (existing) return;
  await chrome.scripting.registerContentScripts([
    {
      id: ID,
      // The second takes away what the first goes by: the name of the window.
      js: ['src/page/fenced-document.iife.js', 'src/page/fence.iife.js'],
      matches: ['<all_urls>'],
      matchOriginAsFallback: true,
      allFrames: true,
      runAt: 'document_start',
      world: 'MAIN',
      persistAcrossSessions: false,
    },
  ]);
  await chrome.alarms.create(ALARM, { periodInMinutes: MINUTES });
}

export function registerFence(): Promise<void> {
  registered ??= register().catch((error: unknown) => {
    registered = null;
    throw error;
  });
  return registered;
}

/** What must be done before a document gets into a frame with an opaque URL. */
export const prepareForOpaqueFrames = (): Promise<unknown> => Promise.all([registerFence(), tidyNetworkCuts()]);

async function unregisterUnlessNeeded(): Promise<void> {
  if (await tidyFrameRecords()) return;
  registered = null;
  await chrome.alarms.clear(ALARM);
  await chrome.scripting.unregisterContentScripts({ ids: [ID] });
}

export function unregisterFenceByAlarm(): void {
  chrome.alarms.onAlarm.addListener(({ name }) => {
    if (name === ALARM) void unregisterUnlessNeeded();
  });
}
