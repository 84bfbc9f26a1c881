/** Marks documents in frames whose response headers agree to something; protocol/fence-marks.ts says to what. */

import { type Agreement, AUTOMATIC_BEACONS, CROSS_ORIGIN_REPORTING, FENCE_MARK } from '../protocol/fence-marks';
import type { Rule } from './rule';

const rule = (id: number, header: string, value: string, agreement: Agreement): Rule => ({
  id,
  // Also through a page's own service worker.
  condition: { resourceTypes: ['sub_frame', 'xmlhttprequest'], responseHeaders: [{ header, values: [value] }] },
  action: {
    type: 'modifyHeaders',
    responseHeaders: [{ header: 'Server-Timing', operation: 'append', value: `${FENCE_MARK};desc="${agreement}"` }],
  },
});

export const agreements: readonly Rule[] = [
  rule(1, 'allow-cross-origin-event-reporting', '?1', CROSS_ORIGIN_REPORTING),
  // DEVIATION: for the specification it is a structured header too; Chromium looks for this word.
  rule(2, 'allow-fenced-frame-automatic-beacons', 'true', AUTOMATIC_BEACONS),
];
