import { expect, test } from 'vitest';
import { determineRemainingNavigationBudget, NAVIGATION_BUDGET_LIFETIME } from '../../src/spec/budgets';

test('what remains is the allowance less the debits of the last 24 hours', () => {
  const now = 10 * NAVIGATION_BUDGET_LIFETIME;
  const environment = { currentWallTime: now, navigationEntropyAllowance: 12 };
  expect(determineRemainingNavigationBudget(environment, [])).toBe(12);
  const ledger = [
    { bits: 3, timestamp: now },
    { bits: 1.5, timestamp: now - NAVIGATION_BUDGET_LIFETIME },
    { bits: 5, timestamp: now - NAVIGATION_BUDGET_LIFETIME - 1 },
  ];
  expect(determineRemainingNavigationBudget(environment, ledger)).toBe(7.5);
});
