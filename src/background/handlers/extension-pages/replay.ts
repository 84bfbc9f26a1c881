/** Carries recorded calls out again. */

import { wordsOf } from '../../../extension/words';
import { makeCalls } from '../../../injected/replay';
import { Refusal } from '../../../protocol/envelope';
import type { ReplayRequests } from '../../../protocol/extension-pages/replay';
import { because, said } from '../../../spec/reason';
import type { EventLog } from '../../../store/events/event-log';
import { runInPage } from '../../browser/run-in';
import { withinTime } from '../../browser/within-time';
import type { ExtensionPageHandlersOf } from './table';

/** How long a page may take to load, and all calls together, in milliseconds. */
const LONGEST_LOAD = 20_000;
const LONGEST_REPLAY = 120_000;

/** Resolves once the tab's document is loaded, to that document. */
async function openPage(url: string): Promise<{ tabId: number; documentId: string; origin: string }> {
  const loaded = Promise.withResolvers<void>();
  let tabId: number | undefined;
  const onCompleted = (details: { tabId: number; frameId: number }) => {
    if (details.tabId === tabId && details.frameId === 0) loaded.resolve();
  };
  chrome.webNavigation.onCompleted.addListener(onCompleted);
  try {
    ({ id: tabId } = await chrome.tabs.create({ url, active: false }));
    // It may have been loaded before its number was known.
    if (tabId !== undefined && (await chrome.tabs.get(tabId)).status === 'complete') loaded.resolve();
    await withinTime(loaded.promise, LONGEST_LOAD, said(url));
    const frame = tabId === undefined ? null : await chrome.webNavigation.getFrame({ tabId, frameId: 0 });
    if (!frame || tabId === undefined) throw new Refusal('NotFoundError', wordsOf(because('replayNoPage', url)));
    return { tabId, documentId: frame.documentId, origin: new URL(frame.url).origin };
  } finally {
    chrome.webNavigation.onCompleted.removeListener(onCompleted);
  }
}

export function replayHandlers({ log }: { readonly log: EventLog }): ExtensionPageHandlersOf<keyof ReplayRequests> {
  return {
    'replay.run': async ({ origin, url, calls }) => {
      if (URL.parse(url)?.origin !== origin) throw new Refusal('DataError', wordsOf(because('replayOtherOrigin', url, origin)));
      const page = await openPage(url);
      // A redirect may have led elsewhere: what one origin wrote is shown to no other.
      if (page.origin !== origin) throw new Refusal('DataError', wordsOf(because('replayLeadsElsewhere', url, page.origin, origin)));
      const { tabId, documentId } = page;
      const made = await withinTime(runInPage({ tabId, documentIds: [documentId] }, makeCalls, calls), LONGEST_REPLAY, said(url));
      if (!made) throw new Refusal('NotFoundError', wordsOf(because('replayPageGone', url)));
      await log.flush();
      return { documentId, outcomes: made };
    },
  };
}
