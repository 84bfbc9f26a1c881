/** What the offscreen document asks for, and what its worklets log. */

import { wordsOf } from '../../extension/words';
import { decodeConsoleRequest, decodeDocumentId, decodeWindowUpdates } from '../../protocol/decoders';
import type { WindowUpdatesAnswer } from '../../protocol/entries-ahead';
import type { ConsoleRequest } from '../../protocol/messages';
import { type ShownLines, showInConsole } from '../browser/page-console';
import type { ArrivalOrder } from '../requests/arrival-order';
import { isOwnContext, type Sender } from '../requests/caller';
import type { WindowUpdates } from '../updates/window-updates';
import type { WorkletHost } from '../worklets/worklet-host';

interface Services {
  readonly updates: WindowUpdates;
  readonly order: ArrivalOrder;
  readonly workletHost: WorkletHost;
}

const isOwn = (sender: Sender): boolean => isOwnContext(sender, chrome.runtime.id, self.origin);

/** True once it is done: an answer that got lost is undefined, and then the offscreen document asks again. */
const done = async (settled: Promise<unknown>): Promise<true> => {
  await settled;
  return true;
};

/** The lines, and the reason as the last of them. */
const inWords = ({ reason, ...request }: ConsoleRequest): ShownLines => ({
  ...request,
  lines: reason === undefined ? request.lines : [...request.lines, ['error', wordsOf(reason)]],
});

export function workletHostListeners({ updates, order, workletHost }: Services) {
  const untilSeen = async ({ dataOrigin, mayBeAhead }: { dataOrigin: string; mayBeAhead: boolean }): Promise<WindowUpdatesAnswer> => {
    const entries = mayBeAhead ? await updates.entriesAhead(dataOrigin) : null;
    if (entries && entries.length > 0) return entries;
    return done(updates.settledUnlessBlocked(dataOrigin));
  };

  return {
    /** Passes what a worklet logged on to the bridge of its document. */
    'console-relay'(message: unknown, sender: Sender): Promise<true> | undefined {
      const request = decodeConsoleRequest(message);
      return request && isOwn(sender) ? done(showInConsole(inWords(request))) : undefined;
    },

    'worklet-host'(_message: unknown, sender: Sender): undefined {
      if (isOwn(sender)) workletHost.hear();
    },

    'window-updates'(message: unknown, sender: Sender): Promise<WindowUpdatesAnswer> | undefined {
      const request = decodeWindowUpdates(message);
      return request && isOwn(sender) ? untilSeen(request) : undefined;
    },

    'arrival-order'(message: unknown, sender: Sender): Promise<true> | undefined {
      const documentId = decodeDocumentId(message);
      return documentId !== null && isOwn(sender) ? done(order.drained(documentId)) : undefined;
    },
  };
}
