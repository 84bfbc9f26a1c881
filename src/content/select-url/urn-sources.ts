/** Iframes whose `src` is a URN: their frames do not go there, whatever the browser thinks that the `src` means. */

import { fillFrame } from './fill-frame';
import { changeSilently } from './silent-change';

/** The `sandbox` attributes of armed iframes that would give the initial empty document another origin than the page's. */
const sandboxes = new WeakMap<HTMLIFrameElement, string>();

/** Those that are armed. */
const armed = new Set<HTMLIFrameElement>();

/** Until it is disarmed, the iframe has an empty document: its `srcdoc` goes before its `src`. Only while no script of the page runs. */
export function arm(iframe: HTMLIFrameElement): boolean {
  const sandbox = iframe.getAttribute('sandbox');
  if (sandbox !== null && !iframe.sandbox.contains('allow-same-origin')) {
    sandboxes.set(iframe, sandbox);
    iframe.setAttribute('sandbox', 'allow-same-origin');
  }
  iframe.setAttribute('srcdoc', '');
  armed.add(iframe);
  return true;
}

/** The frame has begun to load its empty document; it stays what it was when it was made, and then shows the URN. */
export function disarm(iframe: HTMLIFrameElement): boolean {
  armed.delete(iframe);
  const sandbox = sandboxes.get(iframe);
  sandboxes.delete(iframe);
  // What counts for a navigation is how the frame is sandboxed when that begins.
  if (sandbox !== undefined) iframe.setAttribute('sandbox', sandbox);
  const remove = () => iframe.removeAttribute('srcdoc');
  if (!iframe.contentWindow) remove();
  else if (!changeSilently(iframe, remove)) return false;
  else void fillFrame(iframe, iframe.getAttribute('src') ?? '');
  return true;
}

export function disarmAll(): void {
  for (const iframe of armed) disarm(iframe);
}

/** False where there is no frame yet, or the `src` cannot be changed without a navigation. */
export function setSource(iframe: HTMLIFrameElement, urn: string): boolean {
  if (iframe.hasAttribute('srcdoc') || !changeSilently(iframe, () => iframe.setAttribute('src', urn))) return false;
  void fillFrame(iframe, urn);
  return true;
}
