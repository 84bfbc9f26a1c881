/** Puts entries of data origins in place of what is stored for them. */

import { unwrap } from 'idb';
import { sizeOfEntry, type ValueStruct } from '../../spec/database';
import { isPlain } from '../../spec/key-order';
import type { CommitTogether } from '../commit-together';
import { clearIn } from './clear';
import { type Connection, changedRecord } from './schema';

/** The entries of each data origin, and whether those of all others go. */
export interface Replacement {
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, ValueStruct>>;
  readonly isAll: boolean;
}

/** Resolves once that is stored, with the transactions that it is stored `together` with. */
export async function replace(connection: Connection, { entries, isAll }: Replacement, together: CommitTogether): Promise<void> {
  const transaction = connection.transaction(['entries', 'origins', 'journal', 'applied'], 'readwrite', { durability: 'relaxed' });
  const store = transaction.objectStore('entries');
  const origins = transaction.objectStore('origins');
  const write = async () => {
    await clearIn(transaction, isAll ? null : [...entries.keys()]);
    let last: Promise<unknown> = Promise.resolve();
    for (const [dataOrigin, own] of entries) {
      if (own.size === 0) continue;
      let bytes = 0;
      let created = Number.POSITIVE_INFINITY;
      for (const [key, valueStruct] of own) {
        bytes += sizeOfEntry(key, valueStruct);
        created = Math.min(created, valueStruct.lastUpdated);
        // There may be many, and so there is no promise for each: where one fails, so does the transaction.
        unwrap(store).put(valueStruct, [dataOrigin, key]);
      }
      last = origins.put(changedRecord({ bytes, count: own.size }, { created, isPlain: [...own.keys()].every(isPlain) }), dataOrigin);
    }
    await last;
  };
  await together.write(transaction, write, () => origins.getKey(''));
}
