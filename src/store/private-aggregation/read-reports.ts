/** Reads the reports, for the pages that show them. */

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
