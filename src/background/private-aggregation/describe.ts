/** What the console of the operation's page and the event log say of a report: what native said, and what it hid. */

import { wordsOf } from '../../extension/words';
import type { ShownLine } from '../../protocol/console-lines';
import type { LoggedEvent } from '../../protocol/logged-event';
import type { OperationContributions } from '../../protocol/private-aggregation';
import type { HistogramContribution } from '../../spec/private-aggregation/contributions';
import { because, type Reason } from '../../spec/reason';
import { shorten } from '../../store/events/event-log';
import type { CreatedReport } from '../../store/private-aggregation/make-report';
import type { Outcome } from '../../store/private-aggregation/report-store';
import type { StoredReport } from '../../store/private-aggregation/schema';

/** How many contributions are written out. */
const SHOWN = 20;

const shown = (contributions: readonly HistogramContribution[]) =>
  contributions.slice(0, SHOWN).map(({ bucket, value, filteringId }) => ({
    bucket: String(bucket),
    value,
    ...(filteringId === 0n ? {} : { filteringId: String(filteringId) }),
  }));

type Created = Pick<CreatedReport, 'report' | 'refusal' | 'notes'>;

/** Values of the page are never part of the format string. */
export function consoleLinesOf({ operationName, reportingOrigin }: OperationContributions, created: Created): ShownLine[] {
  const prefix = `[private aggregation: ${operationName.replaceAll('%', '%%')}]`;
  const { report, refusal, notes } = created;
  const lines: ShownLine[] = [...notes, ...(refusal === null ? [] : [refusal])].map((reason) => ['warn', prefix, wordsOf(reason)]);
  if (!report) return lines;
  const { contributions, debugMode, reportId } = report;
  const what = contributions.length === 0 ? wordsOf(because('consoleNoContribution')) : shown(contributions);
  lines.push(['debug', prefix, wordsOf(because('consoleReport', reportId, reportingOrigin)), what]);
  if (!debugMode.enabled) lines.push(['debug', prefix, wordsOf(because('consoleNoDebugMode'))]);
  return lines;
}

type Event = Omit<LoggedEvent, 'duration' | 'scope'>;

export function eventOfOperation(operation: OperationContributions, { report, refusal, notes }: Created): Event {
  const { id, operationName, reportingOrigin, tabId, worklet, startTime, end, debugMode, config } = operation;
  const runId = Number(id.split(' ')[2]);
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
  const reasons = [...notes, ...(refusal === null ? [] : [refusal])];
  return {
    time: startTime,
    method: 'privateAggregation',
    documentId: worklet.documentId,
    tabId,
    dataOrigin: reportingOrigin,
    parameters: { workletId: worklet.workletId, runId, name: shorten(operationName), end, debugMode: debugMode.enabled, ...given },
    result: report ? { report: report.reportId, contributions: shown(report.contributions) } : null,
    refusal: reasons.length > 0 ? reasons.reduce((before, reason) => because('reasonAndReason', before, reason)) : null,
  };
}

function refusalOf(outcome: Outcome): Reason | null {
  if (outcome.sent) return null;
  const { reason, retry } = outcome;
  return retry === null ? reason : because('reasonSentAgain', reason, because('reasonMoment', retry));
}

export function eventOfDelivery({ report, operation, kind }: StoredReport, outcome: Outcome): Event {
  const { reportId: id, reportingOrigin } = report;
  return {
    time: Date.now(),
    method: kind === 'debug' ? 'debug report' : 'report',
    documentId: operation.documentId,
    tabId: operation.tabId,
    dataOrigin: reportingOrigin,
    parameters: { report: id, name: shorten(operation.name) },
    result: outcome.sent ? 'sent' : null,
    refusal: refusalOf(outcome),
  };
}
