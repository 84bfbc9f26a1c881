/** Which URL an operation's result selects. https://wicg.github.io/shared-storage/#run-op-shared-storage-worklet */

import {
  type BudgetEnvironment,
  chargeSharedStorageTopLevelTraversableBudgets,
  type PageAllowances,
  type PageBudget,
  type PageBudgetsLeft,
  remainingPageBudgets,
} from './budgets';
import { because, type Reason, said } from './reason';

/** https://wicg.github.io/shared-storage/#get-the-default-selecturl-index */
export const DEFAULT_SELECT_URL_INDEX = 0;

/** The number of URLs that one call may name. */
export const MAXIMUM_URLS = 8;

/** Native's words. */
const OUT_OF_RANGE = 'Promise resolved to a number outside the length of the input urls.';

/** How an operation ended: with an index, or with the reason why there is none. */
export type OperationResult = { readonly index: number } | { readonly error: string };

/** What a call comes to by its operation, or by what kept that from being run. */
export type CallResult = { readonly index: number } | { readonly error: Reason };

/** What a call comes to by its operation. */
export const callResultOf = (result: OperationResult): CallResult => ('error' in result ? { error: said(result.error) } : result);

/**
 * The index that an operation came to, or the reason why the promise of it is rejected.
 * https://wicg.github.io/shared-storage/#get-the-select-url-result-index
 */
export function getTheSelectUrlResultIndex(result: CallResult, urlCount: number): CallResult {
  if ('error' in result) return result;
  // The result index is beyond the input urls' size: we don't know which url should be selected.
  if (!(Number.isInteger(result.index) && result.index >= 0 && result.index < urlCount)) return { error: said(OUT_OF_RANGE) };
  return result;
}

/** A call whose operation has ended. */
export interface Selection {
  readonly urlCount: number;
  readonly site: string;
  /** "shouldChargeTopLevelBudgets": false where the index is a saved query's. */
  readonly shouldChargeTopLevelBudgets: boolean;
  readonly result: CallResult;
  /** In bits, of the site, now. */
  readonly remainingNavigationBudget: number;
  readonly pageBudget: PageBudget;
  readonly allowances: PageAllowances;
}

/** What Chromium says in the console of the document that called. */
export interface ConsoleNotice {
  readonly level: 'error' | 'info';
  readonly text: string;
}

/** How an index came about: `failed` where the operation threw, or never ran. */
export type HowSelected = 'returned' | 'out of range' | 'failed' | 'no budget' | 'forced';

/** What was left of each budget, in bits. */
export interface BudgetsLeft extends PageBudgetsLeft {
  /** Of the site's budget for navigations, which fills up again. */
  readonly siteDaily: number;
}

/** What a person wants to know of a call that has its result. */
export interface SelectionAccount {
  readonly how: HowSelected;
  /** The budget that did not suffice; null where all did. */
  readonly short: keyof BudgetsLeft | null;
  /** Whether the index is a saved query's, which costs the page nothing. */
  readonly isSaved: boolean;
  readonly before: BudgetsLeft;
  /** Before a navigation of the top-level traversable, which alone charges the site's budget of the day. */
  readonly after: BudgetsLeft;
}

/** Which URL it selects, and what that costs. */
export interface SelectionOutcome {
  readonly index: number;
  /** Why the index is the default one; null where the operation chose it. */
  readonly reason: Reason | null;
  readonly notice: ConsoleNotice | null;
  /** What is left of the page's budget. */
  readonly pageBudget: PageBudget;
  readonly charged: boolean;
  /** "pending shared storage budget debit", in bits: what a navigation of the top-level traversable is charged. */
  readonly pendingBits: number;
  readonly account: SelectionAccount;
}

/** "Let pendingBits be the logarithm base 2 of urlList's size." */
export const pendingBitsOf = (urlCount: number): number => Math.log2(urlCount);

/** Supersedes the failure of the operation, as natively. */
const INSUFFICIENT_BUDGET: ConsoleNotice = { level: 'info', text: 'Insufficient budget for selectURL().' };

/** What is a reason of ours is for the event log alone: no operation of the page's has failed. */
const noticeOf = (error: Reason): ConsoleNotice | null => (typeof error === 'string' ? { level: 'error', text: error } : null);

/** https://wicg.github.io/shared-storage/#handle-the-result-of-selecting-an-index */
export function handleTheResultOfSelectingAnIndex(selection: Selection): SelectionOutcome {
  const { urlCount, site, shouldChargeTopLevelBudgets, remainingNavigationBudget, allowances } = selection;
  const result = getTheSelectUrlResultIndex(selection.result, urlCount);
  let { pageBudget } = selection;
  let shortage: { readonly reason: Reason; readonly short: keyof BudgetsLeft } | null = null;
  let charged = false;
  const pendingBits = pendingBitsOf(urlCount);
  if (shouldChargeTopLevelBudgets) {
    const pageBudgetResult = chargeSharedStorageTopLevelTraversableBudgets(pageBudget, allowances, site, pendingBits);
    // If pageBudgetResult is false, set shouldUseDefaultIndex to true.
    if (pageBudgetResult.ok) ({ pageBudget } = pageBudgetResult);
    else shortage = pageBudgetResult;
    charged = pageBudgetResult.ok;
  }
  // If pendingBits is greater than remainingBudget, set shouldUseDefaultIndex to true.
  if (pendingBits > remainingNavigationBudget) shortage ??= { reason: because('reasonSiteBudget'), short: 'siteDaily' };
  const left = (budget: PageBudget) => ({ ...remainingPageBudgets(budget, allowances, site), siteDaily: remainingNavigationBudget });
  const isSaved = !shouldChargeTopLevelBudgets;
  const charge = (how: HowSelected) => ({
    pageBudget,
    charged,
    pendingBits: how === 'no budget' ? 0 : pendingBits,
    account: { how, short: shortage?.short ?? null, isSaved, before: left(selection.pageBudget), after: left(pageBudget) },
  });
  // DEVIATION: the specification charges the navigation all the same, and the budget falls below zero. As natively, what was not enough costs nothing.
  if (shortage !== null)
    return { index: DEFAULT_SELECT_URL_INDEX, reason: shortage.reason, notice: INSUFFICIENT_BUDGET, ...charge('no budget') };
  if ('index' in result) return { index: result.index, reason: null, notice: null, ...charge('returned') };
  const how = 'index' in selection.result ? 'out of range' : 'failed';
  return { index: DEFAULT_SELECT_URL_INDEX, reason: result.error, notice: noticeOf(result.error), ...charge(how) };
}

/** What results depend on besides the store. */
export interface SelectionEnvironment extends BudgetEnvironment {
  readonly pageAllowances: PageAllowances;
  /** Whether nothing is left of any budget for a data origin, whatever was spent. */
  isExhausted?(dataOrigin: string): boolean;
  /** The index that a setting prescribes for an operation of a data origin, if any. */
  forcedIndex(dataOrigin: string, operation: string): number | undefined;
}
