/** The iframe in the closed shadow tree of a stand-in: the fenced frame, as far as there can be one. */

import type { FrameFeatures } from '../../injected/fenced-frames/show';
import { FENCED_FRAME_FEATURES, MARK_OF_OPAQUE_URL } from '../../spec/fenced-frame-features';
import { silence } from './silence';
import { READY, StandIns, WITHOUT_SCROLLING } from './stand-ins';
import { WeakList } from './weak-list';

type FeaturePolicyDocument = Document & { readonly featurePolicy?: { features(): string[] } };

/** Without it, nobody reads in the frame what is stored. https://wicg.github.io/fenced-frame/#dom-fence-disableuntrustednetwork */
const STORAGE_READ = 'fenced-unpartitioned-storage-read';

function createIframe(name: string, { allow, isOpaque }: FrameFeatures): HTMLIFrameElement {
  const iframe = document.createElement('iframe');
  iframe.setAttribute('credentialless', '');
  const features = (document as FeaturePolicyDocument).featurePolicy?.features() ?? [];
  const isTaken = (feature: string) => !FENCED_FRAME_FEATURES.includes(feature) && !(isOpaque && feature === MARK_OF_OPAQUE_URL);
  const isKept = (declaration: string) => [...FENCED_FRAME_FEATURES, STORAGE_READ].includes(declaration.trim().split(/\s/)[0] as string);
  iframe.allow = [...features.filter(isTaken).map((feature) => `${feature} 'none'`), ...allow.split(';').filter(isKept)].join('; ');
  iframe.name = name;
  return iframe;
}

/** As natively, a frame that has the focus keeps it, whatever comes to be shown there. The box has lost it where another frame of the page has it by now. */
function passFocus(tree: ShadowRoot, to: HTMLElement | null): void {
  if (tree.activeElement?.matches('iframe, :focus')) to?.focus(WITHOUT_SCROLLING);
}

/** What a frame shows stays until what another config stands for is there: it may be nothing that takes its place, as a download. */
function replaceBy(iframe: HTMLIFrameElement, tree: ShadowRoot, atOnce: boolean): void {
  const others = [...tree.querySelectorAll('iframe')];
  const isShown = (other: HTMLIFrameElement) => !atOnce && iframe.name && other.contentWindow && !other.hasAttribute('pending');
  iframe.toggleAttribute('pending', others.some(isShown));
  const box = tree.querySelector('div');
  // What is shown comes first, so that it has the focus that the stand-in is given.
  box?.before(iframe);
  const { contentDocument, contentWindow } = iframe;
  // The focus of an empty document is lost with it, where the next one is another process's: the box has it until that is there.
  contentWindow?.addEventListener('focus', () => iframe.contentDocument === contentDocument && passFocus(tree, box));
  for (const other of others) {
    if (isShown(other)) continue;
    passFocus(tree, box);
    other.remove();
  }
}

/** The document of the iframe that waits is there, or will not be. */
export function settlePending(iframe: HTMLIFrameElement, isThere: boolean): void {
  if (!iframe.hasAttribute('pending')) return;
  iframe.removeAttribute('pending');
  const tree = iframe.getRootNode() as ShadowRoot;
  if (isThere) passFocus(tree, iframe);
  for (const other of tree.querySelectorAll('iframe')) if ((other === iframe) !== isThere) other.remove();
}

export class FencedFrames {
  readonly #standIns = new StandIns();
  readonly #iframes = new WeakList<HTMLIFrameElement>();
  /** By their numbers: what the page has handed over. */
  readonly #taken = new Map<number, WeakRef<HTMLElement>>();

  show(frame: number, name: string | null, features: FrameFeatures): void {
    const standIn = this.#standInOf(frame);
    // A custom element of the page's own gets at its closed shadow tree, by ElementInternals; one that is defined later does not.
    if (standIn && !standIn.matches(':defined')) this.#show(standIn, name, features);
  }

  /** Puts an empty frame of the name into the stand-in; without any name there is but the box. */
  #show(standIn: HTMLElement, name: string | null, features: FrameFeatures): void {
    this.#standIns.putInPlace(standIn);
    const tree = chrome.dom.openOrClosedShadowRoot(standIn);
    if (name === null || !tree) return;
    if (!self.sharedStorageLabFrames) {
      self.sharedStorageLabFrames = this.#iframes;
      silence(this.#iframes);
    }
    // Whatever was done to the frame before, such as taking its network away, does not concern another config.
    const iframe = createIframe(name, features);
    this.#iframes.add(iframe);
    replaceBy(iframe, tree, features.replacesAtOnce);
    // What counts is how the frame is sandboxed when it goes elsewhere: of an empty document of the page's own origin, the browser's console would warn.
    iframe.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms');
    const { contentWindow } = iframe;
    iframe.addEventListener('load', () => {
      // A frame that is put elsewhere begins anew, and is empty.
      if (iframe.contentWindow !== contentWindow) standIn.dispatchEvent(new Event(READY));
      else settlePending(iframe, true);
      passFocus(tree, iframe);
    });
  }

  /** What the page handed over as the `frame`th; it goes when its fenced frame does. */
  #standInOf(frame: number): HTMLElement | undefined {
    const standIn = self.sharedStorageLabHosts?.[frame - 1];
    if (!standIn) return this.#taken.get(frame)?.deref();
    delete self.sharedStorageLabHosts?.[frame - 1];
    this.#taken.set(frame, new WeakRef(standIn));
    return standIn;
  }
}
