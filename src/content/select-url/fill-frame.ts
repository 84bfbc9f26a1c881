/** Shows in a frame what a URN stands for, once that is decided; unless the frame goes elsewhere before. */

import { decodeEnvelope } from '../../protocol/envelope';
import type { Message } from '../../protocol/recipients';
import { navigate } from './navigate';

/** How often the service worker may be stopped before it has answered. */
const MAXIMUM_ATTEMPTS = 20;

/** Resolves to the URL, or to null where the frame is to show nothing. */
async function selectedURL(urn: string): Promise<string | null> {
  for (let attempts = 0; attempts < MAXIMUM_ATTEMPTS && chrome.runtime?.id; attempts++) {
    const message = { to: 'selected-url', params: { urn } } satisfies Message;
    const envelope = decodeEnvelope(await chrome.runtime.sendMessage(message).catch(() => undefined));
    if (envelope) return envelope.ok ? (envelope.value as string | null) : null;
  }
  return null;
}

/** The frames that wait for a URL. */
const waiting = new WeakMap<HTMLIFrameElement, AbortController>();

/** The frame shows what it has shown until then. A later navigation cancels this one. */
export async function fillFrame(iframe: HTMLIFrameElement, urn: string): Promise<void> {
  waiting.get(iframe)?.abort();
  const cancelled = new AbortController();
  const { signal } = cancelled;
  waiting.set(iframe, cancelled);
  const view = iframe.contentWindow;
  const cancel = () => cancelled.abort();
  if (iframe.contentDocument) view?.addEventListener('beforeunload', cancel, { signal });
  const observer = new MutationObserver(cancel);
  observer.observe(iframe, { attributeFilter: ['src', 'srcdoc'] });
  const url = await selectedURL(urn);
  observer.disconnect();
  if (waiting.get(iframe) === cancelled) waiting.delete(iframe);
  if (signal.aborted || url === null || !view || iframe.contentWindow !== view) return;
  cancel();
  await navigate(iframe, url);
}
