/** Entries on their way into a worklet: in parts, so that the worklet has begun with the first before the last is sent. */

import type { OrderedEntries } from '../../store/entries/known-entries';

/** How many entries the first part has: an iteration may end with it. Each has twice as many as the one before, up to a limit. */
const FIRST = 128;
const MAXIMUM = 8192;

/** After so many code units a part is full. */
const MAXIMUM_LENGTH = 2 ** 20;

/** Sends all but the last part, which it resolves to: keys and values in turns. After a large one, other work of the thread has its turn. */
export async function sendInParts(entries: OrderedEntries, send: (part: readonly string[]) => void): Promise<readonly string[]> {
  let part: string[] = [];
  let length = 0;
  let room = FIRST;
  for (const [key, value] of entries) {
    if (room === part.length / 2 || length >= MAXIMUM_LENGTH) {
      send(part);
      if (room === MAXIMUM) await scheduler.yield();
      room = Math.min(MAXIMUM, room * 2);
      part = [];
      length = 0;
    }
    part.push(key, value);
    length += key.length + value.length;
  }
  return part;
}
