/**
 * Shows what worklets log in the console of the page that made them. It is this world's console: page scripts cannot listen in,
 * for what a worklet logs may be stored data.
 */

import { type ConsoleMessage, DOCUMENT_PORT } from '../../protocol/messages';

let port: chrome.runtime.Port | null = null;

function show(message: { to?: unknown; params?: ConsoleMessage }): void {
  if (message?.to !== 'bridge' || !message.params) return;
  const { operation, level, args } = message.params;
  // The name is the page's and the first argument a format string.
  console[level](`[shared storage worklet: ${operation.replaceAll('%', '%%')}]`, ...args);
}

/** Call before the first worklet is created: its module may log while it loads. Listening again changes nothing. */
export const listenToWorklets = (): void => chrome.runtime.onMessage.addListener(show);

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
