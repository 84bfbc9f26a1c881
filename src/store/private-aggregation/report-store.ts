/** The reports: created from what operations contributed, claimed and settled by whoever sends them, kept to be looked at. */

import type { OperationContributions } from '../../protocol/private-aggregation';
import type { ReportDelay, SchedulingEnvironment } from '../../spec/private-aggregation/scheduling';
import type { Reason } from '../../spec/reason';
import type { AnnounceChange } from '../announce-change';
import { allOrNothing } from '../database-connection';
import { siteOf } from '../site';
import { Creation, purge } from './create-report';
import { type Due, dueReports } from './due-reports';
import { type CreatedReport, NOBODY_SENDS, REPORT_LIMITS, type ReportLimits, type Sending } from './make-report';
import {
  beginTransaction,
  beingSent,
  connectToReports,
  type ReportsConnection,
  type ReportTransaction,
  type StoredReport,
  withoutDue,
} from './schema';
import { Standings } from './standings';

/** How many reports are created before those that are too many are looked for. */
const PRUNING_INTERVAL = 100;

/** What became of an attempt; `retry`: when the next one is due, null for never. */
export type Outcome = { readonly sent: true } | { readonly sent: false; readonly reason: Reason; readonly retry: number | null };

/** What is sent of a report, and its cleartext. */
export type ReportContent = { readonly [Name in 'body' | 'plaintext']: NonNullable<StoredReport[Name]> };

export class ReportStore {
  readonly #environment: () => Promise<SchedulingEnvironment>;
  readonly #connection: ReportsConnection;
  readonly #limits: ReportLimits;
  readonly #standings = new Standings();
  /** Called when something has been written. */
  readonly #announce: AnnounceChange;
  #created = 0;

  /** The environment is asked for before each transaction, so that settings can be read live. */
  constructor(
    environment: () => Promise<SchedulingEnvironment>,
    connection: ReportsConnection = connectToReports(),
    announce: AnnounceChange = () => undefined,
    limits: ReportLimits = REPORT_LIMITS,
  ) {
    this.#announce = announce;
    this.#environment = environment;
    this.#connection = connection;
    this.#limits = limits;
  }

