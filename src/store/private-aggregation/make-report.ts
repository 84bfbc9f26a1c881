/** From what an operation left to its report, and the duplicate of debug mode, as they are to be stored. */

import type { OperationContributions } from '../../protocol/private-aggregation';
import type { AggregatableReport, ReportKind } from '../../spec/private-aggregation/aggregatable-report';
import { remainingBudget } from '../../spec/private-aggregation/budget';
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
import { beingSent, reportKey, type StoredReport } from './schema';
import { type SpendingRecord, type Standing, type Standings, spendingsOf } from './standings';

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
  identity: Pick<AggregatableReport, 'reportId' | 'originalReportTime'>,
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
  /** What the report is sent under; null for any. */
  readonly reportId: string | null;
  /** Whether the report, which is due, is sent as soon as it is stored, or sooner. It is stored as one that is being sent, then. */
  take(report: StoredReport): boolean;
  /** Whether the request may have begun: what it sends is stored as being sent, and not taken. */
  isBegun(): boolean;
  /** Resolves when what it has taken has been sent, or need not be stored after that; null where it begins nothing before it is stored. */
  readonly ahead: (() => Promise<void>) | null;
  /** Nothing was stored. A request that has not begun by now does not begin. */
  failed(): void;
}

export const NOBODY_SENDS: Sending = {
  reportId: null,
  take: () => false,
  isBegun: () => false,
  ahead: null,
  failed: () => undefined,
};

const asTaken = (report: StoredReport, currentWallTime: number, sending: Sending): StoredReport =>
  report.due !== undefined && report.due <= currentWallTime && sending.take(report) ? beingSent(report) : report;

/** How a report is made. */
export interface Making {
  readonly site: string;
  readonly limits: ReportLimits;
  readonly sending: Sending;
  readonly standings: Standings;
}

/** Null where it has to be read: near a limit, what is known may be too much. */
export function knownStanding({ standings, site, limits }: Making, reportingOrigin: string): Standing | null {
  const known = standings.known(site, reportingOrigin);
  if (!known || known.pendingOfSite >= limits.pendingOfSite / 2) return null;
  return (known.pendingOf.get(reportingOrigin) ?? 0) < limits.pending / 2 ? known : null;
}

/** What is to be written of what an operation has left. */
export function makeReport(
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
  const reportId = sending.reportId ?? crypto.randomUUID();
  const report = obtainAnAggregatableReport(operation, made.contributions, { reportId, originalReportTime });
  const isBegun = sending.isBegun();
  // Natively the duplicate is there first.
  const kinds: readonly ReportKind[] = debugMode.enabled ? ['debug', 'live'] : ['live'];
  const stored = kinds
    .map((kind) => toStore(kind, operation, { report, site, notes, nativeDue }, environment))
    .map((one, index) => (isBegun && index === 0 ? beingSent(one) : asTaken(one, currentWallTime, sending)));
  return { ...made, report, stored, refusal: null, notes };
}

/** What it is charged; null for nothing. */
export function spendingOf({ report, spent: value }: CreatedReport, { site }: Making, time: number): SpendingRecord | null {
  return report && value > 0 ? { site, value, time } : null;
}
