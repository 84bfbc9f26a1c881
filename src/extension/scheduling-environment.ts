/** The settings as Private Aggregation knows them. */

import type { SchedulingEnvironment } from '../spec/private-aggregation/scheduling';
import type { Settings } from './settings';
import { simulationOf } from './simulations';

export function schedulingEnvironment({ clockOffsetMs, privateAggregation, simulations }: Settings): SchedulingEnvironment {
  const { delay, tenMinuteBudget, dailyBudget } = privateAggregation;
  return {
    currentWallTime: Math.round(Date.now() + clockOffsetMs),
    clockOffset: Math.round(clockOffsetMs),
    budgets: { tenMinutes: tenMinuteBudget, day: dailyBudget },
    isExhausted: (reportingOrigin) => simulationOf(simulations, reportingOrigin).budgetExhausted === true,
    delay,
    random: Math.random(),
  };
}
