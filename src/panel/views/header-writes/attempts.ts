/** What the event log holds of a response that was to write, or of a request that was not let. */

import type { ReadEvent } from '../../../protocol/logged-event';
import { array, count, decode, nullable, object, optional, string } from '../../../protocol/schema';

const parameters = object({
  url: string,
  request: optional(object({ id: string, method: string, type: string })),
  status: optional(count),
  header: optional(nullable(string)),
  withLock: optional(nullable(string)),
  count: optional(count),
  items: optional(array(object({ item: string, text: optional(string), fate: string }))),
});

/** What the log says of an item that was applied. */
const WRITTEN = 'written';

export interface AttemptItem {
  readonly text: string;
  /** Why it was skipped; null where it was applied. */
  readonly problem: string | null;
}

export interface Attempt {
  readonly id: number;
  readonly time: number;
  readonly origin: string;
  readonly documentId: string | null;
  readonly url: string;
  /** Null where it was refused before it was made, and where an earlier version of the extension wrote the event. */
  readonly request: { readonly id: string; readonly method: string; readonly type: string } | null;
  readonly status: number | null;
  /** Shortened; null where the response had none, or never came. */
  readonly header: string | null;
  readonly withLock: string | null;
  /** Not all of them, where there are very many. */
  readonly items: readonly AttemptItem[];
  readonly left: number;
  readonly isWritten: boolean;
  /** Why nothing of it was written; null where something was. */
  readonly refusal: string | null;
}

/** Null for an event that says something else. */
export function attemptOf({ id, time, dataOrigin, documentId, parameters: given, result, refusal }: ReadEvent): Attempt | null {
  const decoded = decode(parameters, given);
  if (!decoded) return null;
  const { url, request = null, status = null, header = null, withLock = null, count: all = 0, items = [] } = decoded;
  const shown = items.map(({ item, text = item, fate }) => ({ text, problem: fate === WRITTEN ? null : fate }));
  const isWritten = result === true;
  const about = { id, time, origin: dataOrigin ?? '', documentId, url };
  return { ...about, request, status, header, withLock, items: shown, left: Math.max(0, all - shown.length), isWritten, refusal };
}
