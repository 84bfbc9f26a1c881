/** What operations leave for Private Aggregation. */

import { decodeContributions, decodeDelivery, type OperationContributions } from '../../protocol/private-aggregation';
import type { PrivateAggregation } from '../private-aggregation/private-aggregation';
import { isOwnContext, type Sender } from '../requests/caller';

const isOwn = (sender: Sender): boolean => isOwnContext(sender, chrome.runtime.id, self.origin);

export function privateAggregationListeners({ privateAggregation }: { readonly privateAggregation: PrivateAggregation }) {
  /** Undefined where nothing could be stored: then it is asked again. */
  const accept = async (operation: OperationContributions, message: unknown, { tell }: Sender): Promise<true | undefined> => {
    const { isFirst, begun } = decodeDelivery(message);
    try {
      await privateAggregation.accept(operation, begun, (isFirst && tell) || null);
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
      return operation && isOwn(sender) ? accept(operation, message, sender) : undefined;
    },
  };
}
