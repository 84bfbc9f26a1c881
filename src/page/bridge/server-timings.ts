/** What declarative rules say of the response that a document came by: `Server-Timing` entries of its own navigation timing. */

import { uncurryGetter, uncurryMethod } from '../../webidl/primordials';

export const entryName = uncurryGetter(PerformanceEntry, 'name');
export const getEntriesByType = uncurryMethod(Performance, 'getEntriesByType');
export const serverTiming = uncurryGetter(PerformanceResourceTiming, 'serverTiming');
export const timingName = uncurryGetter(PerformanceServerTiming, 'name');
export const timingDescription = uncurryGetter(PerformanceServerTiming, 'description');

export function serverTimingsOf(performance: Performance): readonly PerformanceServerTiming[] {
  const navigation = getEntriesByType(performance, 'navigation')[0];
  return navigation ? serverTiming(navigation as PerformanceNavigationTiming) : [];
}
