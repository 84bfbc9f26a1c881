/** The isolated world's half of the channel: waits for the page's realm to hand over its port, and costs nothing until then. */

import type { BridgeGlobals } from '../protocol/document-facts';
import { FENCE_HANDSHAKE, HANDSHAKE } from '../protocol/page-channel';
import { openChannel } from './page-requests';

// An insecure page never gets the API, so nothing in it may find a bridge either.
if (isSecureContext) {
  // The page may change its address later; its header came from this one.
  Object.assign(globalThis, { sharedStorageLabURL: document.URL } satisfies BridgeGlobals);
  const listen = (handshake: string) =>
    addEventListener(
      handshake,
      (event) => {
        event.stopImmediatePropagation();
        const host = (event as MouseEvent).relatedTarget;
        const port = host instanceof HTMLElement && chrome.dom.openOrClosedShadowRoot(host);
        if (port) openChannel(port);
      },
      { capture: true, once: true },
    );
  listen(HANDSHAKE);
  // Set once there is a fenced frame, whose messages nobody may hear. Listeners of a window are called in the order of their addition.
  addEventListener('message', (event) => (globalThis as Partial<BridgeGlobals>).sharedStorageLabGuard?.(event));
  // The script of frames with opaque URLs, if there is one here.
  if (top !== self) listen(FENCE_HANDSHAKE);
}
