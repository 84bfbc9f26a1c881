/** Reads the reports, for the pages that show them. */

import { LONG_WINDOW, remainingBudget, SHORT_WINDOW } from '../../spec/private-aggregation/budget';
import type { SchedulingEnvironment } from '../../spec/private-aggregation/scheduling';
import { siteOf } from '../site';
import type { ReportState, ReportsConnection, StoredReport } from './schema';

export interface ReadReportsOptions {
  readonly limit: number;
}

/** The newest first. */
export function readReports(connection: ReportsConnection, { limit }: ReadReportsOptions): Promise<StoredReport[]> {
  return connection.use(async (open) => {
    const reports: StoredReport[] = [];
    let cursor = await open.transaction('reports').store.index('created').openCursor(null, 'prev');
    for (; cursor && reports.length < limit; cursor = await cursor.continue()) reports.push(cursor.value);
    return reports;
  });
}

export const countReports = (connection: ReportsConnection): Promise<number> => connection.use((open) => open.count('reports'));

/** The origins that have reports, in the order of their names. */
export function reportingOrigins(connection: ReportsConnection): Promise<string[]> {
  return connection.use(async (open) => {
    const origins = new Set<string>();
    let cursor = await open.transaction('reports').store.index('state').openKeyCursor(null, 'nextunique');
    for (; cursor; cursor = await cursor.continue()) origins.add(cursor.key[1]);
    return [...origins].sort();
  });
}

const STATES: readonly ReportState[] = ['pending', 'sending', 'sent', 'failed'];

/** The reports of an origin, without the duplicates of debug mode, whatever became of them. */
export function reportsOf(connection: ReportsConnection, reportingOrigin: string): Promise<StoredReport[]> {
  return connection.use(async (open) => {
    const index = open.transaction('reports').store.index('state');
    const reports = await Promise.all(STATES.map((state) => index.getAll([state, reportingOrigin])));
    return reports.flat().filter(({ kind }) => kind === 'live');
  });
}

/** What the origins of a reporting origin's site may still contribute, and when that changes. */
export interface ContributionBudget {
  readonly left: number;
  /** Where nothing is left: when something will be, in milliseconds since the Unix epoch by the clock of the settings; null for never. */
  readonly refill: number | null;
}

export async function readContributionBudget(
  connection: ReportsConnection,
  { budgets, currentWallTime }: SchedulingEnvironment,
  reportingOrigin: string,
): Promise<ContributionBudget> {
  const site = siteOf(reportingOrigin) ?? reportingOrigin;
  const spendings = await connection.use((open) => open.getAllFromIndex('spendings', 'site', site));
  const left = remainingBudget(spendings, budgets, currentWallTime);
  const ends = spendings.flatMap(({ time }) => [time + SHORT_WINDOW, time + LONG_WINDOW]).filter((time) => time > currentWallTime);
  const refill = ends.sort((a, b) => a - b).find((time) => remainingBudget(spendings, budgets, time) > 0);
  return { left, refill: left > 0 ? null : (refill ?? null) };
}
