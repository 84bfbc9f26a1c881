/** What operations leave for Private Aggregation. */

import { decodeContributions, type OperationContributions } from '../../protocol/private-aggregation';
import type { ReportStore } from '../../store/private-aggregation/report-store';
import { isOwnContext, type Sender } from '../requests/caller';

export function privateAggregationListeners({ reports }: { readonly reports: ReportStore }) {
  /** Undefined where nothing could be stored: then it is asked again. */
  const keep = async (operation: OperationContributions): Promise<true | undefined> => {
    try {
      await reports.keep(operation);
      return true;
    } catch (error) {
      console.error('contributions', error);
      return undefined;
    }
  };

  return {
    /** For the offscreen document. */
    contributions(message: unknown, sender: Sender): Promise<true | undefined> | undefined {
      const operation = decodeContributions(message);
      return operation && isOwnContext(sender, chrome.runtime.id, self.origin) ? keep(operation) : undefined;
    },
  };
}
