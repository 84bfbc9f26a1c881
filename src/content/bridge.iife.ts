/** The isolated world's half of the channel: waits for the page's realm to hand over its ports, and costs nothing until then. */

import { HANDSHAKE } from '../protocol/page-channel';
import { openChannel } from './requests/page-requests';
import { resume } from './requests/service-worker-channel';

// An insecure page never gets the API, so nothing in it may find a bridge either.
if (isSecureContext) {
  // The page may change its address later; its header came from this one.
  self.sharedStorageLabURL = document.URL;
  // One for the API, one for header writes, and one for what frames with opaque URLs have.
  let expected = top === self ? 2 : 3;
  const onHandshake = (event: Event) => {
    event.stopImmediatePropagation();
    if (--expected === 0) removeEventListener(HANDSHAKE, onHandshake, true);
    const host = (event as MouseEvent).relatedTarget;
    const port = host instanceof HTMLElement && chrome.dom.openOrClosedShadowRoot(host);
    if (port) openChannel(port);
  };
  addEventListener(HANDSHAKE, onHandshake, true);
  // Before any of the page's listeners, which may use the API.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) resume();
  });
}
