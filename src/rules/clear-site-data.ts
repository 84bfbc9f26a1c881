/** That one matches is the event on which an origin's data is cleared (background/browser/clear-site-data.ts). */

import { EVERYTHING, type Rule } from './rule';

export const clearSiteData: readonly Rule[] = [
  {
    id: 1,
    condition: { responseHeaders: [{ header: 'clear-site-data', values: ['*"storage"*', '*"\\*"*'] }], resourceTypes: EVERYTHING },
    action: {
      type: 'modifyHeaders',
      responseHeaders: [{ header: 'shared-storage-lab-cleared', operation: 'set', value: '?1' }],
    },
  },
];
