/** Takes the header off requests that a browser with an API of its own marks, while the setting `preferPolyfill` is true. */

import type { Rule } from './rule';

export const overNative: readonly Rule[] = [
  {
    id: 1,
    condition: {},
    action: { type: 'modifyHeaders', requestHeaders: [{ header: 'Sec-Shared-Storage-Writable', operation: 'remove' }] },
  },
];
