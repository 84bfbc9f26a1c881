/** What the documents of a page did, by the event log. */

import { ask } from '../components/ask';
import type { ReadEvent } from '../protocol/logged-event';

export interface Usage {
  /** Events by who asked. */
  readonly counts: Readonly<Record<ReadEvent['scope'], number>>;
  /** Whether there is more than was looked at. */
  readonly isMore: boolean;
  /** The newest first. */
  readonly refusals: readonly ReadEvent[];
}

/** How many events are looked at, and how many refusals are shown. */
const LOOKED_AT = 2000;
const SHOWN = 5;

/** Of the documents that the tab shows now: not of those that were in it before. */
export async function usageOf(tabId: number): Promise<Usage> {
  const [frames, events] = await Promise.all([
    ask('page.frames', { tabId }),
    ask('events.read', { limit: LOOKED_AT, before: null, after: null }),
  ]);
  const documents = new Set<string | null>(frames.map(({ documentId }) => documentId));
  const own = events.filter((event) => event.tabId === tabId && documents.has(event.documentId));
  const counts = { window: 0, worklet: 0, header: 0, background: 0 };
  for (const { scope } of own) counts[scope]++;
  return { counts, isMore: events.length === LOOKED_AT, refusals: own.filter(({ refusal }) => refusal !== null).slice(0, SHOWN) };
}
