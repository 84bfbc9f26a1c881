/** Puts what a state file says in place of what the extension keeps. */

import type { ValueStruct } from '../../spec/database';
import { CommitTogether } from '../commit-together';
import type { Replacement } from '../entries/replace';
import { reportKey } from '../private-aggregation/schema';
import type { Stores } from './export-state';
import type { State } from './state-file';

/** Which entries there are then; those without a time were written `now`. */
function replacementOf(entries: NonNullable<State['entries']>, isAll: boolean, now: number): Replacement {
  const byOrigin = Object.entries(entries).map(([dataOrigin, own]): [string, Map<string, ValueStruct>] => [
    dataOrigin,
    new Map(own.map(({ key, value, lastUpdated = now }) => [key, { value, lastUpdated }])),
  ]);
  return { entries: new Map(byOrigin), isAll };
}

type Part = (together: CommitTogether) => Promise<void>;

/** Open pages have their budgets anew: what they have spent goes with them, and is in no file. */
const replaceBits =
  ({ selections }: Stores, debits: NonNullable<NonNullable<State['budgets']>['selectURL']>): Part =>
  (together) =>
    selections.use((connection) => {
      const transaction = connection.transaction(['bitDebits', 'pageBudgets'], 'readwrite');
      const [store, pages] = [transaction.objectStore('bitDebits'), transaction.objectStore('pageBudgets')];
      const write = () => Promise.all([pages.clear(), store.clear(), ...debits.map((debit) => store.add(debit))]);
      return together.write(transaction, write, () => store.getKey(0));
    });

const replaceReports =
  ({ reports: connection }: Stores, { reports, budgets, keyPair }: State): Part =>
  (together) =>
    connection.use((open) => {
      const transaction = open.transaction(['reports', 'spendings', 'keys'], 'readwrite');
      const [stored, spendings, keys] = [
        transaction.objectStore('reports'),
        transaction.objectStore('spendings'),
        transaction.objectStore('keys'),
      ];
      const requests = (): Promise<unknown>[] => [
        ...(reports
          ? [stored.clear(), ...reports.map((report) => stored.add({ ...report, key: reportKey(report.report.reportId, report.kind) }))]
          : []),
        ...(budgets?.privateAggregation
          ? [spendings.clear(), ...budgets.privateAggregation.map((spending) => spendings.add(spending))]
          : []),
        ...(keyPair ? [keys.put(keyPair, 'local')] : []),
      ];
      return together.write(
        transaction,
        () => Promise.all(requests()),
        () => keys.getKey(''),
      );
    });

const replaceEvents =
  ({ events: connection }: Stores, events: NonNullable<State['events']>): Part =>
  (together) =>
    connection.use((open) => {
      const transaction = open.transaction('events', 'readwrite');
      const { store } = transaction;
      const write = () => Promise.all([store.clear(), ...events.map((event) => store.add(event))]);
      return together.write(transaction, write, () => store.getKey(0));
    });

const replaceEntries =
  ({ database }: Stores, replacement: Replacement): Part =>
  (together) =>
    database.replace(replacement, together);

async function carryOut(parts: readonly Part[]): Promise<void> {
  const together = new CommitTogether(parts.length);
  const done = parts.map((part) =>
    part(together).catch((error: unknown) => {
      together.fail(error);
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(done)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** Everything that the file has, in place of what there is; what it does not have stays. The settings are not among it: their own store is asked by whoever calls. */
export function importState(stores: Stores, state: State, now: number): Promise<void> {
  const { entries, budgets, reports, events, keyPair } = state;
  const parts: Part[] = [];
  if (entries) parts.push(replaceEntries(stores, replacementOf(entries, true, now)));
  if (budgets?.selectURL) parts.push(replaceBits(stores, budgets.selectURL));
  if (reports || budgets?.privateAggregation || keyPair) parts.push(replaceReports(stores, state));
  if (events) parts.push(replaceEvents(stores, events));
  return carryOut(parts);
}

/** Only the entries of the data origins that the file has entries of. */
export function loadFixture(stores: Pick<Stores, 'database'>, { entries = {} }: State, now: number): Promise<void> {
  const replacement = replacementOf(entries, false, now);
  return carryOut([(together) => stores.database.replace(replacement, together)]);
}
