/** Documents of fenced frames are asked for as such, have to agree to be in one, and keep their workers off other schemes. */

import { CROSS_SITE, FENCED_FRAME, filterOf, ISOLATED, SAME_SITE, URN_IFRAME } from '../protocol/url-marks';
import { DOCUMENTS, type Rule } from './rule';

const condition: Rule['condition'] = { urlFilter: filterOf(FENCED_FRAME), resourceTypes: ['sub_frame'] };

const FENCED_FRAME_SRC = 'fenced-frame-src ';
/** What allows URLs that the page does not know. */
const ALLOWING_ANYTHING = ['\\*', 'https:', 'https://\\*:\\*'].flatMap((source) =>
  ['', ';*', ' *', ',*'].map((end) => `*${FENCED_FRAME_SRC}${source}${end}`),
);

/** The response of a redirect agrees to nothing: what it leads to does. DEVIATION: so does a document whose response has the header all the same. */
const REDIRECT = { header: 'location' };

/** Blocks documents without the header, where the embedder asks for it. */
const requireHeader = (id: number, mark: string, header: string, values: string[]): Rule => ({
  id,
  condition: {
    urlFilter: filterOf(`${ISOLATED}${mark}${FENCED_FRAME}`),
    resourceTypes: ['sub_frame'],
    excludedResponseHeaders: [{ header, values }, REDIRECT],
  },
  action: { type: 'block' },
});

/** Marks documents in frames that agree to something, for src/injected/fenced-frames/opt-ins.ts. */
const markOptIn = (id: number, header: string, mark: string): Rule => ({
  id,
  condition: { resourceTypes: ['sub_frame'], responseHeaders: [{ header, values: ['true', '?1', '?1;*'] }] },
  action: { type: 'modifyHeaders', responseHeaders: [{ header: 'Server-Timing', operation: 'append', value: mark }] },
});

/** Documents in a fenced frame have none of their features, whatever the page may pass on. */
const CLIENT_HINTS = [
  ...['', '-mobile', '-platform', '-platform-version', '-arch', '-bitness', '-model', '-full-version', '-full-version-list', '-wow64'].map(
    (name) => `Sec-CH-UA${name}`,
  ),
  ...['UA-Form-Factors', 'Prefers-Color-Scheme', 'Prefers-Reduced-Motion', 'Prefers-Reduced-Transparency'].map((name) => `Sec-CH-${name}`),
  ...['Viewport-Width', 'Viewport-Height', 'Width', 'DPR', 'Device-Memory'].map((name) => `Sec-CH-${name}`),
  ...['Viewport-Width', 'Width', 'DPR', 'Device-Memory', 'RTT', 'Downlink', 'ECT'],
];

/** What keeps workers off other schemes. */
const WORKERS = 'worker-src http: https: blob:';
const EMBEDDER_POLICY = ['require-corp*', 'credentialless*'];

export const fencedFrames: readonly Rule[] = [
  {
    id: 1,
    condition,
    action: {
      type: 'modifyHeaders',
      requestHeaders: [
        { header: 'Sec-Fetch-Dest', operation: 'set', value: 'fencedframe' },
        // Nor does anybody learn that the page's user has just done something.
        { header: 'Sec-Fetch-User', operation: 'remove' },
        ...CLIENT_HINTS.map((header) => ({ header, operation: 'remove' }) as const),
      ],
    },
  },
  {
    id: 2,
    condition: { ...condition, excludedResponseHeaders: [{ header: 'supports-loading-mode', values: ['*fenced-frame*'] }, REDIRECT] },
    action: { type: 'block' },
  },
  {
    id: 3,
    condition,
    action: {
      type: 'modifyHeaders',
      responseHeaders: [{ header: 'Content-Security-Policy', operation: 'append', value: WORKERS }],
    },
  },
  {
    // Marks documents whose policy keeps opaque URLs out of their fenced frames, for src/page/fenced-frames/can-load.ts.
    id: 4,
    condition: {
      resourceTypes: DOCUMENTS,
      responseHeaders: [{ header: 'Content-Security-Policy', values: [`*${FENCED_FRAME_SRC}*`] }],
      excludedResponseHeaders: [{ header: 'Content-Security-Policy', values: ALLOWING_ANYTHING }],
    },
    action: {
      type: 'modifyHeaders',
      responseHeaders: [{ header: 'Server-Timing', operation: 'append', value: 'shared-storage-lab-fenced' }],
    },
  },
  requireHeader(5, '*', 'cross-origin-embedder-policy', EMBEDDER_POLICY),
  requireHeader(6, SAME_SITE, 'cross-origin-resource-policy', ['cross-origin', 'same-site']),
  requireHeader(7, CROSS_SITE, 'cross-origin-resource-policy', ['cross-origin']),
  markOptIn(8, 'Allow-Fenced-Frame-Automatic-Beacons', 'shared-storage-lab-beacons'),
  markOptIn(9, 'Allow-Cross-Origin-Event-Reporting', 'shared-storage-lab-reporting'),
  {
    // A form that is sent to an opaque URL does not say whose it is, but by the referrer.
    id: 10,
    condition: { urlFilter: filterOf(URN_IFRAME), resourceTypes: ['sub_frame'], requestMethods: ['post'] },
    action: { type: 'modifyHeaders', requestHeaders: [{ header: 'Origin', operation: 'remove' }] },
  },
];
