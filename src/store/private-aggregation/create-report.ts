/** From what an operation left to its report, and the duplicate of debug mode: in one transaction, so that budgets are exact. */

import type { Begun, OperationContributions } from '../../protocol/private-aggregation';
import type { AggregatableReport, ReportKind } from '../../spec/private-aggregation/aggregatable-report';
import { LONG_WINDOW, remainingBudget } from '../../spec/private-aggregation/budget';
import {
  DETERMINISTIC_OPERATION_TIMEOUT,
  determineTheMaxContributions,
  filteringIdMaxBytesOf,
  isSentDeterministically,
} from '../../spec/private-aggregation/contributions';
import { DEFAULT_COORDINATOR } from '../../spec/private-aggregation/coordinators';
import { contributionsOfReport, type ReportContributions } from '../../spec/private-aggregation/report-contributions';
import { obtainAReportDeliveryTime, type SchedulingEnvironment } from '../../spec/private-aggregation/scheduling';
import { because, becauseOf, type Reason } from '../../spec/reason';
import { shorten } from '../events/event-log';
import { beingSent, type ReportTransaction, reportKey, type StoredReport } from './schema';
import { type SpendingRecord, type Standing, type Standings, spend, spendingsOf } from './standings';

/** How many reports there may be, duplicates of debug mode counted. */
export interface ReportLimits {
  /** Pending ones of a reporting origin, and of all origins of a site: none takes room away from another site. */
  readonly pending: number;
  readonly pendingOfSite: number;
  /** Those that are kept to be looked at. */
  readonly settled: number;
}

export const REPORT_LIMITS: ReportLimits = { pending: 1000, pendingOfSite: 5000, settled: 2000 };

export interface CreatedReport extends ReportContributions {
  /** Null where there is none. */
  readonly report: AggregatableReport | null;
  /** It and its duplicate of debug mode, as they are stored. */
  readonly stored: readonly StoredReport[];
  /** Why there is none. */
  readonly refusal: Reason | null;
  /** What is not in it, and why. */
  readonly notes: readonly Reason[];
}

/** What an operation's developer would want to know, each in one sentence. */
function notesOf({ dropped }: OperationContributions, { truncated, overBudget }: ReportContributions, maximum: number): Reason[] {
  const notes: Reason[] = [];
  if (overBudget > 0) notes.push(becauseOf('reasonOverBudget', overBudget));
  if (truncated > 0) notes.push(becauseOf('reasonTruncated', truncated, maximum));
  if (dropped > 0) notes.push(becauseOf('reasonDropped', dropped));
  return notes;
}

function whyThereIsNone({ contributions }: OperationContributions, { overBudget }: ReportContributions): Reason {
  if (overBudget > 0) return because('reasonNoReportBudget');
  return because(contributions.length > 0 ? 'reasonNoReportEvents' : 'reasonNoReportContributions');
}

function nativeTimeOf({ config, startTime }: OperationContributions, environment: SchedulingEnvironment): number {
  const { currentWallTime, clockOffset, random } = environment;
  const timeout = isSentDeterministically(config) ? startTime + clockOffset + DETERMINISTIC_OPERATION_TIMEOUT : null;
  return obtainAReportDeliveryTime(currentWallTime, timeout, random);
}

/** https://patcg-individual-drafts.github.io/private-aggregation-api/#obtain-an-aggregatable-report */
function obtainAnAggregatableReport(
  operation: OperationContributions,
  contributions: NonNullable<ReportContributions['contributions']>,
  identity: Begun,
): AggregatableReport {
  const { config, debugMode, reportingOrigin } = operation;
  return {
    ...identity,
    reportingOrigin,
    contributions,
    debugMode,
    aggregationCoordinator: config.aggregationCoordinatorOrigin ?? DEFAULT_COORDINATOR,
    contextId: config.contextId,
    filteringIdMaxBytes: filteringIdMaxBytesOf(config),
    maxContributions: determineTheMaxContributions(config),
  };
}

function toStore(
  kind: ReportKind,
  { worklet, tabId, moduleURL, id, operationName: name, startTime }: OperationContributions,
  made: Pick<StoredReport, 'report' | 'site' | 'notes' | 'nativeDue'>,
  { currentWallTime, delay }: SchedulingEnvironment,
): StoredReport {
  const { report } = made;
  const due = kind === 'live' ? report.originalReportTime : currentWallTime;
  return {
    ...made,
    key: reportKey(report.reportId, kind),
    kind,
    // A page gives them any length, and as many reports as there is room for.
    operation: { id, ...worklet, tabId, moduleURL: shorten(moduleURL), name: shorten(name), startTime },
    created: currentWallTime,
    state: 'pending',
    ...(kind === 'live' && delay === 'manual' ? {} : { due }),
    attempts: 0,
    reason: null,
    settled: null,
    body: null,
    plaintext: null,
  };
}

/** Whoever sends the report of an operation while it is stored. */
export interface Sending {
  /** Whether the report, which is due, is sent as soon as it is stored, or sooner. It is stored as one that is being sent, then. */
  take(report: StoredReport): boolean;
  /** The request that may have been sent: what it sends is stored as being sent, and not taken. */
  begun(): Begun | null;
  /** Nothing was stored. A request that has not begun by now does not begin. */
  failed(): void;
}

