/**
 * A report that is sent while it is stored as one that is being sent. Its request begins once it is encrypted, and either the report is stored or
 * whoever handed over what it is made of knows that it may have been sent: nobody sends it a second time, then.
 */

import type { ReportContent } from '../../store/private-aggregation/report-store';
import type { StoredReport } from '../../store/private-aggregation/schema';

/** Rejects with an error that says why the report cannot be sent now. */
export type Prepare = (report: StoredReport) => Promise<ReportContent>;

/** How what is to be sent was handed over. */
export interface HandedOver {
  /** Makes a report ready for which nothing has to be asked first; null where that is not known. */
  readonly prepare: Prepare | null;
  /** What the report is sent under. */
  readonly reportId: string;
  /** An earlier delivery has begun to send it, or may have. */
  readonly isBegun: boolean;
  /**
   * Resolves once whoever has handed it over knows that the request may begin from then on; null where the same was delivered before, and may have
   * been stored then.
   */
  readonly known: Promise<void> | null;
}

/** Of what was handed over, nothing was stored and nothing is sent. */
export class NothingSentError extends Error {}

/** How long what became of a request waits for its report to be stored, where that has failed, in milliseconds. It is tried again for seconds. */
const LONGEST_WAIT = 60_000;

export class TakenReport {
  /** As it was before. */
  readonly report: StoredReport;
  readonly prepared: Promise<ReportContent>;
  readonly #mayBegin = Promise.withResolvers<void>();
  readonly #stored = Promise.withResolvers<boolean>();
  readonly #answered = Promise.withResolvers<void>();
  #state: 'waiting' | 'begun' | 'dropped' = 'waiting';

  /** `known`: resolves once whoever handed over knows that the report may be sent from then on; null where nobody has asked for that. */
  constructor(report: StoredReport, prepare: Prepare, known: Promise<void> | null) {
    this.report = report;
    known?.then(this.#mayBegin.resolve, () => undefined);
    // The transaction has its requests before that.
    this.prepared = Promise.resolve().then(() => prepare(report));
    // Whoever sends it hears of that.
    this.prepared.catch(() => undefined);
  }

  /** Resolves once the request may begin, and counts as begun, to true; to false where it never will. */
  async begin(): Promise<boolean> {
    await this.#mayBegin.promise;
    if (this.#state === 'dropped') return false;
    this.#state = 'begun';
    return true;
  }

  get isBegun(): boolean {
    return this.#state === 'begun';
  }

  /** Its transaction is complete, or that of a later delivery. */
  store(): void {
    this.#stored.resolve(true);
    this.#mayBegin.resolve();
  }

  /** Nothing was stored. A request that has not begun never will; of one that has, the report may be stored later. */
  fail(): void {
    if (this.#state === 'begun') {
      setTimeout(() => this.#stored.resolve(false), LONGEST_WAIT);
      return;
    }
    this.#state = 'dropped';
    this.#stored.resolve(false);
    this.#mayBegin.resolve();
  }

  /** Resolves once it is known whether the report is stored. */
  get isStored(): Promise<boolean> {
    return this.#stored.promise;
  }

  answer(): void {
    this.#answered.resolve();
  }

  /** Resolves once its request was answered, or could not be made ready. */
  get isAnswered(): Promise<void> {
    return this.#answered.promise;
  }
}
