/** The reports of Private Aggregation, for the extension's own pages. */

import type { LiveSettings } from '../../../extension/live-settings';
import { schedulingEnvironment } from '../../../extension/scheduling-environment';
import { wordsOf } from '../../../extension/words';
import type { ReportsRequests, ShownReport } from '../../../protocol/extension-pages/reports';
import { obtainAReportingEndpoint, obtainAReportsSharedInfo } from '../../../spec/private-aggregation/aggregatable-report';
import type { EventLog, EventsConnection } from '../../../store/events/event-log';
import { localKey } from '../../../store/private-aggregation/local-key';
import {
  countReports,
  readContributionBudget,
  readReports,
  reportingOrigins,
  reportsOf,
} from '../../../store/private-aggregation/read-reports';
import type { ReportsConnection, StoredReport } from '../../../store/private-aggregation/schema';
import type { PrivateAggregation } from '../../private-aggregation/private-aggregation';
import { wordsOrNull } from './in-words';
import { readLoggedOperations } from './logged-operations';
import type { ExtensionPageHandlersOf } from './table';

interface Services {
  readonly settings: LiveSettings;
  readonly privateAggregation: PrivateAggregation;
  readonly reportsConnection: ReportsConnection;
  readonly events: EventsConnection;
  readonly log: EventLog;
}

/** So many reports at most are in one answer: a message has a limit. */
const MAXIMUM_READ = 2000;

function show({ key, kind, report, operation, plaintext, ...stored }: StoredReport): ShownReport {
  const { state, created, settled, attempts, reason, notes, body } = stored;
  const { name, moduleURL, tabId } = operation;
  const { reportingOrigin, contributions, originalReportTime, aggregationCoordinator, contextId, debugMode } = report;
  return {
    reason: wordsOrNull(reason),
    notes: notes.map(wordsOf),
    ...{ key, kind, state, created, settled, attempts, body, reportingOrigin, contributions, contextId },
    due: stored.due ?? null,
    url: obtainAReportingEndpoint(reportingOrigin, kind),
    reportTime: originalReportTime,
    sharedInfo: obtainAReportsSharedInfo(report),
    operation: { name, moduleURL, tabId },
    coordinator: aggregationCoordinator,
    isDebugged: debugMode.enabled,
    cleartext: plaintext,
  };
}

export function reportsHandlers(services: Services): ExtensionPageHandlersOf<keyof ReportsRequests> {
  const { settings, privateAggregation, reportsConnection, events, log } = services;
  return {
    'reports.read': async ({ limit }) => {
      const [reports, count, origins, current] = await Promise.all([
        readReports(reportsConnection, { limit: Math.min(limit, MAXIMUM_READ) }),
        countReports(reportsConnection),
        reportingOrigins(reportsConnection),
        settings.get(),
      ]);
      const environment = schedulingEnvironment(current);
      const budgetOf = async (origin: string) => [origin, await readContributionBudget(reportsConnection, environment, origin)] as const;
      const budgets = Object.fromEntries(await Promise.all(origins.map(budgetOf)));
      return { reports: reports.map(show), count, origins, budgets };
    },

    'reports.operations': ({ tabId, after }) => readLoggedOperations(log, events, tabId, after),
    'reports.batch': async ({ reportingOrigin }) => (await reportsOf(reportsConnection, reportingOrigin)).map(show),
    'reports.send': ({ key }) => privateAggregation.sendNow(key),

    'reports.delete': async ({ key }) => {
      await privateAggregation.delete(key);
      return null;
    },

    'reports.clear': async () => {
      await privateAggregation.clear();
      return null;
    },

    'reports.key': () => localKey(reportsConnection),
  };
}
