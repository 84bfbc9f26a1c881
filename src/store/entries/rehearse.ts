/** What an update would come to: carried out as all are, in a transaction that is taken back. */

import { type DatabaseEnvironment, retrieveAnEntry } from '../../spec/database';
import type { ModifierMethod } from '../../spec/modifier-methods';
import { applyBatch, type UpdateOutcome } from './commit';
import type { Connection, Usage } from './schema';
import { TransactionMap } from './transaction-map';

/** What becomes of an entry; undefined where there is none. */
export interface RehearsedChange {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Rehearsal {
  readonly outcome: UpdateOutcome;
  /** Of the keys that the methods name, in their order. */
  readonly changes: readonly RehearsedChange[];
  /** Of the data origin. */
  readonly before: Usage;
  readonly after: Usage;
}

export async function rehearse(
  connection: Connection,
  environment: DatabaseEnvironment,
  dataOrigin: string,
  methods: readonly ModifierMethod[],
): Promise<Rehearsal> {
  const transaction = connection.transaction(['entries', 'origins', 'applied'], 'readwrite', { durability: 'relaxed' });
  // That it was taken back is no failure.
  const ended = transaction.done.catch(() => undefined);
  try {
    const map = await TransactionMap.open(transaction, dataOrigin);
    const keys = [...new Set(methods.flatMap((method) => (method.type === 'clear' ? [] : method.key)))];
    const read = (key: string) => retrieveAnEntry(map, environment, key);
    const [usage, values] = [map.usage, await Promise.all(keys.map(read))];
    const outcome = await applyBatch(map, environment, methods);
    const changed = await Promise.all(keys.map(read));
    const changes = keys.map((key, index) => ({ key, before: values[index], after: changed[index] }));
    return { outcome, changes, before: usage, after: map.usage };
  } finally {
    // Nothing is written before `writeOut()`; taken back, it could not be.
    transaction.abort();
    await ended;
  }
}
