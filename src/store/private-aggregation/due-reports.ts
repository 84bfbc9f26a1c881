/** Which reports are due, and when the next one is. */

import type { ReportsConnection } from './schema';

/** Their keys; `next`: null where none will be. */
export interface Due {
  readonly due: string[];
  readonly next: number | null;
}

/**
 * The reports that are due, no more than `maximum` of each reporting origin, and when the next one is. Those of `others` are looked over.
 * Where none is due, it takes one step, however many reports there are; otherwise one for each origin.
 */
export function dueReports(connection: ReportsConnection, now: number, maximum: number, others: ReadonlySet<string>): Promise<Due> {
  return connection.use(async (open) => {
    const { store } = open.transaction('reports');
    const soonest = await store.index('next').openKeyCursor();
    if (!soonest || soonest.key > now) return { due: [], next: soonest?.key ?? null };
    const index = store.index('due');
    const due: string[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (let cursor = await index.openKeyCursor(); cursor; ) {
      const [origin] = cursor.key;
      const keys = await index.getAllKeys(IDBKeyRange.bound([origin], [origin, now]), maximum + others.size);
      due.push(...keys.filter((key) => !others.has(key)).slice(0, maximum));
      // Where some are due already, whoever sends those asks again.
      const [first] = keys.length > 0 ? [] : [cursor.key[1]];
      next = Math.min(next, first ?? next);
      // Behind all of this origin's.
      cursor = await cursor.continue([origin, Number.POSITIVE_INFINITY]);
    }
    return { due, next: Number.isFinite(next) ? next : null };
  });
}
