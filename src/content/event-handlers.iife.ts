/**
 * Registered with the page's script of the same name, to which it hands the waker of the page's first script: the two share a realm, and nothing else that no
 * script of the page can have.
 */

import { HANDLERS } from '../protocol/page-channel';

const introduce = (event: Event) => {
  event.stopImmediatePropagation();
  const target = (event as FocusEvent).relatedTarget;
  const { sharedStorageLabWaker: waker } = self;
  if (target && waker) target.dispatchEvent(new FocusEvent(HANDLERS, { relatedTarget: waker }));
};

// An insecure page has no API that could be extended.
if (isSecureContext) addEventListener(HANDLERS, introduce, { capture: true, once: true });