  /** Milliseconds since the Unix epoch, by the clock that reports go by. */
  async now(): Promise<number> {
    return (await this.#environment()).currentWallTime;
  }

  /** Resolves once the operation's report is stored, if there is one; to null where a repeated delivery changed nothing. */
  async create(operation: OperationContributions, sending: Sending = NOBODY_SENDS): Promise<CreatedReport | null> {
    const site = siteOf(operation.reportingOrigin) ?? operation.reportingOrigin;
    const creation = new Creation(operation, { site, limits: this.#limits, sending, standings: this.#standings });
    const failed = () => {
      this.#standings.forget();
      creation.failed();
    };
    try {
      await creation.makeAhead(await this.#environment());
      const created = await this.#write((transaction, environment) => creation.store(transaction, environment), failed);
      if (created.report) this.#created++;
      return created;
    } catch (error) {
      // There may have been no transaction.
      creation.failed();
      if (creation.isRepeated) return null;
      throw error;
    }
  }

  /** Prunes where many reports were created since the last time. */
  async tidy(): Promise<void> {
    if (this.#created < PRUNING_INTERVAL) return;
    this.#created = 0;
    await this.prune();
  }

  /** While others write into the database, as whoever imports a state does. */
  whileReplaced<Result>(replace: () => Promise<Result>): Promise<Result> {
    return this.#standings.whileReplaced(replace);
  }

  /** The reports that are due (due-reports.ts). */
  async due(maximum: number, others: ReadonlySet<string>): Promise<Due> {
    return dueReports(this.#connection, await this.now(), maximum, others);
  }

  get(key: string): Promise<StoredReport | undefined> {
    return this.#connection.use((connection) => connection.get('reports', key));
  }

  /**
   * Resolves once it is written down that the report is being sent, with this content; false where it is not to be sent any more. The write has
   * left this process then: a browser that is killed from now on knows of it.
   */
  claim(key: string, { body, plaintext }: ReportContent): Promise<boolean> {
    return this.#change(key, (report) => (report.state === 'pending' ? { ...beingSent(report), body, plaintext } : null));
  }

  /** Keeps what is sent of a report that was stored as being sent; false where it is not stored. */
  keepContent(key: string, { body, plaintext }: ReportContent): Promise<boolean> {
    return this.#change(key, (report) => ({ ...report, body, plaintext }));
  }

  /** `content`: where it was not kept before. */
  async settle(key: string, outcome: Outcome, content: Partial<ReportContent> = {}): Promise<void> {
    const now = await this.now();
    const { body, plaintext } = content;
    await this.#change(key, (stored) => {
      const report = { ...stored, body: body ?? stored.body, plaintext: plaintext ?? stored.plaintext };
      if (report.state !== 'sending' && report.state !== 'pending') return null;
      if (outcome.sent) return { ...withoutDue(report), state: 'sent', reason: null, settled: now };
      const { reason, retry } = outcome;
      // One that was never claimed could not be made ready.
      const attempts = report.attempts + (report.state === 'pending' ? 1 : 0);
      return retry === null
        ? { ...withoutDue(report), attempts, state: 'failed', reason, settled: now }
        : { ...report, attempts, state: 'pending', reason, due: retry };
    });
    // One more waits.
    if (!outcome.sent && outcome.retry !== null) this.#standings.forget();
  }

  /** Makes a report due that is not sent; false where there is none. */
  async sendNow(key: string): Promise<boolean> {
    const now = await this.now();
    this.#standings.forget();
    return this.#change(key, (report) =>
      report.state === 'pending' || report.state === 'failed' ? { ...report, state: 'pending', settled: null, due: now } : null,
    );
  }

  /** Makes the reports that were never tried due as the setting now says. */
  reschedule(delay: ReportDelay): Promise<void> {
    return this.#write(async (transaction, { currentWallTime }) => {
      const index = transaction.objectStore('reports').index('state');
      for (let cursor = await index.openCursor(IDBKeyRange.bound(['pending'], ['pending', []])); cursor; cursor = await cursor.continue()) {
        const report = cursor.value;
        if (report.attempts > 0 || report.kind === 'debug') continue;
        const due = delay === 'none' ? currentWallTime : report.nativeDue;
        await cursor.update(delay === 'manual' ? withoutDue(report) : { ...report, due });
      }
    });
  }

  /** Fails the reports of the origin that are not being sent yet; resolves to them. */
  failPending(reportingOrigin: string, reason: Reason): Promise<StoredReport[]> {
    return this.#write(async (transaction, { currentWallTime }) => {
      const reports = transaction.objectStore('reports');
      const pending = await reports.index('state').getAll(['pending', reportingOrigin]);
      for (const report of pending) await reports.put({ ...withoutDue(report), state: 'failed', reason, settled: currentWallTime });
      return pending;
    });
  }

  /** Fails the reports of which an earlier worker did not write down what became of them; resolves to them. */
  failInterrupted(isUnderWay: (key: string) => boolean, reason: Reason): Promise<StoredReport[]> {
    return this.#write(async (transaction, { currentWallTime }) => {
      const reports = transaction.objectStore('reports');
      const sending = await reports.index('state').getAll(IDBKeyRange.bound(['sending'], ['sending', []]));
      const interrupted = sending.filter(({ key }) => !isUnderWay(key));
      for (const report of interrupted) await reports.put({ ...report, state: 'failed', reason, settled: currentWallTime });
      return interrupted;
    });
  }

  /** Forgets the oldest reports that are not to be sent, and what no budget depends on any more. */
  prune(): Promise<void> {
    return this.#write(async (transaction, { currentWallTime }) => {
      await purge(transaction, currentWallTime);
      const reports = transaction.objectStore('reports');
      const isToBeSent = IDBKeyRange.bound(['pending'], ['pending', []]);
      const [all, pending] = await Promise.all([reports.count(), reports.index('state').count(isToBeSent)]);
      let surplus = all - pending - this.#limits.settled;
      for (let cursor = await reports.index('created').openCursor(); cursor && surplus > 0; cursor = await cursor.continue()) {
        const { state } = cursor.value;
        if (state === 'pending' || state === 'sending') continue;
        await cursor.delete();
        surplus--;
      }
    });
  }

  /** What it has spent of the budgets stays spent. One that is being sent right now may arrive all the same. */
  delete(key: string): Promise<void> {
    return this.#write((transaction) => transaction.objectStore('reports').delete(key));
  }

  /** "The user agent must expose controls that allow the user to delete data": reports, and what was contributed. */
  clear(): Promise<void> {
    return this.whileReplaced(() =>
      this.#write(async (transaction) => {
        await Promise.all([transaction.objectStore('reports').clear(), transaction.objectStore('spendings').clear()]);
      }),
    );
  }

  /** False where there is no such report, or `change` gives null. */
  #change(key: string, change: (report: StoredReport) => Omit<StoredReport, 'due'> | null): Promise<boolean> {
    return this.#write(async (transaction) => {
      const reports = transaction.objectStore('reports');
      const report = await reports.get(key);
      const changed = report && change(report);
      if (changed) await reports.put(changed);
      return Boolean(changed);
    });
  }

  /** Resolves, once the transaction is complete, to what the task came to in it. `failed`: called each time that it comes to nothing. */
  async #write<Result>(
    task: (transaction: ReportTransaction, environment: SchedulingEnvironment) => Promise<Result>,
    failed: () => void = () => undefined,
  ): Promise<Result> {
    const environment = await this.#environment();
    const result = await this.#connection.use(async (connection) => {
      const transaction = beginTransaction(connection);
      try {
        return await allOrNothing(transaction, () => task(transaction, environment));
      } catch (error) {
        failed();
        throw error;
      }
    });
    this.#announce({ topic: 'reports' });
    return result;
  }
}
