/** From what an operation left to its report, and the duplicate of debug mode: in one transaction, so that budgets are exact. */

import type { OperationContributions } from '../../protocol/private-aggregation';
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
import { beingSent, type ReportSchema, type ReportTransaction, reportKey, type StoredReport } from './schema';

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
  originalReportTime: number,
): AggregatableReport {
  const { config, debugMode, reportingOrigin } = operation;
  return {
    reportId: crypto.randomUUID(),
    reportingOrigin,
    originalReportTime,
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

const MINUTE = 60 * 1000;

const newestSpending = (transaction: ReportTransaction, site: string) =>
  transaction.objectStore('spendings').index('site').openCursor(site, 'prev');

/** What a site spends within one minute is one record: so there are never many to be summed up. Its time is the last, and nothing is free too early. */
function spend(
  transaction: ReportTransaction,
  newest: Awaited<ReturnType<typeof newestSpending>>,
  spending: ReportSchema['spendings']['value'],
): Promise<unknown> {
  const { value = 0, time = 0 } = newest?.value ?? {};
  return !newest || Math.floor(time / MINUTE) !== Math.floor(spending.time / MINUTE)
    ? transaction.objectStore('spendings').add(spending)
    : newest.update({ ...spending, value: value + spending.value, time: Math.max(time, spending.time) });
}

/** Whether somebody sends the report, which is due, as soon as it is stored. It is stored as one that is being sent, then. */
export type Take = (report: StoredReport) => boolean;

const asTaken = (report: StoredReport, currentWallTime: number, take: Take): StoredReport =>
  report.due !== undefined && report.due <= currentWallTime && take(report) ? beingSent(report) : report;

/** Null for an operation that was handed over before. */
export async function createReport(
  transaction: ReportTransaction,
  environment: SchedulingEnvironment,
  operation: OperationContributions,
  { site, limits, take }: { readonly site: string; readonly limits: ReportLimits; readonly take: Take },
): Promise<CreatedReport | null> {
  const { id, reportingOrigin, contributions, config, end, debugMode } = operation;
  const { currentWallTime, budgets } = environment;
  const operations = transaction.objectStore('operations');
  const reports = transaction.objectStore('reports');
  const [known, spendings, newest, pendingOfOrigin, pendingOfSite] = await Promise.all([
    operations.getKey(id),
    transaction.objectStore('spendings').index('site').getAll(site),
    newestSpending(transaction, site),
    reports.index('state').count(['pending', reportingOrigin]),
    reports.index('site').count(['pending', site]),
    operations.put(currentWallTime, id),
  ]);
  if (known !== undefined) return null;
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
  if (pendingOfOrigin >= limits.pending || pendingOfSite >= limits.pendingOfSite)
    return { ...none, refusal: because('reasonNoReportPending') };
  const nativeDue = nativeTimeOf(operation, environment);
  const originalReportTime = environment.delay === 'native' ? nativeDue : currentWallTime;
  const report = obtainAnAggregatableReport(operation, made.contributions, originalReportTime);
  // Natively the duplicate is there first.
  const kinds: readonly ReportKind[] = debugMode.enabled ? ['debug', 'live'] : ['live'];
  const stored = kinds
    .map((kind) => toStore(kind, operation, { report, site, notes, nativeDue }, environment))
    .map((one) => asTaken(one, currentWallTime, take));
  const written: Promise<unknown>[] = stored.map((one) => reports.add(one));
  if (made.spent > 0) written.push(spend(transaction, newest, { site, value: made.spent, time: currentWallTime }));
  // Nothing follows these: the database need not wait for more.
  transaction.commit();
  await Promise.all(written);
  return { ...made, report, stored, refusal: null, notes };
}

/** Forgets what no budget and no repeated delivery depends on any more. */
export async function purge(transaction: ReportTransaction, currentWallTime: number): Promise<void> {
  const old = IDBKeyRange.upperBound(currentWallTime - LONG_WINDOW);
  const spendings = transaction.objectStore('spendings');
  for (const key of await spendings.index('time').getAllKeys(old)) await spendings.delete(key);
  const operations = transaction.objectStore('operations');
  for (const key of await operations.index('time').getAllKeys(old)) await operations.delete(key);
}
