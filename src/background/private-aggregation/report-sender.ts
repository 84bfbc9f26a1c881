/**
 * Sends reports when they are due.
 *
 * What is under way is written down before anything is sent. So a report is sent once where each attempt's end is known, and at most once where it
 * is not: where the browser, or this worker, was stopped in the middle of an attempt, and where nobody answered in time.
 */

import { because, type Reason, reasonOf } from '../../spec/reason';
import type { Take } from '../../store/private-aggregation/create-report';
import type { Outcome, ReportContent, ReportStore } from '../../store/private-aggregation/report-store';
import type { StoredReport } from '../../store/private-aggregation/schema';
import { Serial } from '../../store/serial';
import { Lull } from './lull';
import type { PostResult } from './post-report';

/** How many requests there are at a time, to one reporting origin and in all. */
const MAXIMUM_OF_ORIGIN = 4;
const MAXIMUM = 100;

/** How long after an attempt that failed the next one follows, as natively; none follows the third. */
const RETRY_DELAYS = [5 * 60 * 1000, 15 * 60 * 1000] as const;

/** How long a report rests of which the disk takes nothing, in milliseconds: looked for at once, it would be found again. */
const PAUSE = 60_000;

/** How long everything else waits for a report that is sent at once, in milliseconds. */
const HEAD_START = 50;

const INTERRUPTED = because('reasonInterrupted');

/** Rejects with an error that says why the report cannot be sent now. */
export type Prepare = (report: StoredReport) => Promise<ReportContent>;

/** What came of an attempt, and what was sent in it where that is not in the database yet; no outcome where somebody has changed their mind meanwhile. */
interface Attempted {
  readonly outcome: Outcome | null;
  readonly content?: ReportContent;
}

interface Ways {
  readonly prepare: Prepare;
  post(report: StoredReport, body: string): Promise<PostResult>;
  /** Called with what became of each attempt, once that is stored. */
  settled(report: StoredReport, outcome: Outcome): void;
  /** `wake()` is to be called at that time, in milliseconds since the Unix epoch; null for never. */
  wakeAt(time: number | null): void;
  /** What is not to be interrupted. */
  keepAlive(until: Promise<unknown>): void;
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** A report that is to be stored as being sent: as it was before, and what is sent. */
interface Taken {
  readonly report: StoredReport;
  readonly prepared: Promise<ReportContent>;
  /** Resolves once its request was answered, or there will be none. */
  readonly answer: Promise<void>;
  answered(): void;
}

export class ReportSender {
  readonly #store: ReportStore;
  readonly #ways: Ways;
  readonly #lookings = new Serial();
  readonly #lull = new Lull();
  /** The reporting origins of the reports that are being sent, by the reports' keys; null once only what became of one is to be stored. */
  readonly #underWay = new Map<string, string | null>();
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

