/** The event log, all of it, in as many parts as it takes. */

import { ask } from '../../components/ask';
import type { ReadEvent } from '../../protocol/logged-event';
import { isCall } from './recorded-calls';

/** So many events are asked for at a time. */
const PART = 2000;

/** How long the log may take to have what was made again, in milliseconds, and how often it is looked at: so long for what never comes. */
const LONGEST_WAIT = 20_000;
const PERIOD = 100;

/** The events after one, or all of them where it is null; the newest first. */
export async function readLog(after: number | null): Promise<ReadEvent[]> {
  const all: ReadEvent[] = [];
  for (let before: number | null = null; ; ) {
    const events: ReadEvent[] = await ask('events.read', { limit: PART, before, after });
    all.push(...events);
    before = events.at(-1)?.id ?? null;
    if (events.length < PART || before === null) return all;
  }
}

/** The calls of a document after an event, once these are all, or there will be no more. */
export async function callsOf(
  documentId: string,
  after: number | null,
  areAll: (calls: readonly ReadEvent[]) => boolean,
): Promise<ReadEvent[]> {
  const deadline = performance.now() + LONGEST_WAIT;
  for (;;) {
    const read = (await readLog(after)).filter((event) => isCall(event) && event.documentId === documentId);
    const own = read.sort((a, b) => a.time - b.time || a.id - b.id);
    if (areAll(own) || performance.now() > deadline) return own;
    await new Promise((resolve) => setTimeout(resolve, PERIOD));
  }
}

/** The newest event's number; null where there is none. */
export async function newestOf(): Promise<number | null> {
  const [newest] = await ask('events.read', { limit: 1, before: null, after: null });
  return newest?.id ?? null;
}
