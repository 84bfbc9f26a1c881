/**
 * A report that is sent while it is stored as one that is being sent. Its request begins once it is encrypted, and either the report is stored or
 * whoever handed over what it is made of knows that it may have been sent: nobody sends it a second time, then.
 */

import type { Begun } from '../../protocol/private-aggregation';
import type { ReportContent } from '../../store/private-aggregation/report-store';
import type { StoredReport } from '../../store/private-aggregation/schema';

/** How long what became of a request waits for its report to be stored, where that has failed, in milliseconds. It is tried again for seconds. */
const LONGEST_WAIT = 60_000;

/** A promise, and what resolves it. */
function pending<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve };
}

export class TakenReport {
  /** As it was before. */
  readonly report: StoredReport;
  readonly prepared: Promise<ReportContent>;
  readonly #mayBegin = pending<void>();
  readonly #stored = pending<boolean>();
  readonly #answered = pending<void>();
  #state: 'waiting' | 'begun' | 'dropped' = 'waiting';

  /** `announce`: resolves once whoever handed over knows that the report may be sent from then on; null where that is not to be asked for. */
  constructor(
    report: StoredReport,
    prepare: (report: StoredReport) => Promise<ReportContent>,
    announce: ((begun: Begun) => Promise<void>) | null,
  ) {
    this.report = report;
    const { reportId, originalReportTime } = report.report;
    announce?.({ reportId, originalReportTime }).then(this.#mayBegin.resolve, () => undefined);
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

  get isDropped(): boolean {
    return this.#state === 'dropped';
  }

  get begun(): Begun | null {
    const { reportId, originalReportTime } = this.report.report;
    return this.#state === 'begun' ? { reportId, originalReportTime } : null;
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

  /** Resolves once its request was answered. */
  get isAnswered(): Promise<void> {
    return this.#answered.promise;
  }
}
