/** The settings as Private Aggregation knows them. */

import type { SchedulingEnvironment } from '../spec/private-aggregation/scheduling';
import type { Settings } from './settings';

export function schedulingEnvironment({ clockOffsetMs, privateAggregation }: Settings): SchedulingEnvironment {
  const { delay, tenMinuteBudget, dailyBudget } = privateAggregation;
  return {
    currentWallTime: Math.round(Date.now() + clockOffsetMs),
    budgets: { tenMinutes: tenMinuteBudget, day: dailyBudget },
    delay,
    random: Math.random(),
  };
}
