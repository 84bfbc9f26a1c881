/** Entropy budgets of data origins' sites. https://wicg.github.io/shared-storage/#budgets */

import { because, type Reason } from './reason';

/** "bit debit" */
export interface BitDebit {
  readonly bits: number;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
}

/** What the navigation budget depends on besides the ledger. */
export interface BudgetEnvironment {
  /** Milliseconds since the Unix epoch. */
  readonly currentWallTime: number;
  /** "navigation entropy allowance", in bits. */
  readonly navigationEntropyAllowance: number;
}

/** Chromium's allowance: 12 bits for each site in 24 hours. */
export const NAVIGATION_ENTROPY_ALLOWANCE = 12;

/** "overall page entropy allowance": Chromium's, in bits. */
export const OVERALL_PAGE_ENTROPY_ALLOWANCE = 12;

/** "site page entropy allowance": Chromium's, in bits. */
export const SITE_PAGE_ENTROPY_ALLOWANCE = 6;

/** "navigation budget lifetime": 24 hours, in milliseconds. */
export const NAVIGATION_BUDGET_LIFETIME = 24 * 60 * 60 * 1000;

/** https://wicg.github.io/shared-storage/#check-whether-a-bit-debit-is-expired */
export function checkWhetherABitDebitIsExpired({ currentWallTime }: BudgetEnvironment, { timestamp }: BitDebit): boolean {
  // If bitDebit's timestamp is less than threshold, return true.
  return timestamp < currentWallTime - NAVIGATION_BUDGET_LIFETIME;
}

/** https://wicg.github.io/shared-storage/#determine-remaining-navigation-budget */
export function determineRemainingNavigationBudget(environment: BudgetEnvironment, ledger: readonly BitDebit[]): number {
  let debitSum = 0;
  // For each bitDebit in ledger: if it is not expired, increment debitSum by its bits.
  for (const debit of ledger) if (!checkWhetherABitDebitIsExpired(environment, debit)) debitSum += debit.bits;
  // Return maxBits − debitSum.
  return environment.navigationEntropyAllowance - debitSum;
}

/** What a site still has on a page. https://wicg.github.io/shared-storage/#traversable-navigable-shared-storage-page-budget */
export interface PageBudget {
  /** "overall budget": what was charged of it, in bits, so that an allowance that changes counts at once. */
  readonly overallCharged: number;
  /** "site budget map", likewise. */
  readonly siteCharged: Readonly<Record<string, number>>;
}

/** Of a page that nothing has been charged to. */
export const NEW_PAGE_BUDGET: PageBudget = { overallCharged: 0, siteCharged: {} };

const chargedTo = ({ siteCharged }: PageBudget, site: string): number => (Object.hasOwn(siteCharged, site) ? (siteCharged[site] ?? 0) : 0);

/** What a page may spend in its lifetime. */
export interface PageAllowances {
  /** "overall page entropy allowance", in bits. */
  readonly overall: number;
  /** "site page entropy allowance", in bits. */
  readonly site: number;
}

/** What is left of a page's budget for all sites, and of that for one of them, in bits. */
export interface PageBudgetsLeft {
  readonly page: number;
  readonly sitePage: number;
}

/** What the site may still spend on the page; less than 0 where an allowance has been lowered since. */
export const remainingPageBudgets = (budget: PageBudget, allowances: PageAllowances, site: string): PageBudgetsLeft => ({
  page: allowances.overall - budget.overallCharged,
  sitePage: allowances.site - chargedTo(budget, site),
});

/** What is charged now, or why nothing is. */
export type PageBudgetResult =
  | { readonly ok: true; readonly pageBudget: PageBudget }
  | { readonly ok: false; readonly reason: Reason; readonly short: keyof PageBudgetsLeft };

/** https://wicg.github.io/shared-storage/#charge-shared-storage-top-level-traversable-budgets */
export function chargeSharedStorageTopLevelTraversableBudgets(
  budget: PageBudget,
  allowances: PageAllowances,
  site: string,
  pendingBits: number,
): PageBudgetResult {
  const { page, sitePage } = remainingPageBudgets(budget, allowances, site);
  // If pendingBits is greater than the overall budget, then return false.
  if (pendingBits > page) return { ok: false, reason: because('reasonPageBudget'), short: 'page' };
  // If pendingBits is greater than the site's budget, then return false.
  if (pendingBits > sitePage) return { ok: false, reason: because('reasonSitePageBudget'), short: 'sitePage' };
  // Decrement both by pendingBits.
  const { overallCharged, siteCharged } = budget;
  const ofSite = { ...siteCharged, [site]: chargedTo(budget, site) + pendingBits };
  return { ok: true, pageBudget: { overallCharged: overallCharged + pendingBits, siteCharged: ofSite } };
}
