/**
 * Cuts a document off from the network: nothing is loaded, sent, connected or navigated any more. Returns the document's origin, or null
 * where it cannot be cut off: a policy counts in the head of an HTML document only.
 */
export function cutDocument(): string | null {
  const { origin } = self;
  // A document may get the window of the one before it.
  if (self.sharedStorageLabCut === document) return origin;
  if (!document.documentElement) document.append(document.createElement('html'));
  if (!document.head) document.documentElement.prepend(document.createElement('head'));
  if (!document.head) return null;
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  // What a document has in itself stays: `data:` and `blob:` URLs lead nowhere else.
  const local = 'data: blob:';
  policy.content = `default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' ${local}; style-src 'unsafe-inline' ${local}; img-src ${local};
    font-src ${local}; media-src ${local}; connect-src ${local}; worker-src blob:; form-action 'none'`;
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
  navigation.addEventListener('navigate', (event) => {
    if (!event.hashChange) event.preventDefault();
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
  self.sharedStorageLabCut = document;
  // The script of fenced frames closes the connections that are open.
  dispatchEvent(new Event('shared-storage-lab-cut'));
  return origin;
}

export const isDocumentCut = (): boolean => self.sharedStorageLabCut === document;
