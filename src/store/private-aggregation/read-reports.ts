/** Reads the reports, for the pages that show them. */

import type { ReportsConnection, StoredReport } from './schema';

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