export const NOBODY_SENDS: Sending = { take: () => false, begun: () => null, failed: () => undefined };

const asTaken = (report: StoredReport, currentWallTime: number, sending: Sending): StoredReport =>
  report.due !== undefined && report.due <= currentWallTime && sending.take(report) ? beingSent(report) : report;

interface Making {
  readonly site: string;
  readonly limits: ReportLimits;
  readonly sending: Sending;
  readonly standings: Standings;
  repeated(): void;
  /** Called with what is to be charged. */
  spent(spending: SpendingRecord): void;
}

/** Null where it has to be read: near a limit, what is known may be too much. */
function knownStanding({ standings, site, limits }: Making, reportingOrigin: string): Standing | null {
  const known = standings.known(site, reportingOrigin);
  if (!known || known.pendingOfSite >= limits.pendingOfSite / 2) return null;
  return (known.pendingOf.get(reportingOrigin) ?? 0) < limits.pending / 2 ? known : null;
}

/** What is to be written, and noted in the standing, of what an operation has left. */
function makeReport(
  environment: SchedulingEnvironment,
  operation: OperationContributions,
  making: Making,
  standing: Standing,
): CreatedReport {
  const { site, limits, sending, standings } = making;
  const { reportingOrigin, contributions, config, end, debugMode } = operation;
  const { currentWallTime, budgets } = environment;
  const pendingOfOrigin = standing.pendingOf.get(reportingOrigin) ?? 0;
  const spendings = [...spendingsOf(standing), ...standings.heldBack(site)];
  const made = contributionsOfReport(
    { contributions, config, isTimedOut: end === 'timed out' },
    {
      budget: environment.isExhausted?.(reportingOrigin) ? 0 : remainingBudget(spendings, budgets, currentWallTime),
      isPendingReportLimitReached: pendingOfOrigin === limits.pending - 1,
    },
  );
  const notes = notesOf(operation, made, determineTheMaxContributions(config));
  const none = { ...made, report: null, stored: [], notes };
  if (!made.contributions) return { ...none, refusal: whyThereIsNone(operation, made) };
  if (pendingOfOrigin >= limits.pending || standing.pendingOfSite >= limits.pendingOfSite)
    return { ...none, refusal: because('reasonNoReportPending') };
  const nativeDue = nativeTimeOf(operation, environment);
  const originalReportTime = environment.delay === 'native' ? nativeDue : currentWallTime;
  const begun = sending.begun();
  const report = obtainAnAggregatableReport(operation, made.contributions, begun ?? { reportId: crypto.randomUUID(), originalReportTime });
  // Natively the duplicate is there first.
  const kinds: readonly ReportKind[] = debugMode.enabled ? ['debug', 'live'] : ['live'];
  const stored = kinds
    .map((kind) => toStore(kind, operation, { report, site, notes, nativeDue }, environment))
    .map((one, index) => (begun && index === 0 ? beingSent(one) : asTaken(one, currentWallTime, sending)));
  const waiting = stored.filter(({ state }) => state === 'pending').length;
  standing.pendingOf.set(reportingOrigin, pendingOfOrigin + waiting);
  standing.pendingOfSite += waiting;
  return { ...made, report, stored, refusal: null, notes };
}

/** For an operation that was handed over before it rejects, after `repeated` was called, and nothing is changed. */
export async function createReport(
  transaction: ReportTransaction,
  environment: SchedulingEnvironment,
  operation: OperationContributions,
  making: Making,
): Promise<CreatedReport> {
  const { site, standings } = making;
  const { id, reportingOrigin } = operation;
  const time = environment.currentWallTime;
  const reports = transaction.objectStore('reports');
  const handedOver = transaction.objectStore('operations').add(time, id);
  handedOver.catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'ConstraintError') making.repeated();
  });
  const written: Promise<unknown>[] = [handedOver];
  const make = (standing: Standing): CreatedReport => {
    standings.release(id);
    const created = makeReport(environment, operation, making, standing);
    for (const one of created.stored) written.push(reports.add(one));
    if (created.report && created.spent > 0) {
      const spending = { site, value: created.spent, time };
      making.spent(spending);
      written.push(spend(transaction, standing, spending));
    }
    // Nothing follows these: the database need not wait for more.
    transaction.commit();
    return created;
  };
  const known = knownStanding(making, reportingOrigin);
  const created = known ? make(known) : await standings.read({ transaction, site, reportingOrigin }, make);
  await Promise.all(written);
  return created;
}

/** Forgets what no budget and no repeated delivery depends on any more. */
export async function purge(transaction: ReportTransaction, currentWallTime: number): Promise<void> {
  const old = IDBKeyRange.upperBound(currentWallTime - LONG_WINDOW);
  const spendings = transaction.objectStore('spendings');
  for (const key of await spendings.index('time').getAllKeys(old)) await spendings.delete(key);
  const operations = transaction.objectStore('operations');
  for (const key of await operations.index('time').getAllKeys(old)) await operations.delete(key);
}
