/** Documents of fenced frames are asked for as such, have to agree to be in one, and keep their workers off other schemes. */

import { FENCED_FRAME, filterOf } from '../protocol/url-marks';
import type { Rule } from './rule';

const condition: Rule['condition'] = { urlFilter: filterOf(FENCED_FRAME), resourceTypes: ['sub_frame'] };

export const fencedFrames: readonly Rule[] = [
  {
    id: 1,
    condition,
    action: { type: 'modifyHeaders', requestHeaders: [{ header: 'Sec-Fetch-Dest', operation: 'set', value: 'fencedframe' }] },
  },
  {
    id: 2,
    condition: { ...condition, excludedResponseHeaders: [{ header: 'supports-loading-mode', values: ['*fenced-frame*'] }] },
    action: { type: 'block' },
  },
  {
    id: 3,
    condition,
    action: {
      type: 'modifyHeaders',
      responseHeaders: [{ header: 'Content-Security-Policy', operation: 'append', value: 'worker-src http: https: blob:' }],
    },
  },
];
