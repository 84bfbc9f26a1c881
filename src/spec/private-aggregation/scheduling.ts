/** When reports are sent. https://patcg-individual-drafts.github.io/private-aggregation-api/#scheduling-reports */

import type { ContributionBudgets } from './budget';

/** At once, 10 to 60 minutes later as natively, or when somebody asks for it. */
export type ReportDelay = 'none' | 'native' | 'manual';

/** What the making of a report depends on. */
export interface SchedulingEnvironment {
  /** Milliseconds since the Unix epoch. */
  readonly currentWallTime: number;
  /** How much later that is than by the clock that operations are timed by. */
  readonly clockOffset: number;
  readonly budgets: ContributionBudgets;
  /** Whether nothing is left of the budgets for a reporting origin, whatever was spent. */
  isExhausted?(reportingOrigin: string): boolean;
  readonly delay: ReportDelay;
  /** From 0 to 1, exclusive, anew each time. */
  readonly random: number;
}

/** "minimum report delay" and "randomized report delay", in milliseconds. */
const MINIMUM_REPORT_DELAY = 10 * 60 * 1000;
const RANDOMIZED_REPORT_DELAY = 50 * 60 * 1000;

/** `random`: from 0 to 1, exclusive. https://patcg-individual-drafts.github.io/private-aggregation-api/#obtain-a-report-delivery-time */
export function obtainAReportDeliveryTime(currentTime: number, timeout: number | null, random: number): number {
  // If timeout is not null: return timeout.
  // Return currentTime + minimum report delay + r * randomized report delay.
  return timeout ?? Math.round(currentTime + MINIMUM_REPORT_DELAY + random * RANDOMIZED_REPORT_DELAY);
}
