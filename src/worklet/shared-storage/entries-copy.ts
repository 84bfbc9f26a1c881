/**
 * Reads that the realm answers itself. A worklet that reads one key after the other is given a copy of all entries, where they are few, and reads
 * from that for as long as nobody can tell: a few milliseconds, and not after anything that somebody else's write may have come before.
 */

import type { EntriesCopy } from '../../protocol/worklet-port';
import { Map, mapGet, mapSet, Promise, react } from '../../webidl/primordials';
import { inATask } from '../operation-scope';
import { call, eventCount, isQuiet, noteRead } from '../port';
import { now } from '../primordials';

/** So many reads in a row, with nothing between them, are each asked for; then it pays to ask for all. */
const EAGER = 3;

/** Where there is too much for a copy, it is asked for again after so many reads. */
const TOO_LARGE = 1000;

/** The last copy: by key, and as it came. */
let values = new Map<string, string>();
let entries: readonly string[] = [];
/** Until when it is as good as the database, by the realm's clock, and after which events. */
let freshUntil = 0;
let copiedAfter = -1;

/** Reads that were asked for, since what happened last. */
let asked = 0;
let askedAfter = -1;

const isFresh = (): boolean => isQuiet() && copiedAfter === eventCount() && now() < freshUntil;

function keep({ entries: given, freshFor }: EntriesCopy, before: number, events: number): void {
  copiedAfter = events;
  freshUntil = before + freshFor;
  if (!given) return;
  entries = given;
  values = new Map();
  for (let index = 0; index < given.length; index += 2) mapSet(values, given[index] as string, given[index + 1] as string);
}

/** Whether to ask for a copy now. */
function isWorthCopying(): boolean {
  if (askedAfter !== eventCount()) asked = 0;
  askedAfter = eventCount();
  return ++asked > EAGER && isQuiet();
}

function getAndCopy(key: string): Promise<string | undefined> {
  const before = now();
  const events = eventCount();
  return new Promise((resolve, reject) => {
    react(
      call('getAndCopy', { key }),
      ({ value, copy }) => {
        if (copy) keep(copy, before, events);
        else asked = -TOO_LARGE;
        resolve(value);
      },
      reject,
    );
  });
}

/** The value of the key as it is now. The promise settles in a task of its own, as where it comes from elsewhere. */
export function get(key: string): Promise<string | undefined> {
  if (!isFresh()) return isWorthCopying() ? getAndCopy(key) : call('get', { key });
  const value = mapGet(values, key);
  noteRead('get', key);
  return new Promise((resolve) => inATask(() => resolve(value)));
}

/** The number of entries. */
export function length(): Promise<number> {
  if (!isFresh()) return call('length', null);
  const count = entries.length / 2;
  noteRead('length', null);
  return new Promise((resolve) => inATask(() => resolve(count)));
}

/** Resolves to the last of all entries, keys and values in turns; `onPart` is called with those before. */
export function readEntries(onPart: (part: readonly string[]) => void): Promise<readonly string[]> {
  if (!isFresh()) return call('entries', null, onPart);
  const all = entries;
  noteRead('entries', null);
  return new Promise((resolve) => inATask(() => resolve(all)));
}
