/** Reads calls of selectURL() and the budgets that they use, for the pages that show them, and gives budgets back. */

import {
  type BitDebit,
  determineRemainingNavigationBudget,
  NAVIGATION_BUDGET_LIFETIME,
  NEW_PAGE_BUDGET,
  remainingPageBudgets,
} from '../../spec/budgets';
import type { Page } from '../../spec/fenced-frame-config';
import type { BudgetsLeft, SelectionAccount, SelectionEnvironment } from '../../spec/select-url';
import { siteOf } from '../site';
import { beginTransaction, type SelectionsConnection, type StoredSelection } from './schema';
import { handleResult } from './settle';

/** What was charged for a navigation, and when the site has it back, in milliseconds since the Unix epoch by the clock of the settings. */
export interface Refill {
  readonly bits: number;
  readonly time: number;
}

/** The budgets of a site on a page. */
export interface SiteBudgets extends BudgetsLeft {
  readonly site: string;
  /** The next one first. */
  readonly refills: readonly Refill[];
}

/** The calls of a tab's pages, those that are gone and not forgotten included; the newest first. */
export async function readSelections(connection: SelectionsConnection, tabId: number): Promise<StoredSelection[]> {
  const all = await connection.use((open) => open.getAll('selections'));
  return all.filter(({ page }) => page.tabId === tabId).sort((a, b) => b.time - a.time || b.selectionId - a.selectionId);
}

const refillOf = ({ bits, timestamp }: BitDebit) => ({ bits, time: timestamp + NAVIGATION_BUDGET_LIFETIME });

/** What is left on the page, and how much of it is for each site. `page`: the documentId of its top-level document. */
export function readBudgets(
  connection: SelectionsConnection,
  environment: SelectionEnvironment,
  page: string,
  sites: Iterable<string>,
): Promise<SiteBudgets[]> {
  return connection.use(async (open) => {
    const transaction = open.transaction(['pageBudgets', 'bitDebits']);
    const pageBudget = (await transaction.objectStore('pageBudgets').get(page)) ?? NEW_PAGE_BUDGET;
    const ofSite = async (site: string): Promise<SiteBudgets> => {
      const ledger = await transaction.objectStore('bitDebits').index('site').getAll(site);
      const refills = ledger.map(refillOf).filter(({ time }) => time >= environment.currentWallTime);
      return {
        site,
        ...remainingPageBudgets(pageBudget, environment.pageAllowances, site),
        siteDaily: determineRemainingNavigationBudget(environment, ledger),
        refills: refills.sort((a, b) => a.time - b.time),
      };
    };
    return Promise.all([...new Set([...sites, ...Object.keys(pageBudget.siteCharged)])].sort().map(ofSite));
  });
}

/** How many URLs the calls of these documents have, by data origin: as many as the one that had most. */
export async function readURLCounts(connection: SelectionsConnection, documentIds: readonly string[]): Promise<Map<string, number>> {
  const ofDocument = (documentId: string) => IDBKeyRange.bound([documentId], [documentId, Number.POSITIVE_INFINITY]);
  const calls = await connection.use((open) => {
    const index = open.transaction('selections').store.index('call');
    return Promise.all(documentIds.map((documentId) => index.getAll(ofDocument(documentId))));
  });
  const counts = new Map<string, number>();
  for (const { dataOrigin, urls } of calls.flat()) counts.set(dataOrigin, Math.max(counts.get(dataOrigin) ?? 0, urls.length));
  return counts;
}

/** How many URLs a call of the origin has: two where there was none. */
export const usualURLCount = (counts: ReadonlyMap<string, number>, dataOrigin: string): number => Math.max(2, counts.get(dataOrigin) ?? 0);

/** What a call with so many URLs would come to on the page now, were it to return the second: it is settled as all are, and that is taken back. */
export function rehearseSelection(
  connection: SelectionsConnection,
  environment: SelectionEnvironment,
  page: Page,
  dataOrigin: string,
  urlCount: number,
): Promise<SelectionAccount | null> {
  const site = siteOf(dataOrigin);
  if (site === null) return Promise.resolve(null);
  const url = { url: `${dataOrigin}/`, reportingMetadata: [] };
  const document = { documentId: '', selectionId: 0, workletId: 0, embedderOrigin: dataOrigin, time: 0 };
  const call = { urn: '', operation: '', urls: Array.from({ length: urlCount }, () => url), savedQuery: '', result: null, pendingBits: 1 };
  return connection.use(async (open) => {
    const transaction = beginTransaction(open);
    // That it was taken back is no failure.
    const ended = transaction.done.catch(() => undefined);
    try {
      const settled = await handleResult(transaction, environment, { ...document, ...call, page, dataOrigin, site }, { index: 1 }, true);
      return settled.account ?? null;
    } finally {
      transaction.abort();
      await ended;
    }
  });
}

/** Which budgets are given back: all that the page has spent, or what a site has spent on navigations. */
export type BudgetReset = { readonly type: 'page'; readonly page: string } | { readonly type: 'site'; readonly site: string };

/** From then on it is as if nothing had been charged. */
export function resetBudget(connection: SelectionsConnection, reset: BudgetReset): Promise<void> {
  return connection.use(async (open) => {
    if (reset.type === 'page') {
      await open.delete('pageBudgets', reset.page);
      return;
    }
    const { store, done } = open.transaction('bitDebits', 'readwrite');
    const keys = await store.index('site').getAllKeys(reset.site);
    await Promise.all([...keys.map((key) => store.delete(key)), done]);
  });
}
