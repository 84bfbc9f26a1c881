/**
 * While there are frames with opaque URLs, further scripts give their documents `window.fence`, and take away what they must not have; and what is
 * outside of a fenced frame hears nothing of it.
 */

import type { Page } from '../../spec/fenced-frame-config';
import { BoundedMap } from '../../store/bounded-map';
import { runFiles } from '../browser/run-in';
import { withinTime } from '../browser/within-time';
import { tidyFrameRecords } from '../select-url/frame-records';
import { tidyNetworkCuts } from './network-cut';

const ID = 'fence';
const MESSAGES_ID = 'fenced-frame-messages';
const MESSAGES = 'src/content/fenced-frame-messages.iife.js';
const IDS = [ID, MESSAGES_ID];

/** Looks every so often whether the scripts are still needed. */
const ALARM = 'fence';
const MINUTES = 1;

const EVERYWHERE = {
  matchOriginAsFallback: true,
  allFrames: true,
  runAt: 'document_start',
  persistAcrossSessions: false,
} as const;

let registered: Promise<void> | null = null;
/** One comes after the other: nothing is taken away that somebody has just asked for. */
let last: Promise<unknown> = Promise.resolve();
/** How often they were asked for. */
let asked = 0;

function inTurn(step: () => Promise<void>): Promise<void> {
  const done = last.then(step, step);
  last = done;
  return done;
}

async function register(): Promise<void> {
  const existing = await chrome.scripting.getRegisteredContentScripts({ ids: IDS });
  if (existing.length === IDS.length) return;
  await chrome.scripting.registerContentScripts([
    // The second takes away what the first goes by: the name of the window.
    { id: ID, js: ['src/page/fenced-document.iife.js', 'src/page/fence.iife.js'], world: 'MAIN', ...EVERYWHERE, matches: ['<all_urls>'] },
    { id: MESSAGES_ID, js: [MESSAGES], world: 'ISOLATED', ...EVERYWHERE, matches: ['<all_urls>'] },
  ]);
  await chrome.alarms.create(ALARM, { periodInMinutes: MINUTES });
}

export function registerFence(): Promise<void> {
  asked++;
  registered ??= inTurn(register).catch((error: unknown) => {
    registered = null;
    throw error;
  });
  return registered;
}

const MAXIMUM_PAGES = 1000;
/** How long the documents of a page may take, in milliseconds: one that stands still hears nothing. */
const LONGEST_SILENCING = 1000;

/** By the documentId of their top: pages whose documents hear no fenced frames but their own. Later documents have the script from the beginning. */
const silenced = new BoundedMap<string, Promise<void>>(MAXIMUM_PAGES);

export function silenceOthers({ tabId, documentId }: Page): Promise<void> {
  const silence = () =>
    withinTime(runFiles({ tabId, allFrames: true }, 'ISOLATED', MESSAGES), LONGEST_SILENCING, 'the documents of the page');
  return silenced.getOrAsk(documentId, () => silence().catch((error: unknown) => console.debug('fenced frames', error)));
}

/** What must be done before a document gets into a frame with an opaque URL. */
export const prepareForOpaqueFrames = (): Promise<unknown> => Promise.all([registerFence(), tidyNetworkCuts()]);

async function unregisterUnlessNeeded(): Promise<void> {
  const before = asked;
  // A frame that is about to be filled has asked for them, and may have no record yet.
  if ((await tidyFrameRecords()) || asked !== before) return;
  registered = null;
  await inTurn(async () => {
    await chrome.alarms.clear(ALARM);
    await chrome.scripting.unregisterContentScripts({ ids: IDS });
  });
}

export function unregisterFenceByAlarm(): void {
  chrome.alarms.onAlarm.addListener(({ name }) => {
    if (name === ALARM) void unregisterUnlessNeeded();
  });
}
