/** What a response writes is hidden from page scripts; that it matched tells of responses that nobody asked to write. */

import { EVERYTHING, type Rule } from './rule';

export const storageWriteResponses: readonly Rule[] = [
  {
    id: 1,
    condition: { responseHeaders: [{ header: 'shared-storage-write' }], resourceTypes: EVERYTHING },
    action: { type: 'modifyHeaders', responseHeaders: [{ header: 'Shared-Storage-Write', operation: 'remove' }] },
  },
];
