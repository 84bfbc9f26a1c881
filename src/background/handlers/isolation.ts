/** What the message guard has seen. */

import { decodeSighting } from '../../protocol/isolation';
import type { Isolation } from '../isolation/isolation';
import { documentOf, type Sender } from '../requests/caller';

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
  };
}
