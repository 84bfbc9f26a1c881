/** "query the budget": how much the origins of a site may contribute, by the rolling windows of the explainer's implementation plan. */

/** What was contributed at one time, summed up. */
export interface Spending {
  readonly value: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

/** The L1 norms that the windows allow. */
export interface ContributionBudgets {
  readonly tenMinutes: number;
  readonly day: number;
}

export const NATIVE_BUDGETS: ContributionBudgets = { tenMinutes: 2 ** 16, day: 2 ** 20 };

/** In milliseconds. */
export const SHORT_WINDOW = 10 * 60 * 1000;
export const LONG_WINDOW = 24 * 60 * 60 * 1000;

/** What a site may still contribute now. */
export function remainingBudget(spendings: readonly Spending[], budgets: ContributionBudgets, currentWallTime: number): number {
  const remaining = (budget: number, window: number) =>
    spendings.reduce((left, { value, time }) => (time > currentWallTime - window ? left - value : left), budget);
  return Math.max(0, Math.min(remaining(budgets.tenMinutes, SHORT_WINDOW), remaining(budgets.day, LONG_WINDOW)));
}
