/**
 * Requests whose response may write to shared storage are known to the server by a header; one that is made once more looks like the first.
 * Where the page's policy denies some origins, session rules give the header to the others (background/header-writes/policy-marks.ts).
 */

import { ANY_ORIGIN, type Destination, filterOf, LEAVING, STORAGE_WRITE, storageWritePrefix, WAKING } from '../protocol/url-marks';
import type { Rule } from './rule';

/** Origins that are potentially trustworthy; of others no request gets the header. */
const TRUSTWORTHY = ['|https://*', '||localhost^*', '|http://127.0.0.1*'];

/** Above that of over-native.ts, which takes away what a native API asks for, and the same as that of background/browser/request-marks.ts. */
const PRIORITY = 2;

const writable = (origins: string, index: number): Rule => ({
  id: index + 1,
  priority: PRIORITY,
  condition: { urlFilter: `${origins}#*${storageWritePrefix(ANY_ORIGIN)}` },
  action: { type: 'modifyHeaders', requestHeaders: [{ header: 'Sec-Shared-Storage-Writable', operation: 'set', value: '?1' }] },
});

/** A fetch in place of an element's request. */
const disguised = (id: number, destination: Destination, headers: Readonly<Record<string, string>>): Rule => ({
  id,
  condition: { urlFilter: `|http*#*${destination}${STORAGE_WRITE}`, resourceTypes: ['xmlhttprequest'] },
  action: {
    type: 'modifyHeaders',
    requestHeaders: Object.entries(headers).map(([header, value]) => ({ header, operation: 'set', value })),
  },
});

export const storageWritable: readonly Rule[] = [
  ...TRUSTWORTHY.map(writable),
  disguised(4, 'image', {
    'Sec-Fetch-Dest': 'image',
    Accept: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
  }),
  disguised(5, 'iframe', {
    'Sec-Fetch-Dest': 'iframe',
    'Sec-Fetch-Mode': 'navigate',
    Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  }),
  { id: WAKING, condition: { urlFilter: filterOf(`${LEAVING}*`) }, action: { type: 'block' } },
];
