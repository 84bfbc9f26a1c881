/** The bridge's port to the offscreen document, which knows by it how long this document lives, and gets the modules of its worklets. */

import type { Envelope } from '../../protocol/envelope';
import { DOCUMENT_PORT, type GivenModule, type LoadedModule } from '../../protocol/messages';
import { isOrphan } from '../orphan';

export interface HostPort {
  /** The offscreen document must exist by now: it wants to see that somebody is here, however long a module takes to come. */
  open(): void;
  /** Resolves to null where there is no such worklet, or not yet, and where the offscreen document has gone. */
  giveModule(module: GivenModule): Promise<Envelope | null>;
  /** After the back/forward cache, into which no port goes. */
  reopen(): void;
}

export function createHostPort(): HostPort {
  let port: chrome.runtime.Port | null = null;
  const given = new Map<number, (loaded: Envelope | null) => void>();

  const forget = () => {
    port = null;
    for (const settle of given.values()) settle(null);
    given.clear();
  };

  const open = () => {
    if (port) return port;
    const opened = chrome.runtime.connect({ name: DOCUMENT_PORT });
    port = opened;
    opened.onMessage.addListener(([workletId, loaded]: LoadedModule) => {
      given.get(workletId)?.(loaded);
      given.delete(workletId);
    });
    // There is no offscreen document, or it went away, and the worklets with it: the next worklet opens a new port.
    opened.onDisconnect.addListener(() => {
      if (port === opened) forget();
      // Where nobody asks, the browser complains in the page's console.
      return chrome.runtime.lastError;
    });
    return opened;
  };

  return {
    open,

    giveModule: (module) =>
      new Promise((resolve) => {
        given.set(module.workletId, resolve);
        // An orphan of a reloaded extension is told so when it asks for the worklet.
        if (isOrphan()) forget();
        else open().postMessage(module);
      }),

    reopen() {
      if (!port) return;
      forget();
      open();
    },
  };
}
