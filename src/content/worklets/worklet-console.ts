/**
 * Shows what worklets log in the console of the page that made them. It is this world's console: page scripts cannot listen in,
 * for what a worklet logs may be stored data.
 */

import { DOCUMENT_PORT } from '../../protocol/messages';
import { hear, type Listeners, type Message } from '../../protocol/recipients';

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

/** Call before the first worklet is asked for anything: its module may log while it loads. Listening again changes nothing. */
export const listenToWorklets = (): void => chrome.runtime.onMessage.addListener(onMessage);

/** The port by which the offscreen document knows how long this document lives. */
export interface LifetimePort {
  /** The offscreen document must exist by now. */
  open(): void;
  /** After the back/forward cache, into which no port goes. */
  reopen(): void;
}

export function createLifetimePort(): LifetimePort {
  let port: chrome.runtime.Port | null = null;
  const open = () => {
    if (port) return;
    const opened = chrome.runtime.connect({ name: DOCUMENT_PORT });
    port = opened;
    // The offscreen document went away, and the worklets with it: the next worklet opens a new port.
    opened.onDisconnect.addListener(() => {
      if (port === opened) port = null;
    });
  };
  return {
    open,
    reopen() {
      if (!port) return;
      port = null;
      open();
    },
  };
}
