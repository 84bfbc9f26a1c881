/** A data origin as a whole, for the test kit. */

import type { DataOriginRequests } from '../../../protocol/extension-pages/data-origin';
import { sizeOfEntry } from '../../../spec/database';
import type { EntryLists } from '../../../store/entries/entry-lists';
import type { IndexedDatabase } from '../../../store/entries/indexed-database';
import type { OrderedEntries } from '../../../store/entries/known-entries';
import { resetBudget } from '../../../store/select-url/read-selections';
import type { SelectionsConnection } from '../../../store/select-url/schema';
import type { Selections } from '../../../store/select-url/selections';
import { siteOf } from '../../../store/site';
import type { WindowUpdates } from '../../updates/window-updates';
import type { ExtensionPageHandlersOf } from './table';

interface Services {
  readonly database: IndexedDatabase;
  readonly entryLists: EntryLists;
  readonly selections: Selections;
  readonly selectionsConnection: SelectionsConnection;
  readonly updates: WindowUpdates;
}

export function dataOriginHandlers(services: Services): ExtensionPageHandlersOf<keyof DataOriginRequests> {
  const { database, entryLists, selections, selectionsConnection, updates } = services;

  /** What was asked for before is to be seen. */
  const read = async (dataOrigin: string): Promise<OrderedEntries> => {
    await updates.settledUnlessBlocked(dataOrigin);
    return database.entries(dataOrigin);
  };

  return {
    'origin.entries': ({ dataOrigin }) => read(dataOrigin),

    'origin.metadata': async ({ dataOrigin }) => {
      const entries = await read(dataOrigin);
      const site = siteOf(dataOrigin);
      return {
        creationTime: ((await entryLists.creationTimes()).get(dataOrigin) ?? 0) / 1000,
        length: entries.length,
        remainingBudget: site === null ? 0 : await selections.remainingNavigationBudget(site),
        bytesUsed: entries.reduce((sum, [key, value]) => sum + sizeOfEntry(key, { value }), 0),
      };
    },

    'origin.resetBudget': async ({ dataOrigin }) => {
      const site = siteOf(dataOrigin);
      if (site !== null) await resetBudget(selectionsConnection, { type: 'site', site });
      return null;
    },
  };
}
