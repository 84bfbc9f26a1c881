/** What the document agrees to by its response headers. protocol/fence-marks.ts says how that is known. */

import { type Agreement, FENCE_MARK } from '../../protocol/fence-marks';
import { append } from '../../webidl/primordials';

/** Asked before any script of the page can have changed what is asked. */
const agreements: string[] = [];
const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
for (const { name, description } of navigation?.serverTiming ?? []) if (name === FENCE_MARK) append(agreements, description);

export function agreesTo(agreement: Agreement): boolean {
  for (let index = 0; index < agreements.length; index++) if (agreements[index] === agreement) return true;
  return false;
}
