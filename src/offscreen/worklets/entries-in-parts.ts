/** Entries on their way into a worklet: in parts, so that the worklet has begun with the first before the last is sent. */

import type { OrderedEntries } from '../../store/entries/known-entries';

/** How many entries the first part has: an iteration may end with it. Each has twice as many as the one before, up to a limit. */
const FIRST = 128;
const MAXIMUM = 8192;

/** After so many code units a part is full. */
const MAXIMUM_LENGTH = 2 ** 20;

type Send = (part: readonly string[]) => void;

/** Keys and values in turns. */
function* inParts(entries: OrderedEntries, first: number): Generator<string[]> {
  let part: string[] = [];
  let length = 0;
  let room = first;
  for (const [key, value] of entries) {
    if (room === part.length / 2 || length >= MAXIMUM_LENGTH) {
      yield part;
      room = Math.min(MAXIMUM, room * 2);
      part = [];
      length = 0;
    }
    part.push(key, value);
    length += key.length + value.length;
  }
  yield part;
}

/** Sends what has been read, while more of them is. */
export function sendAhead(entries: OrderedEntries, send: Send): void {
  for (const part of inParts(entries, MAXIMUM)) send(part);
}

/** Sends all but the last part, which it resolves to. After a large one, other work of the thread has its turn. */
export async function sendInParts(entries: OrderedEntries, send: Send): Promise<readonly string[]> {
  let last: readonly string[] = [];
  let isFirst = true;
  for (const part of inParts(entries, FIRST)) {
    if (!isFirst) send(last);
    isFirst = false;
    if (last.length / 2 === MAXIMUM) await scheduler.yield();
    last = part;
  }
  return last;
}
