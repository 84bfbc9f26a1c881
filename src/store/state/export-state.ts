/** Reads everything that the extension keeps, as a state file has it. */

import type { IndexedDatabase } from '../entries/indexed-database';
import type { EventsConnection } from '../events/event-log';
import type { ReportsConnection } from '../private-aggregation/schema';
import type { SelectionsConnection } from '../select-url/schema';
import { toJSONValue } from './json-values';
import { FORMAT, VERSION } from './state-checks';
import type { State, StateEntry } from './state-file';

/** Where everything is kept. */
export interface Stores {
  readonly database: IndexedDatabase;
  readonly selections: SelectionsConnection;
  readonly reports: ReportsConnection;
  readonly events: EventsConnection;
}

export interface ExportOptions {
  /** As they are stored. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether the key pair goes along, whose private key decrypts reports. */
  readonly withKeyPair: boolean;
  readonly exported: Date;
}

async function entriesOf(database: IndexedDatabase): Promise<Record<string, StateEntry[]>> {
  const entries: Record<string, StateEntry[]> = {};
  for (const { dataOrigin } of await database.origins()) {
    const stored = await database.storedEntries(dataOrigin);
    entries[dataOrigin] = stored.map(([key, { value, lastUpdated }]) => ({ key, value, lastUpdated }));
  }
  return entries;
}

/** Each database is read as it is at one moment; whoever wants them all as they are at the same one sees to it that nothing happens meanwhile. */
export async function exportState({ database, selections, reports, events }: Stores, options: ExportOptions): Promise<State> {
  const { settings, withKeyPair, exported } = options;
  const [entries, selectURL, ofReports, logged] = await Promise.all([
    entriesOf(database),
    selections.use((connection) => connection.getAll('bitDebits')),
    reports.use((connection) => {
      const transaction = connection.transaction(['reports', 'spendings', 'keys']);
      const stored = transaction.objectStore('reports').index('created').getAll();
      return Promise.all([stored, transaction.objectStore('spendings').getAll(), transaction.objectStore('keys').getAll()]);
    }),
    events.use((connection) => connection.getAll('events')),
  ]);
  const [stored, privateAggregation, [keyPair]] = ofReports;
  return {
    format: FORMAT,
    version: VERSION,
    exported: exported.toISOString(),
    settings,
    entries,
    budgets: { selectURL, privateAggregation },
    reports: stored.map(({ key: _key, ...report }) => report),
    events: logged,
    ...(withKeyPair && keyPair ? { keyPair } : {}),
  };
}

/**
 * The text of the file: pure ASCII where a string is no well-formed UTF-16, so that it comes back the same. `indent`: by how much each level is
 * indented; with 0 it is one line, and shorter.
 */
export function stringifyState({ reports, events, keyPair, ...others }: State, indent = 1): string {
  const tagged = Object.entries({ reports, events, keyPair }).filter(([, value]) => value !== undefined);
  return `${JSON.stringify({ ...others, ...Object.fromEntries(tagged.map(([name, value]) => [name, toJSONValue(value)])) }, null, indent)}\n`;
}
