/** Whether this document's response asked to be keyed by its origin: by the marks that our rules left on it. */

import { ISOLATION_MARK, requestedKeying } from '../../protocol/isolation';
import { append, uncurryGetter, uncurryMethod } from '../../webidl/primordials';

const { performance } = globalThis;
const getEntriesByType = uncurryMethod(Performance, 'getEntriesByType');
const serverTimingOf = uncurryGetter(PerformanceResourceTiming, 'serverTiming');
const nameOf = uncurryGetter(PerformanceServerTiming, 'name');
const descriptionOf = uncurryGetter(PerformanceServerTiming, 'description');

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
