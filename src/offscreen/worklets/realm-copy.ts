/** The copy of its data origin's entries that a worklet's realm has, where they are few: it answers reads from that. */

import type { EntriesCopy, ReadOfCopy } from '../../protocol/worklet-port';
import type { OrderedEntries } from '../../store/entries/known-entries';
import type { Copy } from '../../store/entries/reads';

/** How much a copy may have, about, in bytes, with 100 for each entry. */
export const MAXIMUM_COPY = 2 ** 17;

export class RealmCopy {
  #entries: OrderedEntries = [];
  /** The same by key, once somebody has asked. */
  #values: ReadonlyMap<string, string> | null = null;

  /** What the realm is sent so that it has this copy. */
  give({ entries, freshFor }: Copy): EntriesCopy {
    if (entries === this.#entries) return { entries: null, freshFor };
    this.#entries = entries;
    this.#values = null;
    return { entries: entries.flat(), freshFor };
  }

  /** What the realm has read. */
  resultOf({ method, key }: ReadOfCopy): unknown {
    if (method === 'entries') return this.#entries;
    if (method === 'length') return this.#entries.length;
    this.#values ??= new Map(this.#entries);
    return key === null ? undefined : this.#values.get(key);
  }
}
