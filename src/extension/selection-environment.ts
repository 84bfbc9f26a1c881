/** The settings as selectURL() knows them. */

import type { SelectionEnvironment } from '../spec/select-url';
import type { Settings } from './settings';

export function selectionEnvironment({ clockOffsetMs, budgets, selectUrl }: Settings): SelectionEnvironment {
  const { forceIndex } = selectUrl;
  return {
    currentWallTime: Math.round(Date.now() + clockOffsetMs),
    navigationEntropyAllowance: budgets.siteDailyBits,
    pageAllowances: { overall: budgets.pageBits, site: budgets.sitePageBits },
    forcedIndex(dataOrigin, operation) {
      const ofOrigin = Object.hasOwn(forceIndex, dataOrigin) ? forceIndex[dataOrigin] : undefined;
      return ofOrigin && Object.hasOwn(ofOrigin, operation) ? ofOrigin[operation] : undefined;
    },
  };
}
