/** Tells the extension's pages, where any are open, that something has changed (protocol/extension-pages/changes.ts). */

import { CHANGES, type Change } from '../protocol/extension-pages/changes';

export type AnnounceChange = (change: Change) => void;

/** How long changes of the same things are told only once, in milliseconds. */
const PERIOD = 100;

export class Announcements {
  /** Opened with the first change: where nothing changes, there is none. */
  #channel: BroadcastChannel | null = null;
  readonly #waiting = new Set<string>();

  /** Returns at once. The first change is told some time after it happened, together with those that come until then. */
  readonly announce: AnnounceChange = (change) => {
    const { topic } = change;
    if (this.#waiting.has(topic)) return;
    this.#waiting.add(topic);
    setTimeout(() => this.#tell(change), PERIOD);
  };

  #tell(change: Change): void {
    this.#waiting.delete(change.topic);
    this.#channel ??= new BroadcastChannel(CHANGES);
    this.#channel.postMessage(change);
  }
}
