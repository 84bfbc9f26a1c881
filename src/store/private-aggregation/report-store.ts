/** What operations contributed, kept until their reports are sent and beyond. */

import type { OperationContributions } from '../../protocol/private-aggregation';
import { connectToReports, type ReportsConnection } from './schema';

export class ReportStore {
  readonly #connection: ReportsConnection;

  constructor(connection: ReportsConnection = connectToReports()) {
    this.#connection = connection;
  }

  /** Resolves once the operation's contributions are stored; a repeated delivery changes nothing. */
  async keep(operation: OperationContributions): Promise<void> {
    await this.#connection.use((connection) => connection.put('operations', operation));
  }
}
