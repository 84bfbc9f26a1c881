/** What differs between a recording and what came of it when it was replayed. */

import type { ReadEvent } from '../../protocol/logged-event';

export interface Difference {
  readonly recorded: ReadEvent;
  /** As JSON, or the reason of a refusal; null for the second where the log says nothing of it. */
  readonly before: string;
  readonly after: string | null;
}

const outcomeOf = ({ result, refusal }: ReadEvent): string => refusal ?? JSON.stringify(result) ?? String(result);

/**
 * `replayed`: the events of the document that the calls were made in, in their order. `rejections`: with what the promise of each call was rejected, null
 * where it was not.
 */
export function differencesOf(
  recorded: readonly ReadEvent[],
  replayed: readonly ReadEvent[],
  rejections: readonly (string | null)[],
): Difference[] {
  const differences: Difference[] = [];
  let next = 0;
  for (const [index, event] of recorded.entries()) {
    const found = replayed.findIndex((other, place) => place >= next && other.method === event.method);
    const other = found < 0 ? undefined : replayed[found];
    if (other) next = found + 1;
    const before = outcomeOf(event);
    const after = other ? outcomeOf(other) : (rejections[index] ?? null);
    if (before !== after) differences.push({ recorded: event, before, after });
  }
  return differences;
}
