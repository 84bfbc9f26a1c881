/**
 * Registered with the page's script of the same name, to which it hands the host of the page's first script: the two share a realm, and nothing else that no
 * script of the page can have.
 */

import { HANDLERS } from '../protocol/page-channel';

const introduce = (event: Event) => {
  event.stopImmediatePropagation();
  const target = (event as SubmitEvent).submitter;
  const { sharedStorageLabHost: submitter } = self;
  if (target && submitter) target.dispatchEvent(new SubmitEvent(HANDLERS, { submitter }));
};

// An insecure page has no API that could be extended.
if (isSecureContext) addEventListener(HANDLERS, introduce, { capture: true, once: true });
