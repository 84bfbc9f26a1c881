/** No window hears what fenced frames of this document say: the bridge calls the guard first of all for every message. */

function isAmong(iframes: Iterable<HTMLIFrameElement>, source: MessageEventSource | null): boolean {
  const windows = [...iframes].map(({ contentWindow }) => contentWindow);
  for (let view = source as Window | null; view; view = view.parent) {
    if (windows.includes(view)) return true;
    if (view === view.parent) return false;
  }
  return false;
}

export function silence(iframes: Iterable<HTMLIFrameElement>): void {
  const guard = self.sharedStorageLabGuard;
  self.sharedStorageLabGuard = (event) => {
    guard?.(event);
    if (isAmong(iframes, event.source)) event.stopImmediatePropagation();
  };
  // document.open() takes all listeners off the window: the page would hear what the frames say, should it put them into the document again.
  let isHeard = false;
  const probe = `shared-storage-lab-${crypto.randomUUID()}`;
  addEventListener(probe, () => {
    isHeard = true;
  });
  const withdraw = () => {
    isHeard = false;
    dispatchEvent(new Event(probe));
    if (!isHeard) for (const iframe of iframes) iframe.remove();
  };
  new MutationObserver(withdraw).observe(document, { childList: true });
}
