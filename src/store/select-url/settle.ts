/** Gives calls of selectURL() their results, inside one transaction: a result, and what it costs, is decided once. */

import { determineRemainingNavigationBudget, NEW_PAGE_BUDGET, type PageAllowances } from '../../spec/budgets';
import { because, becauseOf, type Reason } from '../../spec/reason';
import { getTheIndexForASavedQuery, storeTheIndexForASavedQuery } from '../../spec/saved-queries';
import {
  type CallResult,
  type ConsoleNotice,
  DEFAULT_SELECT_URL_INDEX,
  getTheSelectUrlResultIndex,
  handleTheResultOfSelectingAnIndex,
  type SelectionEnvironment,
} from '../../spec/select-url';
import type { SavedQueryKey, SelectionTransaction, StoredSelection } from './schema';

/** A call that has its result. */
export type SettledSelection = StoredSelection & {
  readonly result: NonNullable<StoredSelection['result']>;
  /** For the console, when the result is new; it is not stored. */
  readonly notice?: ConsoleNotice | null;
};

const EXHAUSTED: PageAllowances = { overall: 0, site: 0 };

const FORCED = because('reasonForced');

/** That the setting names an index which the call has no URL for; what the call came to without it stands beside that. */
function notForced(index: number, urlCount: number, reason: Reason | null): Reason {
  const told = becauseOf('reasonNotForced', urlCount, index);
  return reason === null ? told : because('reasonAndReason', told, reason);
}

/** "Get the index for a saved query" goes by all of these. */
export const savedQueryKeyOf = ({ page, dataOrigin, operation, savedQuery }: StoredSelection, moduleURL: string): SavedQueryKey => [
  page.documentId,
  dataOrigin,
  moduleURL,
  operation,
  savedQuery,
];

/** https://wicg.github.io/shared-storage/#handle-the-result-of-selecting-an-index */
export async function handleResult(
  transaction: SelectionTransaction,
  environment: SelectionEnvironment,
  selection: StoredSelection,
  result: CallResult,
  shouldChargeTopLevelBudgets: boolean,
): Promise<SettledSelection> {
  const { site, urls, page, dataOrigin, operation } = selection;
  const [ledger, pageBudget = NEW_PAGE_BUDGET] = await Promise.all([
    transaction.objectStore('bitDebits').index('site').getAll(site),
    transaction.objectStore('pageBudgets').get(page.documentId),
  ]);
  const isExhausted = environment.isExhausted?.(dataOrigin) ?? false;
  const outcome = handleTheResultOfSelectingAnIndex({
    urlCount: urls.length,
    site,
    shouldChargeTopLevelBudgets,
    result,
    remainingNavigationBudget: isExhausted ? 0 : determineRemainingNavigationBudget(environment, ledger),
    pageBudget,
    allowances: isExhausted ? EXHAUSTED : environment.pageAllowances,
  });
  const forced = environment.forcedIndex(dataOrigin, operation);
  const isForced = forced !== undefined && forced < urls.length;
  const { index, reason } = isForced
    ? { index: forced, reason: FORCED }
    : { index: outcome.index, reason: forced === undefined ? outcome.reason : notForced(forced, urls.length, outcome.reason) };
  const account = isForced ? { ...outcome.account, how: 'forced' as const } : outcome.account;
  const settled = { ...selection, result: { index, reason, charged: outcome.charged }, pendingBits: outcome.pendingBits, account };
  await Promise.all([
    transaction.objectStore('selections').put(settled),
    outcome.charged && transaction.objectStore('pageBudgets').put(outcome.pageBudget, page.documentId),
  ]);
  return { ...settled, notice: isForced ? null : outcome.notice };
}

/**
 * What is to be done for a call: run its operation, wait for another call's, or nothing, where the result is there.
 * `isRunning` says whether another call's operation is under way still: what decided it may have been lost.
 */
export async function beginSelection(
  transaction: SelectionTransaction,
  environment: SelectionEnvironment,
  selection: StoredSelection,
  moduleURL: string,
  isRunning: (urn: string) => boolean,
): Promise<'run' | 'wait' | SettledSelection> {
  if (selection.savedQuery === '') return 'run';
  const queries = transaction.objectStore('savedQueries');
  const key = savedQueryKeyOf(selection, moduleURL);
  const found = await queries.get(key);
  const isLost = found?.index === -1 && !isRunning(found.decidedBy);
  const known = found && isLost ? { ...found, decidedBy: selection.urn } : found;
  const { savedIndex, data } = getTheIndexForASavedQuery(known, selection.urn);
  await queries.put(data, key);
  if (savedIndex === 'pending current operation') return 'run';
  if (savedIndex === 'pending callback') return 'wait';
  return handleResult(transaction, environment, selection, { index: savedIndex }, false);
}

/** The call itself, and all that waited for it. */
export async function finishSelection(
  transaction: SelectionTransaction,
  environment: SelectionEnvironment,
  selection: StoredSelection,
  moduleURL: string,
  result: CallResult,
): Promise<SettledSelection[]> {
  const first = await handleResult(transaction, environment, selection, result, true);
  if (selection.savedQuery === '') return [first];
  const queries = transaction.objectStore('savedQueries');
  const key = savedQueryKeyOf(selection, moduleURL);
  const found = await queries.get(key);
  if (!found || found.index !== -1 || found.decidedBy !== selection.urn) return [first];
  const valid = getTheSelectUrlResultIndex(result, selection.urls.length);
  // DEVIATION: what the page's budgets did not pay for is not saved. The specification would give it away at the second call.
  const index = 'index' in valid && first.result.charged ? valid.index : DEFAULT_SELECT_URL_INDEX;
  const { data, callbacks } = storeTheIndexForASavedQuery(found, index);
  await queries.put(data, key);
  const settled = [first];
  for (const urn of callbacks) {
    const waiting = await transaction.objectStore('selections').get(urn);
    if (waiting && !waiting.result) settled.push(await handleResult(transaction, environment, waiting, { index }, false));
  }
  return settled;
}
