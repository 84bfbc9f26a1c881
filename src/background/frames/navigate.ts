/** Takes a frame to a URL without a word to its embedder. */

/** Runs in the frame's isolated world; refers to nothing outside itself. False where the frame shows more than the initial empty document. */
function navigateFromInitialDocument(url: string): boolean {
  const { navigation } = self as { navigation?: { readonly currentEntry: unknown } };
  // A document with an entry has `navigate` events, which the embedder may listen to if it has the document's origin.
  if (location.href !== 'about:blank' || navigation?.currentEntry) return false;
  // An opaque URL's request has no referrer.
  const policy = document.createElement('meta');
  policy.name = 'referrer';
  policy.content = 'no-referrer';
  (document.head ?? document.documentElement)?.append(policy);
  location.replace(url);
  policy.remove();
  return true;
}

/** Runs in the frame's isolated world: leaves for a page of the extension, where nobody looks on. */
function leaveThroughPassage(token: string): void {
  location.assign(`${chrome.runtime.getURL('passage.html')}#${token}`);
}

/** Runs in the isolated world of the embedder, which its Content Security Policy does not bind. */
function sendThroughPassage(urn: string, token: string): void {
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
  const globals = globalThis as { sharedStorageLabSent?: WeakSet<HTMLIFrameElement> };
  globals.sharedStorageLabSent ??= new WeakSet();
  const sent = globals.sharedStorageLabSent;
  const fresh = found.filter((iframe) => !sent.has(iframe));
  for (const iframe of fresh.length > 0 ? fresh : found) {
    sent.add(iframe);
    iframe.contentWindow?.location.replace(passage);
  }
}

/** Names a URL for the passage. */
async function prepare(url: string): Promise<string> {
  const token = crypto.randomUUID();
  await chrome.storage.session.set({ [`passage ${token}`]: url });
  return token;
}

/**
 * The embedder's policy forbade the URN, and an error page that nobody can look into is in the frame. The policy allows the URL: the
 * browser checks that once more.
 */
export async function navigateFramesWith(urn: string, tabId: number, embedder: string, url: string): Promise<void> {
  const target = { tabId, documentIds: [embedder] };
  const args: [string, string] = [urn, await prepare(url)];
  await chrome.scripting.executeScript({ target, injectImmediately: true, func: sendThroughPassage, args });
}

/** Resolves once the frame is on its way, or where it is not to be led through the passage: there the browser checks policies as for any page. */
export async function navigateFrame(tabId: number, frameId: number, url: string, mayPass: () => Promise<boolean>): Promise<void> {
  const target = { tabId, frameIds: [frameId] };
  const [answer] = await chrome.scripting.executeScript({
    target,
    injectImmediately: true,
    func: navigateFromInitialDocument,
    args: [url],
  });
  if (answer?.result !== false || !(await mayPass())) return;
  await chrome.scripting.executeScript({ target, injectImmediately: true, func: leaveThroughPassage, args: [await prepare(url)] });
}

/** The end of the URL's fragment that no document sees, `:~:…`, marks the request for the extension's rules. */
export function markedURL(url: string, mark: string): string {
  const separator = url.includes(':~:') ? '&' : url.includes('#') ? ':~:' : '#:~:';
  return `${url}${separator}${mark}`;
}
