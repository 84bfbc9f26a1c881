/** Takes the frame that it runs in to the URL; false where the frame shows more than the initial empty document. */
export function navigateFromInitialDocument(url: string): boolean {
  // A document with an entry has `navigate` events, which the embedder may listen to if it has the document's origin.
  if (location.href !== 'about:blank' || navigation.currentEntry) return false;
  // An opaque URL's request has no referrer.
  const policy = document.createElement('meta');
  policy.name = 'referrer';
  policy.content = 'no-referrer';
  (document.head ?? document.documentElement)?.append(policy);
  location.replace(url);
  policy.remove();
  return true;
}

/** Takes the frame that it runs in to a page of the extension, where nobody looks on. */
export function leaveThroughPassage(token: string): void {
  location.assign(`${chrome.runtime.getURL('passage.html')}#${token}`);
}

/** Takes frames of the document that it runs in to a page of the extension: the document's Content Security Policy does not bind its isolated world. */
export function sendThroughPassage(urn: string, token: string): void {
  const passage = `${chrome.runtime.getURL('passage.html')}#${token}`;
  const found: HTMLIFrameElement[] = [];
  const search = (root: ParentNode) => {
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      if (element instanceof HTMLIFrameElement && element.src === urn) found.push(element);
      const shadow = element instanceof HTMLElement ? chrome.dom.openOrClosedShadowRoot(element) : null;
      if (shadow) search(shadow);
    }
  };
  search(document);
  // Which of several frames with the same URN it was cannot be told; those that have it already come last.
  self.sharedStorageLabSent ??= new WeakSet();
  const sent = self.sharedStorageLabSent;
  const fresh = found.filter((iframe) => !sent.has(iframe));
  for (const iframe of fresh.length > 0 ? fresh : found) {
    sent.add(iframe);
    iframe.contentWindow?.location.replace(passage);
  }
}

/** Leaves the frame of the document that was stopped on its way to the URN to our scripts there; false where they have not stopped any. */
export function fillStoppedFrame(urn: string): boolean {
  self.sharedStorageLabFill?.(urn);
  return self.sharedStorageLabFill !== undefined;
}
