/** The places in the journal that a group of updates gets: in as few records as their order allows. */

import type { ModifierMethod } from '../../spec/modifier-methods';
import { allOrNothing } from '../database-connection';
import type { Place, WindowUpdate } from './journal';
import type { JournalTransaction, KeptWrites, WriteId } from './kept-writes';
import type { Connection, JournalRecord } from './schema';

interface AskedFor {
  readonly update: WindowUpdate;
  readonly id: WriteId;
}

interface OpenRecord extends JournalRecord {
  readonly updates: (readonly ModifierMethod[])[];
}

interface NewPlace {
  readonly record: OpenRecord;
  readonly index: number;
}

/** For what was kept before, and for what was refused before something of its document that is kept. */
type NoPlace = null | 'refused';

export type Outcome = Place | NoPlace;

async function placesFor(
  writes: KeptWrites,
  time: number,
  group: readonly AskedFor[],
): Promise<{ records: OpenRecord[]; places: (NewPlace | NoPlace)[] }> {
  const records: OpenRecord[] = [];
  const places: (NewPlace | NoPlace)[] = [];
  for (const { update, id } of group) {
    const state = await writes.stateOf(id);
    if (state !== 'new') {
      places.push(state === 'kept' ? null : state);
      continue;
    }
    const record = recordFor(update, records, time);
    places.push({ record, index: record.updates.push(update.methods) - 1 });
  }
  return { records, places };
}

function withNumbers(places: readonly (NewPlace | NoPlace)[], records: readonly OpenRecord[], numbers: readonly number[]): Outcome[] {
  const numberOf = new Map(records.map((record, index) => [record, numbers[index] ?? 0]));
  return places.map((place) => {
    if (place === null || place === 'refused') return place;
    const { record, index } = place;
    return { number: numberOf.get(record) ?? 0, index, count: record.updates.length, wallTime: record.wallTime };
  });
}

/** The last record, where the update may join it, or a new one. */
function recordFor(update: WindowUpdate, records: OpenRecord[], now: number): OpenRecord {
  const { methods: _methods, ...asked } = update;
  const { dataOrigin, withLock, documentId } = asked;
  const last = records.at(-1);
  if (last && last.withLock === withLock && last.dataOrigin === dataOrigin && last.documentId === documentId) return last;
  const record: OpenRecord = { ...asked, updates: [], wallTime: withLock === null ? now : null };
  records.push(record);
  return record;
}

/** Resolves once all are stored; rejects, with none of them stored, when the database fails. */
export async function keepTogether(
  connection: Connection,
  time: number,
  group: readonly AskedFor[],
  complete: readonly number[],
  begin: (transaction: JournalTransaction) => KeptWrites,
): Promise<{ kept: Outcome[]; numbers: readonly number[]; writes: KeptWrites }> {
  const transaction = connection.transaction(['journal', 'writes'], 'readwrite', { durability: 'relaxed' });
  const writes = begin(transaction);
  return allOrNothing(transaction, async () => {
    const { records, places } = await placesFor(writes, time, group);
    const journal = transaction.objectStore('journal');
    const numbers = Promise.all(records.map((record) => journal.add(record)));
    const requests = [...writes.writeOut(time), ...complete.map((number) => journal.delete(number))];
    // Not before the last answer, as it would be by itself.
    transaction.commit();
    await Promise.all([numbers, ...requests]);
    return { kept: withNumbers(places, records, await numbers), numbers: await numbers, writes };
  });
}
