/** Whether a frame that is led to a URL gets a document there: a download and an empty response leave what the frame has shown. */

/** How long a response is waited for, in milliseconds; a document that comes later says so itself. */
const LONGEST_ARRIVAL = 30_000;

interface Event {
  readonly tabId: number;
  readonly frameId: number;
}

export interface Arrival {
  /** Null where nobody knows. */
  readonly hasArrived: Promise<boolean | null>;
  /** Nothing is waited for any more. */
  stop(): void;
}

/** To be called before the frame is on its way. */
export function watchArrival(tabId: number, url: string): Arrival {
  const { onBeforeNavigate, onCommitted, onErrorOccurred } = chrome.webNavigation;
  const { promise, resolve } = Promise.withResolvers<boolean | null>();
  let frameId: number | null = null;
  const isMeant = (event: Event) => event.tabId === tabId && event.frameId === frameId;
  const onBegin = (event: Event & { readonly url: string }) => {
    if (event.tabId === tabId && event.url === url) frameId ??= event.frameId;
  };
  const onCommit = (event: Event) => void (isMeant(event) && resolve(true));
  // What could not be had becomes a page of the browser's that says so.
  const onError = (event: Event & { readonly error: string }) => void (isMeant(event) && resolve(event.error !== 'net::ERR_ABORTED'));
  const timer = setTimeout(resolve, LONGEST_ARRIVAL, null);
  onBeforeNavigate.addListener(onBegin);
  onCommitted.addListener(onCommit);
  onErrorOccurred.addListener(onError);
  const hasArrived = promise.finally(() => {
    clearTimeout(timer);
    onBeforeNavigate.removeListener(onBegin);
    onCommitted.removeListener(onCommit);
    onErrorOccurred.removeListener(onError);
  });
  return { hasArrived, stop: () => resolve(null) };
}
