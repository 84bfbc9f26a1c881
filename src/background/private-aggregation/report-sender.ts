/**
 * Sends reports when they are due.
 *
 * What is under way is written down before anything is sent, or told to whoever would hand it over again. So a report is sent once where each attempt's
 * end is known, and at most once where it is not: where the browser, or this worker, was stopped in the middle of an attempt, and where nobody answered in time.
 */

import { because, type Reason, reasonOf } from '../../spec/reason';
import type { Sending } from '../../store/private-aggregation/make-report';
import type { Outcome, ReportContent, ReportStore } from '../../store/private-aggregation/report-store';
import type { StoredReport } from '../../store/private-aggregation/schema';
import { Serial } from '../../store/serial';
import { Lull } from './lull';
import type { PostResult } from './post-report';
import { type HandedOver, NothingSentError, type Prepare, TakenReport } from './taken-report';

/** How many requests there are at a time, to one reporting origin and in all. */
const MAXIMUM_OF_ORIGIN = 4;
const MAXIMUM = 100;

/** How long after an attempt that failed the next one follows, as natively; none follows the third. */
const RETRY_DELAYS = [5 * 60 * 1000, 15 * 60 * 1000] as const;

/** How long a report rests of which the disk takes nothing, in milliseconds: looked for at once, it would be found again. */
const PAUSE = 60_000;

/** How long everything else waits for a report that is sent at once, in milliseconds. */
const HEAD_START = 50;

/** How long a report that is sent at once is not stored yet, in milliseconds: the request and the database take the same processors. */
const LONGEST_AHEAD = 4;

const INTERRUPTED = because('reasonInterrupted');

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

interface UnderWay {
  /** Null once only what became of the report is to be stored. */
  origin: string | null;
}

export class ReportSender {
  readonly #store: ReportStore;
  readonly #ways: Ways;
  readonly #lookings = new Serial();
  readonly #lull = new Lull();
  /** The reporting origins of the reports that are being sent, by the reports' keys. */
  readonly #underWay = new Map<string, UnderWay>();
  /** Those that may have been sent, and could not be stored yet, by their keys. */
  readonly #unstored = new Map<string, TakenReport>();
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
   * meanwhile, where there is room for it; and it is sent. Resolves in a lull, once that was answered, or has a head start on this machine before
   * everything else.
   */
  async create<Created extends { readonly stored: readonly StoredReport[] }>(
    create: (sending: Sending) => Promise<Created | null>,
    { prepare, reportId, isBegun, known }: HandedOver,
  ): Promise<Created | null> {
    this.#lull.sign();
    const own: { taken: TakenReport | null } = { taken: null };
    const created = await create({
      reportId,
      take: (report) => {
        if (!prepare || own.taken || !this.#hasRoomFor(report)) return false;
        own.taken = new TakenReport(report, prepare, known);
        this.#start(report, own.taken);
        return true;
      },
      isBegun: () => isBegun || own.taken?.isBegun === true,
      ahead: known && (async () => void (await Promise.race([own.taken?.isAnswered, pause(LONGEST_AHEAD)]))),
      failed: () => {
        own.taken = this.#notStored(own.taken);
      },
    }).catch((error: unknown) => {
      if (this.#notStored(own.taken) || isBegun) throw error;
      throw new NothingSentError(String(error), { cause: error });
    });
    if (created && isBegun) this.#storedAfterAll(created.stored);
    if (created && own.taken) {
      own.taken.store();
      await Promise.race([own.taken.isAnswered, pause(HEAD_START)]);
    }
    await this.#lull.come();
    return created;
  }

  /** Null where its request has not begun, and so never will. */
  #notStored(taken: TakenReport | null): TakenReport | null {
    taken?.fail();
    if (!taken?.isBegun) return null;
    this.#unstored.set(taken.report.key, taken);
    return taken;
  }

  /** Of reports the first of which an earlier delivery has begun to send, or may have: what becomes of that is known here, or to nobody. */
  #storedAfterAll([first]: readonly StoredReport[]): void {
    if (first?.state !== 'sending') return;
    this.#unstored.get(first.key)?.store();
    if (this.#underWay.has(first.key)) return;
    this.#isResumed = false;
    void this.wake();
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
    const requests = [...this.#underWay.values()].map(({ origin }) => origin).filter((origin) => origin !== null);
    return requests.length < MAXIMUM && requests.filter((origin) => origin === reportingOrigin).length < MAXIMUM_OF_ORIGIN;
  }

  /** `taken`: where it is stored as being sent. */
  #start(report: StoredReport, taken?: TakenReport): void {
    const { key } = report;
    const underWay: UnderWay = { origin: report.report.reportingOrigin };
    this.#underWay.set(key, underWay);
    const rest = (error: unknown) => {
      console.error('report', error);
      return pause(PAUSE);
    };
    const delivery = this.#deliver(report, underWay, taken)
      .catch(rest)
      .finally(() => {
        // Another attempt to store it may have taken its place.
        if (this.#underWay.get(key) === underWay) this.#underWay.delete(key);
        if (this.#unstored.get(key) === taken) this.#unstored.delete(key);
        return this.wake();
      });
    this.#ways.keepAlive(delivery);
  }

  async #deliver(report: StoredReport, underWay: UnderWay, taken?: TakenReport): Promise<void> {
    const { outcome, content } = await this.#attempt(report, taken);
    if (!outcome) return;
    if (taken) {
      underWay.origin = null;
      this.#lull.sign();
      taken.answer();
      await this.#lull.come();
      if (!(await taken.isStored)) {
        // There is nothing that could be sent again.
        if (taken.isBegun) this.#ways.settled(report, outcome.sent ? outcome : { ...outcome, retry: null });
        return;
      }
    }
    await this.#store.settle(report.key, outcome, content);
    this.#ways.settled(report, outcome);
  }

  async #attempt(report: StoredReport, taken?: TakenReport): Promise<Attempted> {
    let content: ReportContent;
    try {
      content = await (taken ? taken.prepared : this.#ways.prepare(report));
    } catch (error) {
      return { outcome: await this.#failed(report, reasonOf(error)) };
    }
    const mayBegin = taken ? taken.begin() : this.#store.claim(report.key, content);
    if (!(await mayBegin)) return { outcome: null };
    const posted = this.#ways.post(report, content.body);
    // What was sent of one that is answered soon is stored with what became of it: the next report waits for one transaction less.
    const isLate = taken !== undefined && (await Promise.race([posted.then(() => false), pause(HEAD_START).then(() => true)]));
    const isKept = !taken || (isLate && (await this.#store.keepContent(report.key, content)));
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
