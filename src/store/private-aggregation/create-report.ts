/** Stores the report of an operation, and the duplicate of debug mode: in one transaction, so that budgets are exact. */

import type { OperationContributions } from '../../protocol/private-aggregation';
import { LONG_WINDOW } from '../../spec/private-aggregation/budget';
import type { SchedulingEnvironment } from '../../spec/private-aggregation/scheduling';
import { type CreatedReport, knownStanding, type Making, makeReport, spendingOf } from './make-report';
import type { ReportTransaction } from './schema';
import { type Standing, spend } from './standings';

/** A report that is being made, however often it is tried to store it. */
export class Creation {
  readonly #operation: OperationContributions;
  readonly #making: Making;
  #made: CreatedReport | null = null;
  #time = 0;
  /** The operation was handed over before. */
  isRepeated = false;

  constructor(operation: OperationContributions, making: Making) {
    this.#operation = operation;
    this.#making = making;
  }

  /**
   * Where a request may begin before its report is stored, and all that the report depends on is in memory: makes it, and has it sent, before anything
   * is asked of the database, which would hold up the request. Nobody else may spend what it spends until that is stored.
   */
  async makeAhead(environment: SchedulingEnvironment): Promise<void> {
    const { sending, standings } = this.#making;
    const standing = sending.ahead && knownStanding(this.#making, this.#operation.reportingOrigin);
    if (!sending.ahead || !standing) return;
    this.#time = environment.currentWallTime;
    this.#made = makeReport(environment, this.#operation, this.#making, standing);
    standings.holdBack(this.#operation.id, spendingOf(this.#made, this.#making, this.#time));
    await sending.ahead();
  }

  /** For an operation that was handed over before it rejects, `isRepeated` is set, and nothing is changed. */
  async store(transaction: ReportTransaction, environment: SchedulingEnvironment): Promise<CreatedReport> {
    const { id, reportingOrigin } = this.#operation;
    const { site, standings } = this.#making;
    const time = environment.currentWallTime;
    this.#time = time;
    const reports = transaction.objectStore('reports');
    const handedOver = transaction.objectStore('operations').add(time, id);
    handedOver.catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'ConstraintError') this.isRepeated = true;
    });
    const written: Promise<unknown>[] = [handedOver];
    const write = (standing: Standing): CreatedReport => {
      standings.release(id);
      this.#made ??= makeReport(environment, this.#operation, this.#making, standing);
      for (const one of this.#made.stored) written.push(reports.add(one));
      const waiting = this.#made.stored.filter(({ state }) => state === 'pending').length;
      standing.pendingOf.set(reportingOrigin, (standing.pendingOf.get(reportingOrigin) ?? 0) + waiting);
      standing.pendingOfSite += waiting;
      const spending = spendingOf(this.#made, this.#making, time);
      if (spending) written.push(spend(transaction, standing, spending));
      // Nothing follows these: the database need not wait for more.
      transaction.commit();
      return this.#made;
    };
    const known = knownStanding(this.#making, reportingOrigin);
    const created = known ? write(known) : await standings.read({ transaction, site, reportingOrigin }, write);
    await Promise.all(written);
    return created;
  }

  /** Nothing was stored. What may have been sent counts, whenever it is stored; otherwise it is made anew. */
  failed(): void {
    const { sending, standings } = this.#making;
    sending.failed();
    if (!sending.isBegun()) {
      this.#made = null;
      standings.release(this.#operation.id);
    } else if (this.#made && !this.isRepeated) standings.holdBack(this.#operation.id, spendingOf(this.#made, this.#making, this.#time));
  }
}

/** Forgets what no budget and no repeated delivery depends on any more. */
export async function purge(transaction: ReportTransaction, currentWallTime: number): Promise<void> {
  const old = IDBKeyRange.upperBound(currentWallTime - LONG_WINDOW);
  const spendings = transaction.objectStore('spendings');
  for (const key of await spendings.index('time').getAllKeys(old)) await spendings.delete(key);
  const operations = transaction.objectStore('operations');
  for (const key of await operations.index('time').getAllKeys(old)) await operations.delete(key);
}
