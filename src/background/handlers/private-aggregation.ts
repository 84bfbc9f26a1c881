/** What operations leave for Private Aggregation. */

import { decodeContributions, decodeDelivery, type OperationContributions } from '../../protocol/private-aggregation';
import type { PrivateAggregation } from '../private-aggregation/private-aggregation';
import { NothingSentError } from '../private-aggregation/taken-report';
import { isOwnContext, type Sender } from '../requests/caller';

const isOwn = (sender: Sender): boolean => isOwnContext(sender, chrome.runtime.id, self.origin);

export function privateAggregationListeners({ privateAggregation }: { readonly privateAggregation: PrivateAggregation }) {
  /** Not true where nothing could be stored, and then it is asked again; false where nothing is sent either. */
  const accept = async (operation: OperationContributions, message: unknown, { tell }: Sender): Promise<boolean | undefined> => {
    const { isFirst, begun } = decodeDelivery(message);
    try {
      await privateAggregation.accept(operation, begun, (isFirst && tell) || null);
      return true;
    } catch (error) {
      console.error('contributions', error);
      return error instanceof NothingSentError ? false : undefined;
    }
  };

  return {
    /** For the offscreen document. */
    contributions(message: unknown, sender: Sender): Promise<boolean | undefined> | undefined {
      const operation = decodeContributions(message);
      return operation && isOwn(sender) ? accept(operation, message, sender) : undefined;
    },
  };
}
