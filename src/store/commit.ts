/** A group of updates in one transaction. */

import { batchUpdateEntries, type DatabaseEnvironment, type WriteId } from '../spec/database';
import { MAXIMUM_VALUE_LENGTH, type ModifierMethod } from '../spec/modifier-methods';
import { AppliedWrites } from './applied-writes';
import { abort } from './open';
import type { Connection } from './schema';
import { BatchMap, TransactionMap, type WriteTransaction } from './transaction-map';

export interface UpdateRequest {
  readonly dataOrigin: string;
  readonly methods: readonly ModifierMethod[];
  readonly id: WriteId | undefined;
}

/** What became of an update; the reason of a refusal is for the event log, pages never see it. */
export type UpdateOutcome = { readonly result: true } | { readonly result: false; readonly reason: string };

const DONE: UpdateOutcome = { result: true };

/** Resolves to the outcome of each once all are stored; rejects, with none of them stored, when the database fails. */
export async function commit(
  connection: Connection,
  environment: DatabaseEnvironment,
  group: readonly UpdateRequest[],
): Promise<UpdateOutcome[]> {
  const transaction = connection.transaction(['entries', 'origins', 'writes'], 'readwrite', { durability: 'relaxed' });
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
  const maps = await openMaps(group, transaction);
  const outcomes: UpdateOutcome[] = [];
  for (const { dataOrigin, methods, id } of group) {
    const map = maps.get(dataOrigin);
    // Of a repeated delivery only the answer was lost.
    if (!map || (id && (await applied.isRepetition(id)))) outcomes.push(DONE);
    else outcomes.push(await applyBatch(map, environment, methods));
  }
  await Promise.all([...maps.values()].flatMap((map) => map.writeOut()).concat(applied.writeOut(environment.currentWallTime)));
  return outcomes;
}

/** The map of each data origin of the group, with what the group's methods are about. */
async function openMaps(group: readonly UpdateRequest[], transaction: WriteTransaction): Promise<Map<string, TransactionMap>> {
  const keys = new Map<string, Set<string>>();
  for (const { dataOrigin, methods } of group) {
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
