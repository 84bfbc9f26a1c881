/** What is stored, for the extension's own pages: they read it in parts, and change it through the same store as everybody else. */

import { type EntriesRequests, LISTED_LENGTH, type ListedEntry, MAXIMUM_ENTRIES } from '../../../protocol/extension-pages/entries';
import type { DatabaseEnvironment } from '../../../spec/database';
import type { EntryLists } from '../../../store/entries/entry-lists';
import type { IndexedDatabase } from '../../../store/entries/indexed-database';
import { describeUpdate } from '../../../store/events/logged-database';
import type { Gate } from '../../requests/gate';
import { wordsOrNull } from './in-words';
import type { ExtensionPageHandlersOf } from './table';

interface Services {
  readonly database: IndexedDatabase;
  readonly entryLists: EntryLists;
  readonly environment: () => Promise<DatabaseEnvironment>;
  readonly gate: Gate;
}

export function entriesHandlers({ database, entryLists, environment, gate }: Services): ExtensionPageHandlersOf<keyof EntriesRequests> {
  return {
    'entries.origins': async () => {
      const [{ quota, defaultEntryLifetime: lifetime, currentWallTime: now }, usages, created] = await Promise.all([
        environment(),
        database.origins(),
        entryLists.creationTimes(),
      ]);
      const origins = usages.map((usage) => ({ ...usage, created: created.get(usage.dataOrigin) ?? null }));
      return { quota, lifetime, now, origins };
    },

    'entries.list': (query) => entryLists.make(query),

    'entries.read': async ({ list, from, to }) => {
      const entries = await entryLists.read(list, from, Math.min(to, from + MAXIMUM_ENTRIES));
      return (
        entries?.map((entry): ListedEntry | null => {
          if (!entry) return null;
          const [key, { value, lastUpdated }] = entry;
          return { key, value: value.slice(0, LISTED_LENGTH), length: value.length, lastUpdated };
        }) ?? null
      );
    },

    'entries.value': async ({ dataOrigin, key }) => (await entryLists.value(dataOrigin, key)) ?? null,

    'entries.update': async ({ dataOrigin, methods, tabId }) => {
      const begun = performance.now();
      const { method, parameters } = describeUpdate(methods, null);
      const outcome = await database.updateWithReason(dataOrigin, methods);
      const refusal = outcome.result === false ? outcome.reason : null;
      const result = refusal === null;
      gate.note(`${method} by hand`, { dataOrigin, tabId, parameters, result, refusal, duration: performance.now() - begun });
      return wordsOrNull(refusal);
    },

    'entries.forget': async ({ dataOrigin, tabId }) => {
      if (dataOrigin === null) await database.clearAll();
      else await database.clearOrigin(dataOrigin);
      gate.note(dataOrigin === null ? 'cleared everything by hand' : 'cleared by hand', { dataOrigin, tabId, result: true });
      return null;
    },
  };
}
