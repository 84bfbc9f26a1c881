/** A data origin as a whole, for the test kit. */

import type { DataOriginRequests } from '../../../protocol/extension-pages/data-origin';
import type { IndexedDatabase } from '../../../store/entries/indexed-database';
import { readOldestWrite } from '../../../store/entries/oldest-write';
import type { EntriesConnection } from '../../../store/entries/schema';
import { resetBudget } from '../../../store/select-url/read-selections';
import type { SelectionsConnection } from '../../../store/select-url/schema';
import type { Selections } from '../../../store/select-url/selections';
import { siteOf } from '../../../store/site';
import type { WindowUpdates } from '../../updates/window-updates';
import type { ExtensionPageHandlersOf } from './table';

interface Services {
  readonly database: IndexedDatabase;
  readonly entriesConnection: EntriesConnection;
  readonly selections: Selections;
  readonly selectionsConnection: SelectionsConnection;
  readonly updates: WindowUpdates;
}

export function dataOriginHandlers(services: Services): ExtensionPageHandlersOf<keyof DataOriginRequests> {
  const { database, entriesConnection, selections, selectionsConnection, updates } = services;

  /** What was asked for before is to be seen. */
  const read = async (dataOrigin: string): Promise<readonly (readonly [key: string, value: string])[]> => {
    await updates.settledUnlessBlocked(dataOrigin);
    return database.entries(dataOrigin);
  };

  return {
    'origin.entries': async ({ dataOrigin }) => (await read(dataOrigin)).map(([key, value]) => ({ key, value })),

    'origin.metadata': async ({ dataOrigin }) => {
      const entries = await read(dataOrigin);
      const site = siteOf(dataOrigin);
      return {
        creationTime: (await readOldestWrite(entriesConnection, dataOrigin)) / 1000,
        length: entries.length,
        remainingBudget: site === null ? 0 : await selections.remainingNavigationBudget(site),
        bytesUsed: entries.reduce((sum, [key, value]) => sum + 2 * (key.length + value.length), 0),
      };
    },

    'origin.resetBudget': async ({ dataOrigin }) => {
      const site = siteOf(dataOrigin);
      if (site !== null) await resetBudget(selectionsConnection, { type: 'site', site });
      return null;
    },
  };
}
