/** Private Aggregation from what an operation contributed to the reports sent. https://patcg-individual-drafts.github.io/private-aggregation-api/ */

import type { LiveSettings } from '../../extension/live-settings';
import { schedulingEnvironment } from '../../extension/scheduling-environment';
import type { Settings } from '../../extension/settings';
import { simulationOf } from '../../extension/simulations';
import type { Begun, OperationContributions } from '../../protocol/private-aggregation';
import { DEFAULT_COORDINATOR } from '../../spec/private-aggregation/coordinators';
import type { ReportDelay } from '../../spec/private-aggregation/scheduling';
import { because, ReasonedError } from '../../spec/reason';
import type { AnnounceChange } from '../../store/announce-change';
import { localKey } from '../../store/private-aggregation/local-key';
import type { CreatedReport } from '../../store/private-aggregation/make-report';
import { ReportStore } from '../../store/private-aggregation/report-store';
import type { ReportsConnection } from '../../store/private-aggregation/schema';
import type { KeepAlive } from '../browser/keep-alive';
import { showInConsole } from '../browser/page-console';
import { refusalOf } from '../requests/access';
import type { Gate } from '../requests/gate';
import { consoleLinesOf, eventOfDelivery, eventOfOperation } from './describe';
import { postReport } from './post-report';
import { Preparation } from './prepare-report';
import { PublicKeys } from './public-keys';
import { ReportSender } from './report-sender';
import { WakeUp } from './wake-up';

/** As `fetch` does where no server answers. */
const DOWN = () => Promise.reject(new ReasonedError(because('reasonSimulatedDown')));

type Announce = (begun: Begun) => Promise<void>;

export class PrivateAggregation {
  readonly #settings: LiveSettings;
  readonly #gate: Gate;
  readonly #store: ReportStore;
  readonly #preparation: Preparation;
  readonly #sender: ReportSender;
  readonly #wakeUp: WakeUp;
  #delay: ReportDelay | null = null;

  constructor(settings: LiveSettings, gate: Gate, connection: ReportsConnection, keepAlive: KeepAlive, announceChange: AnnounceChange) {
    this.#settings = settings;
    this.#gate = gate;
    this.#preparation = new Preparation(new PublicKeys(settings, () => localKey(connection)));
    this.#store = new ReportStore(async () => schedulingEnvironment(await settings.get()), connection, announceChange);
    this.#wakeUp = new WakeUp(settings, () => this.resume());
    this.#sender = new ReportSender(this.#store, {
      prepare: (report) => this.#preparation.prepare(report),
      post: async ({ report: { reportingOrigin }, kind }, body) => {
        const { reportEndpointDown } = simulationOf((await settings.get()).simulations, reportingOrigin);
        return postReport(reportingOrigin, kind, body, reportEndpointDown ? DOWN : fetch);
      },
      settled: (report, outcome) => gate.note('report', eventOfDelivery(report, outcome)),
      wakeAt: (time) => this.#wakeUp.at(time),
      keepAlive: (settled) => keepAlive.until(settled),
    });
  }

  /**
   * Resolves once what the operation contributed is stored. A repeated delivery changes nothing. `announce`: resolves once whoever hands over knows
   * that a request may begin from then on; null where the same was delivered before, and may have been stored then.
   */
  async accept(operation: OperationContributions, begun: Begun | null = null, announce: Announce | null = null): Promise<void> {
    const settings = await this.#settings.get();
    const refused = refusalOf(settings, operation.reportingOrigin);
    if (refused) {
      this.#tell(operation, { report: null, refusal: because('reasonNoReport', refused.reason), notes: [] });
      return;
    }
    const prepare = await this.#preparation.atHand(operation.config.aggregationCoordinatorOrigin ?? DEFAULT_COORDINATOR);
    const reportId = begun?.reportId ?? crypto.randomUUID();
    const isDue = operation.debugMode.enabled || settings.privateAggregation.delay === 'none';
    // That takes as long as to make the report, and to encrypt it.
    const known = (prepare && isDue && announce?.({ reportId })) || null;
    // Where the port has closed, the report is sent once it is stored.
    known?.catch(() => undefined);
    const handedOver = { prepare, reportId, isBegun: begun !== null, known };
    const created = await this.#sender.create((sending) => this.#store.create(operation, sending), handedOver);
    if (!created) return;
    if (created.stored.some(({ state }) => state === 'pending')) this.#wakeUp.soon();
    this.#tell(operation, created);
    this.#sender.send(created.stored, await this.#store.now());
    await this.#store.tidy();
  }

  /** Sends what is due, after this worker's start as well. */
  resume(): void {
    this.#sender.wake().catch((error: unknown) => console.error('reports', error));
  }

  /** A change of the clock or of the delay counts for reports that wait. `before`: the settings that were changed, where an earlier worker had them. */
  async apply({ privateAggregation: { delay } }: Settings, before?: Settings): Promise<void> {
    const earlier = before?.privateAggregation.delay ?? this.#delay ?? delay;
    if (earlier !== delay) await this.#store.reschedule(delay);
    this.#delay = delay;
    this.resume();
  }

  /** Sends a report that is pending or failed; false where there is no such report. */
  async sendNow(key: string): Promise<boolean> {
    const isDue = await this.#store.sendNow(key);
    this.resume();
    return isDue;
  }

  /** Forgets a report, whatever became of it. */
  delete(key: string): Promise<void> {
    return this.#store.delete(key);
  }

  /** As natively, an origin that clears its data gets none of the reports that wait; what they have spent of the budgets stays spent. */
  async originCleared(reportingOrigin: string): Promise<void> {
    const reason = because('reasonDataCleared');
    for (const report of await this.#store.failPending(reportingOrigin, reason))
      this.#gate.note('report', eventOfDelivery(report, { sent: false, reason, retry: null }));
  }

  /** Forgets all reports, and what was spent of the budgets. */
  clear(): Promise<void> {
    return this.#store.clear();
  }

  /** While others write into the database of reports. */
  whileReplaced<Result>(replace: () => Promise<Result>): Promise<Result> {
    return this.#store.whileReplaced(replace);
  }

  purge(): Promise<void> {
    return this.#store.prune();
  }

  #tell(operation: OperationContributions, created: Pick<CreatedReport, 'report' | 'refusal' | 'notes'>): void {
    const lines = consoleLinesOf(operation, created);
    const { tabId, worklet } = operation;
    if (lines.length > 0) void showInConsole({ id: crypto.randomUUID(), tabId, documentId: worklet.documentId, lines });
    const { method, ...event } = eventOfOperation(operation, created);
    this.#gate.note(method, { ...event, scope: 'worklet', duration: Math.max(0, Date.now() - operation.startTime) });
  }
}
