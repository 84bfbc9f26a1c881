/** Calls of selectURL() and their budgets, for the extension's own pages. */

import { selectionEnvironment } from '../../../extension/selection-environment';
import { withMember } from '../../../extension/stored-settings';
import type { SelectURLRequests, ShownSelection } from '../../../protocol/extension-pages/select-url';
import type { AnnounceChange } from '../../../store/announce-change';
import { readBudgets, readSelections, resetBudget } from '../../../store/select-url/read-selections';
import type { SelectionsConnection, StoredSelection } from '../../../store/select-url/schema';
import { siteOf } from '../../../store/site';
import { framesWithOrigins } from '../../browser/frames';
import type { Pages } from '../../browser/pages';
import type { FrameRecords, FrameWithContent } from '../../select-url/frame-records';
import { wordsOrNull } from './in-words';
import { putInForce, type SettingsInForce } from './settings-in-force';
import type { ExtensionPageHandlersOf } from './table';

interface Services extends SettingsInForce {
  readonly pages: Pages;
  readonly frameRecords: FrameRecords;
  readonly selectionsConnection: SelectionsConnection;
  readonly announce: AnnounceChange;
}

function show(selection: StoredSelection, page: string | null, frames: readonly FrameWithContent[], isRevealed: boolean): ShownSelection {
  const { urn, time, embedderOrigin, dataOrigin, operation, savedQuery, urls, result, account, pendingBits } = selection;
  const isOnPage = selection.page.documentId === page;
  const showing = frames.filter(({ content }) => isOnPage && content.urn === urn && content.topDocumentId === page);
  return {
    ...{ urn, time, embedderOrigin, dataOrigin, operation, savedQuery, pendingBits, isOnPage },
    urls: urls.map(({ url }) => url),
    result: isRevealed && result ? { index: result.index, reason: wordsOrNull(result.reason) } : null,
    account: (isRevealed && account) || null,
    isSettled: result !== null,
    frames: showing.map(({ frameId, content }) => ({ frameId, isFenced: content.fenced })),
  };
}

/** The sites of the documents in the tab: those that may come to spend something. */
async function sitesIn(tabId: number): Promise<string[]> {
  return (await framesWithOrigins(tabId)).flatMap(({ origin }) => (/^https?:/.test(origin) ? (siteOf(origin) ?? []) : []));
}

export function selectURLPageHandlers(services: Services): ExtensionPageHandlersOf<keyof SelectURLRequests> {
  const { settings, pages, frameRecords, selectionsConnection, announce } = services;
  return {
    'select-url.read': async ({ tabId }) => {
      const [current, page, selections, frames, sites] = await Promise.all([
        settings.get(),
        pages.of({ tabId, frameId: 0 }),
        readSelections(selectionsConnection, tabId),
        frameRecords.contentsOf(tabId),
        sitesIn(tabId),
      ]);
      const { pageBits, sitePageBits, siteDailyBits } = current.budgets;
      const { reveal, forceIndex } = current.selectUrl;
      const documentId = page?.documentId ?? null;
      const onPage = selections.filter((selection) => selection.page.documentId === documentId).map(({ site }) => site);
      return {
        selections: selections.map((selection) => show(selection, documentId, frames, reveal)),
        page: documentId,
        budgets: await readBudgets(selectionsConnection, selectionEnvironment(current), documentId ?? '', [...sites, ...onPage]),
        allowances: { page: pageBits, sitePage: sitePageBits, siteDaily: siteDailyBits },
        forced: forceIndex,
        isRevealed: reveal,
      };
    },

    'select-url.reset': async (reset) => {
      await resetBudget(selectionsConnection, reset);
      announce({ topic: 'selections' });
      return null;
    },

    'select-url.force': async ({ dataOrigin, operation, index }) => {
      await putInForce(services, ({ selectUrl, ...others }) => {
        const ofOrigin = withMember(selectUrl?.forceIndex?.[dataOrigin], operation, index ?? undefined);
        const isEmpty = Object.keys(ofOrigin).length === 0;
        return {
          ...others,
          selectUrl: { ...selectUrl, forceIndex: withMember(selectUrl?.forceIndex, dataOrigin, isEmpty ? undefined : ofOrigin) },
        };
      });
      return null;
    },
  };
}
