/**
 * Shows what worklets log in the console of the page that made them. It is this world's console: page scripts cannot listen in,
 * for what a worklet logs may be stored data.
 */

import type { Message } from '../../protocol/recipients';

/** Only the service worker can send to the scripts of a document. */
function onMessage({ to, lines }: Message<'bridge'>): void {
  // The browser calls it, so that no function of ours is in a line's stack trace.
  if (to === 'bridge') for (const [method, ...args] of lines) queueMicrotask(console[method].bind(console, ...args));
}

/** Call before the first worklet is asked for anything: its module may log while it loads. Listening again changes nothing. */
export const listenToWorklets = (): void => chrome.runtime.onMessage.addListener(onMessage);
