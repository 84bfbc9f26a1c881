/** Tells the extension's pages, where any are open, that something has changed (protocol/extension-pages/changes.ts). */

import { CHANGES, type Change } from '../protocol/extension-pages/changes';

export type AnnounceChange = (change: Change) => void;

/** How long changes of the same things are told only once, in milliseconds. */
const PERIOD = 100;

let channel: BroadcastChannel | null = null;
const waiting = new Set<string>();

/** Returns at once. The first change is told some time after it happened, together with those that come until then. */
export function announceChange(change: Change): void {
  const { topic } = change;
  if (waiting.has(topic)) return;
  waiting.add(topic);
  const tell = () => {
    waiting.delete(topic);
    channel ??= new BroadcastChannel(CHANGES);
    channel.postMessage(change);
  };
  setTimeout(tell, PERIOD);
}
