/**
 * What no script can hear of before it happens: a page that sets the `location` of a frame whose document is empty still, or of another origin. A
 * policy keeps that navigation from the browser's dialog for external programs, from the moment that the page asks for its first URN.
 */

import { fillFrame } from './fill-frame';
import { isFrame } from './find-frame';

/** Schemes of other programs that the HTML standard names, which frames may go on to open: https://html.spec.whatwg.org/#safelisted-scheme */
const EXTERNAL = 'bitcoin geo im irc ircs magnet mailto matrix mms news nntp openpgp4fpr sip sms smsto ssh tel webcal wtai xmpp';
const OWN = 'http https ws wss data blob about filesystem file chrome-extension';
const POLICY = `frame-src ${`${OWN} ${EXTERNAL}`.replaceAll(/\S+/g, '$&:')}`;

/** src/page/fenced-frames/stand-in.ts */
const STAND_IN = 'shared-storage-lab-frame';

/** How far apart the browser may tell of one and the same navigation, in milliseconds. */
const LONGEST_GAP = 2000;

/** What has been heard of navigations, and is not put together yet. */
class Recent<T> {
  #entries: { readonly value: T; readonly time: number }[] = [];

  add(value: T): void {
    this.#entries.push({ value, time: performance.now() });
  }

  /** The oldest that is not too old. */
  get(): T | undefined {
    const since = performance.now() - LONGEST_GAP;
    this.#entries = this.#entries.filter(({ time }) => time > since);
    return this.#entries[0]?.value;
  }

  shift(): void {
    this.#entries.shift();
  }
}

/** The iframes in shadow trees, but for those of ours in fenced frames. */
function iframesInTrees(root: ParentNode, isTree = false): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>('*')].flatMap((element) => {
    const { localName } = element;
    // Of other elements the browser does not say.
    const tree = 'innerText' in element && localName !== STAND_IN ? chrome.dom.openOrClosedShadowRoot(element) : null;
    return [...(isTree && localName === 'iframe' ? [element] : []), ...(tree ? iframesInTrees(tree, true) : [])];
  });
}

export class StopPolicy {
  /** Violations of the policy whose frames are not known yet. */
  readonly #violations = new Recent<Event>();
  /** The frames that show the error, and the URNs that frames were stopped on their way to: both in the order of time. */
  readonly #frames = new Recent<HTMLIFrameElement>();
  readonly #urns = new Recent<string>();

  #fillStopped(): void {
    for (;;) {
      const frame = this.#frames.get();
      const urn = this.#urns.get();
      if (!frame || !urn) return;
      this.#frames.shift();
      this.#urns.shift();
      void fillFrame(frame, urn, { replaces: true });
    }
  }

  readonly #onViolation = (event: Event): void => {
    if ((event as SecurityPolicyViolationEvent).originalPolicy !== POLICY) return;
    event.stopImmediatePropagation();
    this.#violations.add(event);
    const target = event.target as Node;
    // Of what is loaded in a shadow tree, the document does not hear.
    for (const iframe of iframesInTrees(target.ownerDocument ?? (target as Document)))
      iframe.addEventListener('load', this.hideStop, { capture: true, once: true });
  };

  /** Whether the load event is that of the error in a frame that was stopped: the frame has one, and it is not this. */
  readonly hideStop = (event: Event): boolean => {
    const iframe = event.target as Element;
    if (!this.#violations.get() || !isFrame(iframe) || iframe.contentDocument) return false;
    event.stopImmediatePropagation();
    this.#violations.shift();
    this.#frames.add(iframe);
    this.#fillStopped();
    return true;
  };

  /** A document in a frame that has no URL of its own has the policy of the one that made it. */
  addTo(one: Document): void {
    const meta = one.createElementNS('http://www.w3.org/1999/xhtml', 'meta') as HTMLMetaElement;
    meta.httpEquiv = 'Content-Security-Policy';
    meta.content = POLICY;
    one.head?.append(meta);
    // The policy stays.
    meta.remove();
    one.defaultView?.addEventListener('securitypolicyviolation', this.#onViolation, true);
    self.sharedStorageLabFill = (urn) => {
      this.#urns.add(urn);
      this.#fillStopped();
    };
  }
}
