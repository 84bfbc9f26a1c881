/** A group of updates in one transaction. */

import { batchUpdateEntries, type DatabaseEnvironment, type WriteId } from '../spec/database';
import { MAXIMUM_VALUE_LENGTH, type ModifierMethod } from '../spec/modifier-methods';
import { AppliedWrites } from './applied-writes';
import { abort } from './open';
import type { Connection } from './schema';
import { BatchMap, TransactionMap, type WriteTransaction } from './transaction-map';

interface Batch {
  readonly dataOrigin: string;
  readonly methods: readonly ModifierMethod[];
}

/** What one update is to do, in its turn. */
type Work =
  | ({ readonly type: 'apply' } & Batch)
  | ({ readonly type: 'keep'; readonly withLock: string } & Batch)
  | { readonly type: 'apply what was kept'; readonly number: number };

export interface UpdateRequest {
  readonly work: Work;
  readonly id: WriteId | undefined;
}

/** What became of an update; the reason of a refusal is for the event log, pages never see it. */
export type UpdateOutcome = { readonly result: true | null } | { readonly result: false; readonly reason: string };

const DONE: UpdateOutcome = { result: true };
const TOO_EARLY: UpdateOutcome = { result: null };
const NOTHING_KEPT: UpdateOutcome = { result: false, reason: 'What waited for the lock has been cleared.' };

/** Resolves to the outcome of each once all are stored; rejects, with none of them stored, when the database fails. */
export async function commit(
  connection: Connection,
  environment: DatabaseEnvironment,
  group: readonly UpdateRequest[],
): Promise<UpdateOutcome[]> {
  const transaction = connection.transaction(['entries', 'lockedUpdates', 'origins', 'writes'], 'readwrite', { durability: 'relaxed' });
  try {
    const outcomes = await apply(group, transaction, environment);
    await transaction.done;
    return outcomes;
  } catch (reason) {
    abort(transaction);
    await transaction.done.catch(() => undefined);
    throw reason;
  }
}

async function apply(
  group: readonly UpdateRequest[],
  transaction: WriteTransaction,
  environment: DatabaseEnvironment,
): Promise<UpdateOutcome[]> {
  const applied = new AppliedWrites(transaction);
  const batches = await Promise.all(group.map(({ work }) => batchOf(work, transaction)));
  const maps = await openMaps(batches, transaction);
  const outcomes: UpdateOutcome[] = [];
  for (const [index, { work, id }] of group.entries()) {
    const verdict = id ? await applied.judge(id) : 'apply';
    const batch = batches[index];
    const map = batch && maps.get(batch.dataOrigin);
    // Of one that was applied before only the answer was lost; one that comes too early has overtaken its predecessor.
    if (verdict !== 'apply') outcomes.push(verdict === 'applied' ? DONE : TOO_EARLY);
    else if (work.type === 'keep') outcomes.push(await keep(work, transaction));
    else if (!batch || !map) outcomes.push(NOTHING_KEPT);
    else outcomes.push(await applyBatch(map, environment, batch.methods));
  }
  await Promise.all([...maps.values()].flatMap((map) => map.writeOut()).concat(applied.writeOut(environment.currentWallTime)));
  return outcomes;
}

/** What is to be applied now; what was kept is taken from where it was. */
async function batchOf(work: Work, transaction: WriteTransaction): Promise<Batch | null> {
  if (work.type === 'apply') return work;
  if (work.type === 'keep') return null;
  const kept = transaction.objectStore('lockedUpdates');
  const [update] = await Promise.all([kept.get(work.number), kept.delete(work.number)]);
  return update ?? null;
}

async function keep(
  { dataOrigin, methods, withLock }: Extract<Work, { type: 'keep' }>,
  transaction: WriteTransaction,
): Promise<UpdateOutcome> {
  await transaction.objectStore('lockedUpdates').add({ dataOrigin, methods, withLock });
  return DONE;
}

/** The map of each data origin of the batches, with what their methods are about. */
async function openMaps(batches: readonly (Batch | null)[], transaction: WriteTransaction): Promise<Map<string, TransactionMap>> {
  const keys = new Map<string, Set<string>>();
  for (const { dataOrigin, methods } of batches.filter((batch) => batch !== null)) {
    const own = keys.get(dataOrigin) ?? new Set();
    keys.set(dataOrigin, own);
    for (const method of methods) if (method.type !== 'clear') own.add(method.key);
  }
  const open = async ([dataOrigin, own]: [string, Set<string>]): Promise<[string, TransactionMap]> => {
    const map = await TransactionMap.open(transaction, dataOrigin);
    await map.prefetch(own);
    return [dataOrigin, map];
  };
  return new Map(await Promise.all(Array.from(keys, open)));
}

async function applyBatch(
  map: TransactionMap,
  environment: DatabaseEnvironment,
  methods: readonly ModifierMethod[],
): Promise<UpdateOutcome> {
  const batch = new BatchMap(map, environment);
  if (await batchUpdateEntries(batch, environment, methods)) {
    batch.commit();
    return DONE;
  }
  if (!batch.quotaExceeded) return { result: false, reason: `A value would be longer than ${MAXIMUM_VALUE_LENGTH} code units.` };
  // What has expired gives way.
  if (await map.evictExpired(environment)) return applyBatch(map, environment, methods);
  return { result: false, reason: `The data origin would have more than its quota of ${environment.quota} bytes.` };
}
