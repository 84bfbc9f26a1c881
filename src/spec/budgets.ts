/** Entropy budgets of data origins' sites. https://wicg.github.io/shared-storage/#budgets */

/** "bit debit" */
export interface BitDebit {
  readonly bits: number;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
}

export interface BudgetEnvironment {
  /** Milliseconds since the Unix epoch. */
  readonly currentWallTime: number;
  /** "navigation entropy allowance", in bits. */
  readonly navigationEntropyAllowance: number;
}

/** Chromium's allowance: 12 bits for each site in 24 hours. */
export const NAVIGATION_ENTROPY_ALLOWANCE = 12;

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
