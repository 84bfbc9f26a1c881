/** What a site's next report depends on besides its contributions: in memory once it has been read, so that a report that is sent at once waits for no read. */

import { LONG_WINDOW, type Spending } from '../../spec/private-aggregation/budget';
import { BoundedMap } from '../bounded-map';
import type { ReportSchema, ReportTransaction } from './schema';

/** How many sites are remembered, and of each how many origins. */
const MAXIMUM_SITES = 16;
const MAXIMUM_ORIGINS = 100;

/** How much is held back: of what is sent before it is stored, for a moment, or while the disk takes nothing. */
const MAXIMUM_HELD_BACK = 1000;

export type SpendingRecord = ReportSchema['spendings']['value'];

export interface Standing {
  /** What was spent before the newest record. */
  earlier: readonly Spending[];
  /** Null where there is none, or its key is not known yet: then it is among those. */
  newest: { readonly key: number; readonly record: SpendingRecord } | null;
  /** Reports that wait. These may have become fewer meanwhile, and never more. */
  pendingOfSite: number;
  /** The same, of the site's origins. */
  readonly pendingOf: Map<string, number>;
}

async function read(transaction: ReportTransaction, site: string, reportingOrigin: string): Promise<Standing> {
  const reports = transaction.objectStore('reports');
  const ofSite = transaction.objectStore('spendings').index('site');
  const [spendings, newest, pendingOfOrigin, pendingOfSite] = await Promise.all([
    ofSite.getAll(site),
    ofSite.openCursor(site, 'prev'),
    reports.index('state').count(['pending', reportingOrigin]),
    reports.index('site').count(['pending', site]),
  ]);
  return {
    // By their keys.
    earlier: spendings.slice(0, -1),
    newest: newest && { key: newest.primaryKey, record: newest.value },
    pendingOfSite,
    pendingOf: new Map([[reportingOrigin, pendingOfOrigin]]),
  };
}

export const spendingsOf = ({ earlier, newest }: Standing): readonly Spending[] => (newest ? [...earlier, newest.record] : earlier);

const MINUTE = 60 * 1000;

/** What a site spends within one minute is one record: so there are never many to be summed up. Its time is the last, and nothing is free too early. */
export async function spend(transaction: ReportTransaction, standing: Standing, spending: SpendingRecord): Promise<void> {
  const spendings = transaction.objectStore('spendings');
  const { newest } = standing;
  if (newest && Math.floor(newest.record.time / MINUTE) === Math.floor(spending.time / MINUTE)) {
    const { value, time } = newest.record;
    const record = { ...spending, value: value + spending.value, time: Math.max(time, spending.time) };
    standing.newest = { key: newest.key, record };
    await spendings.put(record, newest.key);
    return;
  }
  standing.earlier = [...spendingsOf(standing).filter(({ time }) => time > spending.time - LONG_WINDOW), spending];
  standing.newest = null;
  const key = await spendings.add(spending);
  // Whoever came before that has made a record as well.
  if (standing.newest !== null) return;
  standing.earlier = standing.earlier.filter((one) => one !== spending);
  standing.newest = { key, record: spending };
}

interface Asking {
  readonly transaction: ReportTransaction;
  readonly site: string;
  readonly reportingOrigin: string;
}

/**
 * Only one of these may make reports in a database. Transactions are carried out in the order in which they begin, so whoever asks in one that has
 * just begun, and before anything is waited for, is told of all reports that were made in those before it.
 */
export class Standings {
  readonly #known = new BoundedMap<string, Standing>(MAXIMUM_SITES);
  /** What was spent on reports that are being sent, or may have been, and are not stored, by the operation. */
  readonly #heldBack = new BoundedMap<string, SpendingRecord>(MAXIMUM_HELD_BACK);
  /** Counts what makes void whatever was being read. */
  #changes = 0;
  #replacements = 0;

  /** What is known of the origin's site; undefined where it has to be read. */
  known(site: string, reportingOrigin: string): Standing | undefined {
    const standing = this.#known.get(site);
    return standing?.pendingOf.has(reportingOrigin) ? standing : undefined;
  }

  /**
   * Reads it, and comes to what `use` does, which notes there what it adds. Until then nothing is known of the site: whatever makes a report meanwhile
   * reads as well, and what the last one has read counts.
   */
  async read<Result>({ transaction, site, reportingOrigin }: Asking, use: (standing: Standing) => Result): Promise<Result> {
    const others = this.#known.get(site)?.pendingOf;
    this.#known.delete(site);
    const own = ++this.#changes;
    const standing = await read(transaction, site, reportingOrigin);
    if (own !== this.#changes || this.#replacements > 0) return use(standing);
    if (others && others.size < MAXIMUM_ORIGINS)
      for (const [origin, count] of others) if (origin !== reportingOrigin) standing.pendingOf.set(origin, count);
    this.#known.set(site, standing);
    return use(standing);
  }

  /** Nobody else may spend it, until it is stored that this operation has. */
  holdBack(operationId: string, spending: SpendingRecord | null): void {
    if (spending) this.#heldBack.set(operationId, spending);
  }

  release(operationId: string): void {
    this.#heldBack.delete(operationId);
  }

  heldBack(site: string): SpendingRecord[] {
    return [...this.#heldBack.values()].filter((spending) => spending.site === site);
  }

  /** Call when more reports may wait than before, less may have been spent, or something that was to be stored was not. */
  forget(): void {
    this.#changes++;
    this.#known.clear();
  }

  /** While others write into the database. */
  async whileReplaced<Result>(replace: () => Promise<Result>): Promise<Result> {
    this.#replacements++;
    this.forget();
    this.#heldBack.clear();
    try {
      return await replace();
    } finally {
      this.#replacements--;
      this.forget();
    }
  }
}
