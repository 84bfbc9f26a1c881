/** Reads the event log, the newest events first, and then what has come since. */

import { ask } from '../../../components/ask';
import type { ReadEvent } from '../../../protocol/logged-event';

/** How many events are asked for at once: the first ones soon, the others in larger parts. */
const FIRST = 200;
const PART = 2000;

/** No more are shown, however many the log keeps. */
export const MAXIMUM_EVENTS = 50_000;

export class EventReader {
  /** The newest first. */
  #events: readonly ReadEvent[] = [];

  /** Reads what is not known yet; `show` is called with all that is known whenever there is more of it. */
  async read(show: (events: readonly ReadEvent[]) => void): Promise<void> {
    const known = this.#events;
    const after = known[0]?.id ?? null;
    let newer: readonly ReadEvent[] = [];
    for (let limit = FIRST; ; limit = PART) {
      const part = await ask('events.read', { limit, before: newer.at(-1)?.id ?? null, after });
      newer = [...newer, ...part];
      this.#events = [...newer, ...known].slice(0, MAXIMUM_EVENTS);
      if (part.length > 0) show(this.#events);
      if (part.length < limit || newer.length >= MAXIMUM_EVENTS) return;
    }
  }
}
