/** What declarative rules say of the response that a document came by: `Server-Timing` entries of its own navigation timing. */

import { uncurryGetter, uncurryThis } from '../../webidl/primordials';

export const entryName = uncurryGetter(PerformanceEntry.prototype, 'name');
export const getEntriesByType = uncurryThis(Performance.prototype.getEntriesByType);
export const serverTiming = uncurryGetter(PerformanceResourceTiming.prototype, 'serverTiming');
export const timingName = uncurryGetter(PerformanceServerTiming.prototype, 'name');
export const timingDescription = uncurryGetter(PerformanceServerTiming.prototype, 'description');

export function serverTimingsOf(performance: Performance): readonly PerformanceServerTiming[] {
  const navigation = getEntriesByType(performance, 'navigation')[0];
  return navigation ? serverTiming(navigation as PerformanceNavigationTiming) : [];
}
