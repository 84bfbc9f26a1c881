/** What differs between a recording and what came of it when it was replayed. */

import type { ReadEvent } from '../../protocol/logged-event';

export interface Difference {
  readonly recorded: ReadEvent;
  /** As JSON, or the reason of a refusal; null for the second where the log says nothing of it. */
  readonly before: string;
  readonly after: string | null;
}

const outcomeOf = ({ result, refusal }: ReadEvent): string => refusal ?? JSON.stringify(result) ?? String(result);

/** What was called, and with what, but for the numbers that its document has given. */
function callOf({ method, parameters }: ReadEvent): string {
  const { workletId: _worklet, runId: _run, ...given } = (parameters ?? {}) as Record<string, unknown>;
  return JSON.stringify([method, given]);
}

/** Takes the first of the events for each of the calls that has none, by what both are called. */
function pair(
  recorded: readonly ReadEvent[],
  replayed: Set<ReadEvent>,
  found: (ReadEvent | undefined)[],
  nameOf: (event: ReadEvent) => string,
) {
  const byName = new Map<string, ReadEvent[]>();
  for (const event of replayed) {
    const name = nameOf(event);
    const same = byName.get(name);
    if (same) same.push(event);
    else byName.set(name, [event]);
  }
  for (const [index, event] of recorded.entries()) {
    const other = found[index] ? undefined : byName.get(nameOf(event))?.shift();
    if (!other) continue;
    found[index] = other;
    replayed.delete(other);
  }
}

/**
 * `replayed`: the events of the document that the calls were made in; calls may be logged in another order than the one in which they were made. `rejections`: with
 * what the promise of each call was rejected, null where it was not.
 */
export function differencesOf(
  recorded: readonly ReadEvent[],
  replayed: readonly ReadEvent[],
  rejections: readonly (string | null)[],
): Difference[] {
  const found: (ReadEvent | undefined)[] = recorded.map(() => undefined);
  const left = new Set(replayed);
  pair(recorded, left, found, callOf);
  // The page's code may have made another call of it.
  pair(recorded, left, found, ({ method }) => method);
  return recorded.flatMap((event, index) => {
    const other = found[index];
    const before = outcomeOf(event);
    const after = other ? outcomeOf(other) : (rejections[index] ?? null);
    return before === after ? [] : [{ recorded: event, before, after }];
  });
}
