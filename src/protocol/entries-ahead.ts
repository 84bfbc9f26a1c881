/** What windows have written and is kept in the journal, but not applied to the entries yet: what the service worker tells the offscreen document of it. */

import { isCount, isString } from './schema';

/** When it was written, in milliseconds since the Unix epoch, and the most that the key and its value have come to on the way there, as `sizeOfEntry` counts. */
export type EntryAhead = readonly [key: string, value: string, lastUpdated: number, most: number];

/** True where everything is applied, or these are to be seen ahead of what is stored. */
export type WindowUpdatesAnswer = true | readonly EntryAhead[];

/** By hand, for there may be very many. */
export function windowUpdatesAnswer(answer: unknown): WindowUpdatesAnswer | null {
  if (answer === true) return true;
  if (!Array.isArray(answer)) return null;
  for (const one of answer as unknown[]) {
    if (!Array.isArray(one) || one.length !== 4) return null;
    const [key, value, lastUpdated, most] = one as unknown[];
    if (!isString(key) || !isString(value) || typeof lastUpdated !== 'number' || !isCount(most)) return null;
  }
  return answer as EntryAhead[];
}
