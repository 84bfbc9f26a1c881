/** A group of updates in one transaction. */

import { batchUpdateEntries, type DatabaseEnvironment } from '../../spec/database';
import { MAXIMUM_VALUE_LENGTH, type ModifierMethod, nameOfUpdate } from '../../spec/modifier-methods';
import type { KeyChange } from '../../spec/possibilities/key-handlers';
import { because, type Reason } from '../../spec/reason';
import { allOrNothing } from '../database-connection';
import type { Place } from './journal';
import { askedAt, BY_NOBODY, batchUpdateNoting, type Cause, changeNote } from './noted-changes';
import { type ChangeNote, type Connection, MAXIMUM_UPDATES } from './schema';
import { BatchMap, type Change, TransactionMap, type WriteTransaction } from './transaction-map';

/** An update that is to be applied. */
export interface UpdateRequest {
  readonly dataOrigin: string;
  readonly methods: readonly ModifierMethod[];
  /** Where the update is in the journal; null where it is not kept there. */
  readonly place: Place | null;
  /** The lock that it was granted. */
  readonly withLock: string | null;
  /** Where it is not by the extension itself. */
  readonly cause?: Cause | undefined;
}

/**
 * What became of an update; the reason of a refusal is for the event log, pages never see it. Null where there was nothing to do,
 * because it had been applied before.
 */
export type UpdateOutcome = { readonly result: true | null } | { readonly result: false; readonly reason: Reason };

/**
 * The database could not store an update that is in the journal, for this `error`. It is tried again: `later` resolves to what became of it in the
 * end, or never, where that is up to the next service worker.
 */
export interface Postponed {
  readonly error: unknown;
  readonly later: Promise<UpdateOutcome>;
}

/** What is told of an update that was to be applied. */
export type Applied = UpdateOutcome | Postponed;

const DONE: UpdateOutcome = { result: true };
const APPLIED_BEFORE: UpdateOutcome = { result: null };
/** Of an update whose data origin was cleared after it had been kept. */
export const CLEARED_AWAY: UpdateOutcome = { result: false, reason: because('reasonClearedAway') };

/** What a group of updates came to. */
export interface Committed {
  readonly outcomes: readonly UpdateOutcome[];
  readonly changes: readonly Change[];
  /** Whether something was noted for handlers. */
  readonly isNoted: boolean;
}

/**
 * Resolves to the outcome of each, and what that has changed, once all are stored; rejects, with none of them stored, when the database fails. The updates `givenUp` are
 * marked as applied, and are not.
 */
export async function commit(
  connection: Connection,
  environment: DatabaseEnvironment,
  group: readonly UpdateRequest[],
  givenUp: readonly UpdateRequest[],
  staleMarks: readonly number[],
): Promise<Committed> {
  const { watched } = environment;
  const isWatched = watched !== undefined && group.some(({ dataOrigin }) => watched.has(dataOrigin));
  const stores = ['entries', 'origins', 'applied', ...(isWatched ? (['changes'] as const) : [])] as const;
  const transaction: WriteTransaction = connection.transaction([...stores], 'readwrite', { durability: 'relaxed' });
  return allOrNothing(transaction, async () => {
    const { outcomes, changes, notes, requests } = await apply(group, givenUp, transaction, environment);
    for (const note of notes) requests.push(transaction.objectStore('changes').add(note));
    for (const number of staleMarks) requests.push(transaction.objectStore('applied').delete(number));
    // Not before the last answer, as it would be by itself.
    transaction.commit();
    await Promise.all(requests);
    return { outcomes, changes, isNoted: notes.length > 0 };
  });
}

/** The mark of a record whose updates are applied up to this one. Whoever finds that all are need not read the record. */
const markAfter = ({ index, count }: Place): number => (index + 1 === count ? MAXIMUM_UPDATES : index + 1);

