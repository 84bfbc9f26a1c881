/** Functions that run in the isolated worlds of frames with opaque URLs and of their embedders; they refer to nothing outside themselves. */

/** One report of an event: from the document's origin, without credentials. It goes out once, however often it is asked for by the same name. */
export function sendBeacon(url: string, data: string, name: string): void {
  const globals = globalThis as { sharedStorageLabBeacons?: Set<string> };
  globals.sharedStorageLabBeacons ??= new Set();
  if (globals.sharedStorageLabBeacons.has(name)) return;
  globals.sharedStorageLabBeacons.add(name);
  const headers = { 'Content-Type': 'text/plain;charset=UTF-8' };
  // Nobody reads the answer, and a server that allows no reading gets the report all the same.
  fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'omit', keepalive: data.length < 60_000, headers, body: data }).catch(
    () => undefined,
  );
}

/**
 * Cuts a document off from the network: nothing is loaded, sent, connected or navigated any more. Returns the document's origin, or null
 * where it cannot be cut off: a policy counts in the head of an HTML document only.
 */
export function cutDocument(): string | null {
  const globals = globalThis as { sharedStorageLabCut?: Document };
  const { origin } = self;
  // A document may get the window of the one before it.
  if (globals.sharedStorageLabCut === document) return origin;
  if (!document.documentElement) document.append(document.createElement('html'));
  if (!document.head) document.documentElement.prepend(document.createElement('head'));
  if (!document.head) return null;
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content =
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; form-action 'none'; webrtc 'block'";
  document.head.append(policy);
  // What is on its way to a frame is not cut off by a policy of today. A parser that is not done may go on.
  if (document.readyState !== 'loading') stop();
  for (let index = 0; index < self.length; index++) {
    try {
      self[index]?.stop();
    } catch {
      // A document of another origin is cut off by itself.
    }
  }
  const { navigation } = self as { navigation?: EventTarget };
  navigation?.addEventListener('navigate', (event) => {
    if (!(event as Event & { hashChange: boolean }).hashChange) event.preventDefault();
    event.stopImmediatePropagation();
  });
  addEventListener(
    'click',
    (event) => {
      if (event.composedPath().some((node) => node instanceof HTMLAnchorElement || node instanceof HTMLAreaElement)) event.preventDefault();
    },
    true,
  );
  addEventListener('submit', (event) => event.preventDefault(), true);
  globals.sharedStorageLabCut = document;
  // The script of fenced frames closes the connections that are open.
  dispatchEvent(new Event('shared-storage-lab-cut'));
  return origin;
}

export const isDocumentCut = (): boolean => (globalThis as { sharedStorageLabCut?: Document }).sharedStorageLabCut === document;

/** Fires the event at the fenced frame whose iframe has the name. */
export function tellEmbedder(name: string): void {
  const { sharedStorageLabFrames } = globalThis as { sharedStorageLabFrames?: Map<number, HTMLIFrameElement> };
  for (const iframe of sharedStorageLabFrames?.values() ?? []) {
    if (iframe.name !== name) continue;
    const root = iframe.getRootNode();
    if (root instanceof ShadowRoot) root.host.parentElement?.dispatchEvent(new Event('fencedtreeclick', { bubbles: true }));
  }
}
