/** The settings as the store's algorithms know them. */

import type { DatabaseEnvironment } from '../spec/database';
import type { Settings } from './settings';
import { simulationOf } from './simulations';

const DAY = 24 * 60 * 60 * 1000;

export function databaseEnvironment({ clockOffsetMs, retentionDays, quotaBytes, simulations }: Settings): DatabaseEnvironment {
  return {
    currentWallTime: Math.round(Date.now() + clockOffsetMs),
    defaultEntryLifetime: Math.round(retentionDays * DAY),
    quota: quotaBytes,
    isFull: (dataOrigin) => simulationOf(simulations, dataOrigin).storageFull === true,
  };
}
