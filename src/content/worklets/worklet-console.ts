/**
 * Shows what worklets log in the console of the page that made them. It is this world's console: page scripts cannot listen in,
 * for what a worklet logs may be stored data.
 */

import type { Message } from '../../protocol/recipients';

/** Hears the messages of the service worker, which alone can send to the scripts of a document, and sends nothing else. */
export function createWorkletConsole(): (message: Message<'bridge'>) => void {
  /** What came last: it comes again where the service worker was stopped before it could say that it is here. */
  let last: string;
  return ({ id, lines }) => {
    // The browser calls it, so that no function of ours is in a line's stack trace.
    for (const [method, ...args] of id === last ? [] : lines) queueMicrotask(console[method].bind(console, ...args));
    last = id;
  };
}
