/**
 * Shows what worklets log in the console of the page that made them. It is this world's console: page scripts cannot listen in,
 * for what a worklet logs may be stored data.
 */

import { DOCUMENT_PORT } from '../../protocol/messages';
import { hear, type Listeners, type Message } from '../../protocol/recipients';

let port: chrome.runtime.Port | null = null;

type Sender = chrome.runtime.MessageSender;

const listeners: Listeners<'content', Sender> = {
  bridge(message) {
    // Only the service worker can send to the scripts of a document.
    // The browser calls it, so that no function of ours is in a line's stack trace.
    for (const [method, ...args] of (message as Message<'bridge'>).lines) queueMicrotask(console[method].bind(console, ...args));
    return undefined;
  },
};

const onMessage = (message: unknown, sender: Sender): unknown => hear(listeners, message, sender);

/** Call before the first worklet is created: its module may log while it loads. Listening again changes nothing. */
export const listenToWorklets = (): void => chrome.runtime.onMessage.addListener(onMessage);

/** Tells the offscreen document, which must exist by now, how long this document lives. */
export function openWorkletPort(): void {
  if (port) return;
  port = chrome.runtime.connect({ name: DOCUMENT_PORT });
  // The offscreen document went away, and the worklets with it: the next worklet opens a new port.
  port.onDisconnect.addListener(() => {
    port = null;
  });
}

/** After the back/forward cache, into which no port goes. */
export function reopenWorkletPort(): void {
  if (!port) return;
  port = null;
  openWorkletPort();
}
