/** Shows in a frame what a URN stands for, once that is decided; unless the frame goes elsewhere before. */

import { isEnvelope } from '../../protocol/envelope';
import type { Message } from '../../protocol/recipients';
import { type Manner, navigate } from './navigate';

/** How often the service worker may be stopped before it has answered. */
const MAXIMUM_ATTEMPTS = 20;

/**
 * Resolves to the URL, or to null where the frame is to show nothing. `isOwn`: it is the frame of this document, and the service worker takes it there.
 * `isSent`: to one that leads to the URL once, and that the page may learn.
 */
export async function askForURL(urn: string, isOwn: boolean, isSent = false): Promise<string | null> {
  for (let attempts = 0; attempts < MAXIMUM_ATTEMPTS && chrome.runtime?.id; attempts++) {
    const message = { to: 'selected-url', params: { urn, isOwn, isSent } } satisfies Message;
    const envelope: unknown = await chrome.runtime.sendMessage(message).catch(() => undefined);
    if (isEnvelope(envelope)) return envelope.ok ? (envelope.value as string | null) : null;
  }
  return null;
}

/** What cancels the navigation of each frame that is not over. */
const cancellations = new WeakMap<HTMLIFrameElement, AbortController>();

/** The frame shows what it has shown until then. A later navigation cancels this one. */
export async function fillFrame(iframe: HTMLIFrameElement, urn: string, manner: Manner = {}): Promise<void> {
  cancellations.get(iframe)?.abort();
  const cancellation = new AbortController();
  cancellations.set(iframe, cancellation);
  const { signal } = cancellation;
  const view = iframe.contentWindow;
  const cancel = () => cancellation.abort();
  if (iframe.contentDocument) view?.addEventListener('beforeunload', cancel, { signal });
  const observer = new MutationObserver(cancel);
  observer.observe(iframe, { attributeFilter: ['src', 'srcdoc'] });
  const url = await askForURL(urn, false, manner.form !== undefined);
  const isCancelled = () => signal.aborted || observer.takeRecords().length > 0;
  if (!isCancelled() && url !== null && view && iframe.contentWindow === view) {
    // From here on it is this navigation that the frame's document hears of.
    if (iframe.contentDocument) view.removeEventListener('beforeunload', cancel);
    await navigate(iframe, url, manner, isCancelled);
  }
  observer.disconnect();
  if (cancellations.get(iframe) === cancellation) cancellations.delete(iframe);
}
