/**
 * Registered with the page's script of the same name, which it introduces to the page's first script: it alone can find the ports of both in their hosts, and no page that
 * overhears their handshakes has either.
 */

import { EXTEND, HANDLERS, INTRODUCE } from '../protocol/page-channel';

const introduce = (handshake: Event) => {
  handshake.stopImmediatePropagation();
  const { submitter } = handshake as SubmitEvent;
  const { sharedStorageLabHost: first } = self;
  if (!submitter || !first) return;
  const from = chrome.dom.openOrClosedShadowRoot(submitter);
  const to = chrome.dom.openOrClosedShadowRoot(first);
  from?.addEventListener(EXTEND, (extend) => from.addEventListener(INTRODUCE, () => to?.dispatchEvent(extend)));
};

// An insecure page has no API that could be extended.
if (isSecureContext) addEventListener(HANDLERS, introduce, { capture: true, once: true });
