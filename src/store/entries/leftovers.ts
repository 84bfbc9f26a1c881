/** What is found in the journal by whoever has not kept it. */

import { type Connection, type JournalRecord, MAXIMUM_UPDATES } from './schema';

/** A record of another instance, of which `from` updates are applied. */
export interface Leftover {
  readonly number: number;
  readonly from: number;
  readonly record: JournalRecord;
}

/** `numbers`: of each of the records. `applied`: how many updates of a record are applied, by its number; none where it is not said. */
export const leftoversOf = (
  numbers: readonly number[],
  records: readonly JournalRecord[],
  applied?: ReadonlyMap<number, number>,
): Leftover[] =>
  records.map((record, index) => {
    const number = numbers[index] ?? 0;
    return { number, from: applied?.get(number) ?? 0, record };
  });

/** The ranges of those numbers that are wanted, in which none is that is not. */
function rangesOf(numbers: readonly number[], isWanted: (number: number) => boolean): IDBKeyRange[] {
  const ranges: IDBKeyRange[] = [];
  let first: number | undefined;
  for (const [index, number] of numbers.entries()) {
    if (isWanted(number)) first ??= number;
    const next = numbers[index + 1];
    if (first === undefined || (next !== undefined && isWanted(next))) continue;
    ranges.push(IDBKeyRange.bound(first, number));
    first = undefined;
  }
  return ranges;
}

/** All that is kept, by its numbers, with those records of which something may not be applied: most are there only because nothing has been kept since. */
export async function readLeftovers(connection: Connection): Promise<{ numbers: number[]; leftovers: Leftover[]; marked: number[] }> {
  const transaction = connection.transaction(['journal', 'applied']);
  const journal = transaction.objectStore('journal');
  const marks = transaction.objectStore('applied');
  const [numbers, marked, counts] = await Promise.all([journal.getAllKeys(), marks.getAllKeys(), marks.getAll()]);
  const applied = new Map(marked.map((number, index) => [number, counts[index] ?? 0]));
  const mayBeLeft = (number: number) => (applied.get(number) ?? 0) < MAXIMUM_UPDATES;
  const records = await Promise.all(rangesOf(numbers, mayBeLeft).map((range) => journal.getAll(range)));
  return { numbers, leftovers: leftoversOf(numbers.filter(mayBeLeft), records.flat(), applied), marked };
}
