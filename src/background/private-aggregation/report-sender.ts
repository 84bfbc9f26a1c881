/**
 * Sends reports when they are due.
 *
 * What is under way is written down before anything is sent. So a report is sent once where each attempt's end is known, and at most once where it
 * is not: where the browser, or this worker, was stopped in the middle of an attempt, and where nobody answered in time.
 */

import type { Outcome, ReportStore } from '../../store/private-aggregation/report-store';
import type { StoredReport } from '../../store/private-aggregation/schema';
import { Serial } from '../../store/serial';
import type { PostResult } from './post-report';

/** How many requests there are at a time, to one reporting origin and in all. */
const MAXIMUM_OF_ORIGIN = 4;
const MAXIMUM = 100;

/** How long after an attempt that failed the next one follows, as natively; none follows the third. */
const RETRY_DELAYS = [5 * 60 * 1000, 15 * 60 * 1000] as const;

/** How long a report rests of which the disk takes nothing, in milliseconds: looked for at once, it would be found again. */
const PAUSE = 60_000;

const INTERRUPTED = 'the browser or the extension was stopped while the report was being sent: it may have arrived, and is not sent again';

/** What is sent, and its cleartext. */
export interface PreparedReport {
  readonly body: string;
  readonly plaintext: Uint8Array;
}

interface Ways {
  /** Rejects with an error that says why the report cannot be sent now. */
  prepare(report: StoredReport): Promise<PreparedReport>;
  post(report: StoredReport, body: string): Promise<PostResult>;
  /** Called with what became of each attempt, once that is stored. */
  settled(report: StoredReport, outcome: Outcome): void;
  /** `wake()` is to be called at that time, in milliseconds since the Unix epoch; null for never. */
  wakeAt(time: number | null): void;
  /** What is not to be interrupted. */
  keepAlive(until: Promise<unknown>): void;
}

const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class ReportSender {
  readonly #store: ReportStore;
  readonly #ways: Ways;
  readonly #lookings = new Serial();
  /** The reporting origins of the reports that are being sent, by the reports' keys. */
  readonly #underWay = new Map<string, string>();
  #isResumed = false;

  constructor(store: ReportStore, ways: Ways) {
    this.#store = store;
    this.#ways = ways;
  }

  /** Sends what is due. Resolves once that is under way. */
  wake(): Promise<void> {
    const looking = this.#lookings.runNewest(() => this.#look());
    this.#ways.keepAlive(looking);
    return looking;
  }

  /** Sends reports that were just stored, as far as they are due and there is room: they need not be looked for. */
  send(reports: readonly StoredReport[], now: number): void {
    for (const report of reports) {
      // Somebody else may have looked for it meanwhile.
      if (this.#underWay.has(report.key)) continue;
      const { due = Number.POSITIVE_INFINITY } = report;
      if (due <= now && this.#hasRoomFor(report)) this.#start(report);
      else void this.wake();
    }
  }

  async #look(): Promise<void> {
    if (!this.#isResumed) await this.#failInterrupted();
    const { due, next } = await this.#store.due(MAXIMUM_OF_ORIGIN, new Set(this.#underWay.keys()));
    for (const key of due) {
      if (this.#underWay.size >= MAXIMUM) break;
      const report = await this.#store.get(key);
      if (report && !this.#underWay.has(key) && this.#hasRoomFor(report)) this.#start(report);
    }
    this.#ways.wakeAt(next);
  }

  /** What an earlier worker began to send. */
  async #failInterrupted(): Promise<void> {
    const interrupted = await this.#store.failInterrupted((key) => this.#underWay.has(key), INTERRUPTED);
    this.#isResumed = true;
    for (const report of interrupted) this.#ways.settled(report, { sent: false, reason: INTERRUPTED, retry: null });
  }

  #hasRoomFor({ report: { reportingOrigin } }: StoredReport): boolean {
    let count = 0;
    for (const other of this.#underWay.values()) if (other === reportingOrigin) count++;
    return count < MAXIMUM_OF_ORIGIN && this.#underWay.size < MAXIMUM;
  }

  #start(report: StoredReport): void {
    this.#underWay.set(report.key, report.report.reportingOrigin);
    const rest = (error: unknown) => {
      console.error('report', error);
      return new Promise<void>((resolve) => setTimeout(resolve, PAUSE));
    };
    const delivery = this.#deliver(report)
      .catch(rest)
      .finally(() => {
        this.#underWay.delete(report.key);
        return this.wake();
      });
    this.#ways.keepAlive(delivery);
  }

  async #deliver(report: StoredReport): Promise<void> {
    const outcome = await this.#attempt(report);
    if (!outcome) return;
    await this.#store.settle(report.key, outcome);
    this.#ways.settled(report, outcome);
  }

  /** Null where somebody has changed their mind meanwhile. */
  async #attempt(report: StoredReport): Promise<Outcome | null> {
    let prepared: PreparedReport;
    try {
      prepared = await this.#ways.prepare(report);
    } catch (error) {
      return this.#failed(report, explain(error));
    }
    if (!(await this.#store.claim(report.key, prepared.body, prepared.plaintext))) return null;
    const result = await this.#ways.post(report, prepared.body);
    if (result === 'accepted') return { sent: true };
    const { problem, isUnanswered } = result;
    return isUnanswered
      ? { sent: false, reason: `${problem}: it may have arrived, and is not sent again`, retry: null }
      : this.#failed(report, problem);
  }

  /** Native sends duplicates of debug mode once only, whatever becomes of them. */
  async #failed({ kind, attempts }: StoredReport, reason: string): Promise<Outcome> {
    const delay = kind === 'live' ? RETRY_DELAYS[attempts] : undefined;
    return { sent: false, reason, retry: delay === undefined ? null : (await this.#store.now()) + delay };
  }
}
