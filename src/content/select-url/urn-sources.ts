/** Iframes whose `src` is a URN: their frames do not go there, whatever the browser thinks that the `src` means. */

import { isUrnUuid } from '../../spec/fenced-frame-config';
import { fillFrame } from './fill-frame';
import { changeSilently } from './silent-change';
import { insteadOfLoad } from './silent-load';

/** The `sandbox` attributes of armed iframes that would give the initial empty document another origin than the page's. */
const sandboxes = new WeakMap<HTMLIFrameElement, string>();

function giveEmptyDocument(iframe: HTMLIFrameElement): void {
  const sandbox = iframe.getAttribute('sandbox');
  if (sandbox !== null && !iframe.sandbox.contains('allow-same-origin')) {
    sandboxes.set(iframe, sandbox);
    iframe.setAttribute('sandbox', 'allow-same-origin');
  }
  iframe.setAttribute('srcdoc', '');
}

export class URNSources {
  /** Those that are armed while they are inserted. */
  readonly #armed = new Set<HTMLIFrameElement>();

  /** Until it is disarmed, the iframe has an empty document: its `srcdoc` goes before its `src`. Only while no script of the page runs. */
  arm(iframe: HTMLIFrameElement): boolean {
    giveEmptyDocument(iframe);
    this.#armed.add(iframe);
    return true;
  }

  /** The frame has begun to load its empty document, or has loaded it; it stays what it is, and then shows the URN. */
  disarm(iframe: HTMLIFrameElement): boolean {
    this.#armed.delete(iframe);
    const sandbox = sandboxes.get(iframe);
    sandboxes.delete(iframe);
    // What counts for a navigation is how the frame is sandboxed when that begins.
    if (sandbox !== undefined) iframe.setAttribute('sandbox', sandbox);
    const remove = () => iframe.removeAttribute('srcdoc');
    const src = iframe.getAttribute('src') ?? '';
    // The page may have changed its mind: without the `srcdoc`, the frame goes where the `src` says.
    if (!iframe.contentWindow || !isUrnUuid(src.toLowerCase())) remove();
    else if (!changeSilently(iframe, remove)) return false;
    // The first navigation of a frame makes no entry of the history, also where the browser has loaded the empty document meanwhile.
    else void fillFrame(iframe, src, { replaces: true });
    return true;
  }

  disarmAll(): void {
    for (const iframe of this.#armed) this.disarm(iframe);
  }

  /** False where there is no frame yet, or it has a `srcdoc`, which goes before its `src`. */
  set(iframe: HTMLIFrameElement, urn: string): boolean {
    if (iframe.hasAttribute('srcdoc') || !iframe.contentWindow) return false;
    const set = () => iframe.setAttribute('src', urn);
    if (changeSilently(iframe, set)) void fillFrame(iframe, urn);
    // In a frameset, it is stopped by our policy (policy.ts).
    else if (iframe.localName === 'frame') return false;
    else {
      // A document of another origin cannot be asked: it gives way to one of the page's.
      giveEmptyDocument(iframe);
      set();
      insteadOfLoad(iframe, () => this.disarm(iframe));
    }
    return true;
  }
}
