/** What the message guard has seen, and what the map of agent clusters shows. */

import { decodeMapRequest } from '../../protocol/agent-cluster-map';
import { type Envelope, fail, succeed } from '../../protocol/envelope';
import { decodeSighting } from '../../protocol/isolation';
import type { Isolation } from '../isolation/isolation';
import { documentOf, isOwnContext, type Sender } from '../requests/caller';

interface Services {
  readonly isolation: Isolation;
}

export function isolationListeners({ isolation }: Services) {
  return {
    /** For our own content scripts: the message guard is in insecure documents as well. */
    isolation(message: unknown, sender: Sender): Promise<string> | undefined {
      const sighting = decodeSighting(message);
      const document = documentOf(sender, chrome.runtime.id);
      return sighting && document ? Promise.resolve(isolation.report(sighting, document)) : undefined;
    },

    /** For the extension's own pages; undefined where anybody else asks. */
    'agent-cluster-map'(message: unknown, sender: Sender): Promise<Envelope> | undefined {
      const request = decodeMapRequest(message);
      if (!request || !isOwnContext(sender, chrome.runtime.id, self.origin)) return undefined;
      return isolation.mapOf(request.tabId).then(succeed, (error: unknown) => fail('UnknownError', String(error)));
    },
  };
}
