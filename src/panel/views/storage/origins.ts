/** Which data origins are shown, and what they go by. */

import { ask } from '../../../components/ask';
import type { OriginUsage, StorageLimits } from '../../../protocol/extension-pages/entries';

export interface Shown extends StorageLimits {
  readonly origins: readonly OriginUsage[];
}

/** Those that can have entries. */
const canStore = (origin: string): boolean => /^https?:/.test(origin);

/**
 * The origins of the page's frames, and those that its worklets work for, whether they have entries or not, the top's first; where `all` are asked
 * for, the others that have some after them.
 */
export async function originsOf(tabId: number, all: boolean): Promise<Shown> {
  const [frames, worklets, { origins, ...limits }] = await Promise.all([
    ask('page.frames', { tabId }),
    ask('worklets.list', { tabId }),
    ask('entries.origins', {}),
  ]);
  const used = worklets.flatMap(({ ended, dataOrigin }) => (ended === null ? [dataOrigin] : []));
  const ofPage = [...new Set([...frames.map(({ origin }) => origin), ...used].filter(canStore))];
  const usages = new Map(origins.map((usage) => [usage.dataOrigin, usage]));
  const own = ofPage.map((dataOrigin) => usages.get(dataOrigin) ?? { dataOrigin, count: 0, bytes: 0, created: null });
  const others = all ? origins.filter(({ dataOrigin }) => !ofPage.includes(dataOrigin)) : [];
  return { ...limits, origins: [...own, ...others] };
}