  /**
   * Has reports stored, by `create`. The first that is due, the duplicate of debug mode where there is one, is stored as being sent and made ready
   * meanwhile, with `prepare`, where there is one, and room for it; and it is sent. Resolves in a lull, once that was answered, or has a head start on
   * this machine before everything else.
   */
  async create<Created extends { readonly stored: readonly StoredReport[] }>(
    create: (take: Take) => Promise<Created | null>,
    prepare: Prepare | null,
  ): Promise<Created | null> {
    this.#lull.sign();
    const taken = new Map<string, Taken>();
    const take: Take = (report) => {
      if (!prepare || taken.size > 0 || !this.#hasRoomFor(report)) return false;
      // The transaction has its requests before that.
      const prepared = Promise.resolve().then(() => prepare(report));
      // Whoever sends it hears of that.
      prepared.catch(() => undefined);
      let answered = () => {};
      const answer = new Promise<void>((resolve) => (answered = resolve));
      taken.set(report.key, { report, prepared, answer, answered });
      this.#underWay.set(report.key, report.report.reportingOrigin);
      return true;
    };
    try {
      const created = await create(take);
      for (const { key } of created?.stored ?? []) {
        const own = taken.get(key);
        taken.delete(key);
        if (!own) continue;
        this.#start(own.report, own);
        await Promise.race([own.answer, pause(HEAD_START)]);
      }
      await this.#lull.come();
      return created;
    } finally {
      // What was made in a transaction that came to nothing.
      for (const key of taken.keys()) this.#underWay.delete(key);
    }
  }

  /** Sends reports that were just stored, as far as they are due and there is room: they need not be looked for. */
  send(reports: readonly StoredReport[], now: number): void {
    for (const report of reports) {
      // Somebody else may have looked for it meanwhile.
      if (report.state !== 'pending' || this.#underWay.has(report.key)) continue;
      const { due = Number.POSITIVE_INFINITY } = report;
      if (due <= now && this.#hasRoomFor(report)) this.#start(report);
      else void this.wake();
    }
  }

  async #look(): Promise<void> {
    if (!this.#isResumed) await this.#failInterrupted();
    const { due, next } = await this.#store.due(MAXIMUM_OF_ORIGIN, new Set(this.#underWay.keys()));
    for (const key of due) {
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
    const requests = [...this.#underWay.values()].filter((origin) => origin !== null);
    return requests.length < MAXIMUM && requests.filter((origin) => origin === reportingOrigin).length < MAXIMUM_OF_ORIGIN;
  }

  /** `taken`: where it is stored as being sent. */
  #start(report: StoredReport, taken?: Taken): void {
    this.#underWay.set(report.key, report.report.reportingOrigin);
    const rest = (error: unknown) => {
      console.error('report', error);
      return pause(PAUSE);
    };
    const delivery = this.#deliver(report, taken)
      .catch(rest)
      .finally(() => {
        this.#underWay.delete(report.key);
        return this.wake();
      });
    this.#ways.keepAlive(delivery);
  }

  async #deliver(report: StoredReport, taken?: Taken): Promise<void> {
    const { outcome, content } = await this.#attempt(report, taken?.prepared);
    if (taken) {
      this.#underWay.set(report.key, null);
      this.#lull.sign();
      taken.answered();
      await this.#lull.come();
    }
    if (!outcome) return;
    await this.#store.settle(report.key, outcome, content);
    this.#ways.settled(report, outcome);
  }

  async #attempt(report: StoredReport, given?: Promise<ReportContent>): Promise<Attempted> {
    let content: ReportContent;
    try {
      content = await (given ?? this.#ways.prepare(report));
    } catch (error) {
      return { outcome: await this.#failed(report, reasonOf(error)) };
    }
    if (!given && !(await this.#store.claim(report.key, content))) return { outcome: null };
    const posted = this.#ways.post(report, content.body);
    // What was sent of one that is answered soon is stored with what became of it: the next report waits for one transaction less.
    const isKept = !given || (await Promise.race([posted.then(() => false), pause(HEAD_START).then(() => true)]));
    if (given && isKept) await this.#store.keepContent(report.key, content);
    const outcome = await this.#outcomeOf(report, await posted);
    return isKept ? { outcome } : { outcome, content };
  }

  async #outcomeOf(report: StoredReport, result: PostResult): Promise<Outcome> {
    if (result === 'accepted') return { sent: true };
    const { problem, isUnanswered } = result;
    return isUnanswered ? { sent: false, reason: because('reasonUnanswered', problem), retry: null } : this.#failed(report, problem);
  }

  /** Native sends duplicates of debug mode once only, whatever becomes of them. */
  async #failed({ kind, attempts }: StoredReport, reason: Reason): Promise<Outcome> {
    const delay = kind === 'live' ? RETRY_DELAYS[attempts] : undefined;
    return { sent: false, reason, retry: delay === undefined ? null : (await this.#store.now()) + delay };
  }
}