async function apply(
  group: readonly UpdateRequest[],
  givenUp: readonly UpdateRequest[],
  transaction: WriteTransaction,
  environment: DatabaseEnvironment,
): Promise<Omit<Committed, 'isNoted'> & { readonly notes: readonly ChangeNote[]; readonly requests: Promise<unknown>[] }> {
  const marks = transaction.objectStore('applied');
  const placesOf = (requests: readonly UpdateRequest[]) => requests.flatMap(({ place }) => place ?? []);
  const numbers = new Set(placesOf([...givenUp, ...group]).map(({ number }) => number));
  const readMark = async (number: number): Promise<[number, number]> => [number, (await marks.get(number)) ?? 0];
  const [maps, ...read] = await Promise.all([openMaps(group, transaction, environment), ...Array.from(numbers, readMark)]);
  const applied = new Map(read);
  for (const place of placesOf(givenUp)) applied.set(place.number, Math.max(applied.get(place.number) ?? 0, markAfter(place)));
  const outcomes: UpdateOutcome[] = [];
  const notes: ChangeNote[] = [];
  for (const request of group) {
    const { dataOrigin, methods, place } = request;
    const count = place ? (applied.get(place.number) ?? 0) : 0;
    const map = maps.get(dataOrigin);
    if (count === Number.POSITIVE_INFINITY) outcomes.push(CLEARED_AWAY);
    else if (!map || (place && place.index < count)) outcomes.push(APPLIED_BEFORE);
    else {
      // An update takes effect when it was kept, however long ago that is.
      const currentWallTime = place?.wallTime ?? environment.currentWallTime;
      const quota = environment.isFull?.(dataOrigin) ? 0 : environment.quota;
      const note = (changed: readonly KeyChange[]) => notes.push(noteOf(request, changed));
      outcomes.push(await applyBatch(map, { ...environment, quota, currentWallTime }, methods, environment.watched?.get(dataOrigin), note));
      if (place) applied.set(place.number, markAfter(place));
    }
  }
  const changes = [...maps.values()].flatMap((map) => map.writeOut() ?? []);
  return { outcomes, changes, notes, requests: [...applied].map(([number, count]) => marks.put(count, number)) };
}

function noteOf({ dataOrigin, methods, place, withLock, cause = BY_NOBODY }: UpdateRequest, changes: readonly KeyChange[]): ChangeNote {
  return changeNote(dataOrigin, changes, cause, nameOfUpdate(methods), withLock === null && place ? askedAt(place) : null);
}

/** The map of each data origin of the updates, with what their methods are about. */
async function openMaps(
  group: readonly UpdateRequest[],
  transaction: WriteTransaction,
  { watched }: DatabaseEnvironment,
): Promise<Map<string, TransactionMap>> {
  const keys = new Map<string, Set<string>>();
  for (const { dataOrigin, methods } of group) {
    const own = keys.get(dataOrigin) ?? new Set();
    keys.set(dataOrigin, own);
    for (const method of methods) {
      if (method.type !== 'clear') own.add(method.key);
      else for (const key of watched?.get(dataOrigin) ?? []) own.add(key);
    }
  }
  const open = async ([dataOrigin, own]: [string, Set<string>]): Promise<[string, TransactionMap]> => {
    const map = await TransactionMap.open(transaction, dataOrigin);
    await map.prefetch(own);
    return [dataOrigin, map];
  };
  return new Map(await Promise.all(Array.from(keys, open)));
}

/** Notes the whole batch in the map, or nothing of it. `note` is told what has become of entries with the keys that are watched. */
export async function applyBatch(
  map: TransactionMap,
  environment: DatabaseEnvironment,
  methods: readonly ModifierMethod[],
  watched?: ReadonlySet<string>,
  note: (changes: readonly KeyChange[]) => void = () => undefined,
): Promise<UpdateOutcome> {
  const batch = new BatchMap(map, environment);
  const changes = watched ? await batchUpdateNoting(batch, environment, methods, watched) : [];
  if (changes && (watched || (await batchUpdateEntries(batch, environment, methods)))) {
    batch.commit();
    if (changes.length > 0) note(changes);
    return DONE;
  }
  if (!batch.quotaExceeded) return { result: false, reason: because('reasonValueTooLong', MAXIMUM_VALUE_LENGTH) };
  // What has expired gives way.
  if (await map.evictExpired(environment)) return applyBatch(map, environment, methods, watched, note);
  return { result: false, reason: because('reasonQuota', environment.quota) };
}
