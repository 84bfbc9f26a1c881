/** The settings as selectURL() knows them. */

import type { SelectionEnvironment } from '../spec/select-url';
import type { Settings } from './settings';
import { simulationOf } from './simulations';

export function selectionEnvironment({ clockOffsetMs, budgets, selectUrl, simulations }: Settings): SelectionEnvironment {
  const { forceIndex } = selectUrl;
  return {
    currentWallTime: Math.round(Date.now() + clockOffsetMs),
    navigationEntropyAllowance: budgets.siteDailyBits,
    pageAllowances: { overall: budgets.pageBits, site: budgets.sitePageBits },
    isExhausted: (dataOrigin) => simulationOf(simulations, dataOrigin).budgetExhausted === true,
    forcedIndex(dataOrigin, operation) {
      const ofOrigin = Object.hasOwn(forceIndex, dataOrigin) ? forceIndex[dataOrigin] : undefined;
      return ofOrigin && Object.hasOwn(ofOrigin, operation) ? ofOrigin[operation] : undefined;
    },
  };
}
