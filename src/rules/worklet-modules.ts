/** The request for a worklet's module, a fetch of the bridge, is known to the server by its destination, and has no referrer, whatever the page's policy. */

import { WORKLET_MODULE } from '../protocol/url-marks';
import type { Rule } from './rule';

export const workletModules: readonly Rule[] = [
  {
    id: 1,
    condition: { urlFilter: `|http*#*${WORKLET_MODULE}`, resourceTypes: ['xmlhttprequest'] },
    action: {
      type: 'modifyHeaders',
      requestHeaders: [
        { header: 'Sec-Fetch-Dest', operation: 'set', value: 'sharedstorageworklet' },
        { header: 'Referer', operation: 'remove' },
      ],
    },
  },
];
