/** Whether this document's response asked to be keyed by its origin: by the marks that our rules left on it. */

import { ISOLATION_MARK, requestedKeying } from '../../protocol/isolation';
import { append, uncurryGetter, uncurryThis } from '../../webidl/primordials';

const { performance } = globalThis;
const getEntriesByType = uncurryThis(Performance.prototype.getEntriesByType);
const serverTimingOf = uncurryGetter(PerformanceResourceTiming.prototype, 'serverTiming');
const nameOf = uncurryGetter(PerformanceServerTiming.prototype, 'name');
const descriptionOf = uncurryGetter(PerformanceServerTiming.prototype, 'description');

export function isIsolationRequested(): boolean {
  const navigation = getEntriesByType(performance, 'navigation')[0] as PerformanceNavigationTiming | undefined;
  if (!navigation) return false;
  const marks: string[] = [];
  const entries = serverTimingOf(navigation);
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as PerformanceServerTiming;
    if (nameOf(entry) === ISOLATION_MARK) append(marks, descriptionOf(entry));
  }
  return requestedKeying(marks)?.originKeyed === true;
}
