/** The database of Private Aggregation: what operations contributed. */

import type { DBSchema } from 'idb';
import type { OperationContributions } from '../../protocol/private-aggregation';
import { DatabaseConnection } from '../database-connection';

export interface ReportSchema extends DBSchema {
  /** By the operation's id. */
  operations: { key: string; value: OperationContributions };
}

export type ReportsConnection = DatabaseConnection<ReportSchema>;

export const connectToReports = (): ReportsConnection =>
  new DatabaseConnection({
    name: 'private-aggregation',
    version: 1,
    upgrade(database) {
      database.createObjectStore('operations', { keyPath: 'id' });
    },
  });
