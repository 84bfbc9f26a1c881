/** Iframes whose `src` is a URN: their frames do not go there, whatever the browser thinks that the `src` means. */

import { isUrnUuid } from '../../spec/fenced-frame-config';
import { fillFrame } from './fill-frame';
import type { Manner } from './navigate';
import { changeSilently } from './silent-change';
import { insteadOfLoad } from './silent-load';

/** The `sandbox` attributes of armed iframes that would give the initial empty document another origin than the page's. */
const sandboxes = new WeakMap<HTMLIFrameElement, string>();

/** Those that are armed while they are inserted. */
const armed = new Set<HTMLIFrameElement>();

function giveEmptyDocument(iframe: HTMLIFrameElement): void {
  const sandbox = iframe.getAttribute('sandbox');
  if (sandbox !== null && !iframe.sandbox.contains('allow-same-origin')) {
    sandboxes.set(iframe, sandbox);
    iframe.setAttribute('sandbox', 'allow-same-origin');
  }
  iframe.setAttribute('srcdoc', '');
}

/** Until it is disarmed, the iframe has an empty document: its `srcdoc` goes before its `src`. Only while no script of the page runs. */
export function arm(iframe: HTMLIFrameElement): boolean {
  giveEmptyDocument(iframe);
  armed.add(iframe);
  return true;
}

/** The frame has begun to load its empty document, or has loaded it; it stays what it is, and then shows the URN. */
export function disarm(iframe: HTMLIFrameElement, manner?: Manner): boolean {
  armed.delete(iframe);
  const sandbox = sandboxes.get(iframe);
  sandboxes.delete(iframe);
  // What counts for a navigation is how the frame is sandboxed when that begins.
  if (sandbox !== undefined) iframe.setAttribute('sandbox', sandbox);
  const remove = () => iframe.removeAttribute('srcdoc');
  const src = iframe.getAttribute('src') ?? '';
  // The page may have changed its mind: without the `srcdoc`, the frame goes where the `src` says.
  if (!iframe.contentWindow || !isUrnUuid(src.toLowerCase())) remove();
  else if (!changeSilently(iframe, remove)) return false;
  else void fillFrame(iframe, src, manner);
  return true;
}

export function disarmAll(): void {
  for (const iframe of armed) disarm(iframe);
}

/** False where there is no frame yet, or it has a `srcdoc`, which goes before its `src`. */
export function setSource(iframe: HTMLIFrameElement, urn: string): boolean {
  if (iframe.hasAttribute('srcdoc') || !iframe.contentWindow) return false;
  const set = () => iframe.setAttribute('src', urn);
  if (changeSilently(iframe, set)) void fillFrame(iframe, urn);
  else {
    // A document of another origin cannot be asked: it gives way to one of the page's.
    giveEmptyDocument(iframe);
    set();
    insteadOfLoad(iframe, () => disarm(iframe, { replaces: true }));
  }
  return true;
}
