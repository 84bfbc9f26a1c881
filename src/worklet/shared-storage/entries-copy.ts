/**
 * Reads that the realm answers itself. A worklet that reads one key after the other is given a copy of all entries, where they are few, and reads
 * from that for as long as nobody can tell: a few milliseconds, and not after anything that somebody else's write may have come before.
 */

import type { EntriesCopy } from '../../protocol/worklet-port';
import { Map, mapGet, mapSet, Promise, react } from '../../webidl/primordials';
import { inATask } from '../operation-scope';
import type { HostPort } from '../port';
import { now } from '../primordials';

/** So many reads in a row, with nothing between them, are each asked for; then it pays to ask for all. */
const EAGER = 3;

/** Where there is too much for a copy, it is asked for again after so many reads. */
const TOO_LARGE = 1000;

export class CopiedEntries {
  readonly #port: HostPort;
  /** The last copy: by key, and as it came. */
  #values = new Map<string, string>();
  #entries: readonly string[] = [];
  /** Until when it is as good as the database, by the realm's clock, and after which events. */
  #freshUntil = 0;
  #copiedAfter = -1;
  /** Reads that were asked for, since what happened last. */
  #asked = 0;
  #askedAfter = -1;

  constructor(port: HostPort) {
    this.#port = port;
  }

  #isFresh(): boolean {
    return this.#port.isQuiet && this.#copiedAfter === this.#port.eventCount && now() < this.#freshUntil;
  }

  #keep({ entries, freshFor }: EntriesCopy, before: number, events: number): void {
    this.#copiedAfter = events;
    this.#freshUntil = before + freshFor;
    if (!entries) return;
    this.#entries = entries;
    this.#values = new Map();
    for (let index = 0; index < entries.length; index += 2) mapSet(this.#values, entries[index] as string, entries[index + 1] as string);
  }

  /** Whether to ask for a copy now. */
  #isWorthCopying(): boolean {
    const events = this.#port.eventCount;
    if (this.#askedAfter !== events) this.#asked = 0;
    this.#askedAfter = events;
    return ++this.#asked > EAGER && this.#port.isQuiet;
  }

  #getAndCopy(key: string): Promise<string | undefined> {
    const before = now();
    const events = this.#port.eventCount;
    return new Promise((resolve, reject) => {
      react(
        this.#port.ask('getAndCopy', { key }),
        ({ value, copy }) => {
          if (copy) this.#keep(copy, before, events);
          else this.#asked = -TOO_LARGE;
          resolve(value);
        },
        reject,
      );
    });
  }

  /** The value of the key as it is now. The promise settles in a task of its own, as where it comes from elsewhere. */
  read(key: string): Promise<string | undefined> {
    if (!this.#isFresh()) return this.#isWorthCopying() ? this.#getAndCopy(key) : this.#port.ask('get', { key });
    const value = mapGet(this.#values, key);
    this.#port.noteRead('get', key);
    return new Promise((resolve) => inATask(() => resolve(value)));
  }

  /** The number of entries. */
  length(): Promise<number> {
    if (!this.#isFresh()) return this.#port.ask('length', null);
    const count = this.#entries.length / 2;
    this.#port.noteRead('length', null);
    return new Promise((resolve) => inATask(() => resolve(count)));
  }

  /** Resolves to the last of all entries, keys and values in turns; `onPart` is called with those before. */
  readEntries(onPart: (part: readonly string[]) => void): Promise<readonly string[]> {
    if (!this.#isFresh()) return this.#port.ask('entries', null, onPart);
    const all = this.#entries;
    this.#port.noteRead('entries', null);
    return new Promise((resolve) => inATask(() => resolve(all)));
  }
}
