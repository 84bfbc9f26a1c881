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

export class Arrivals {
  /** The frames that are waited for: of several that are led to one URL at once, each is one of its own, in their order. */
  readonly #taken = new Set<string>();

  /** To be called before the frame is on its way. */
  watch(tabId: number, url: string): Arrival {
    const { onBeforeNavigate, onCommitted, onErrorOccurred } = chrome.webNavigation;
    const { promise, resolve } = Promise.withResolvers<boolean | null>();
    let taken: string | null = null;
    const keyOf = (event: Event) => `${event.tabId} ${event.frameId}`;
    const onBegin = (event: Event & { readonly url: string }) => {
      if (taken !== null || event.tabId !== tabId || event.url !== url || this.#taken.has(keyOf(event))) return;
      taken = keyOf(event);
      this.#taken.add(taken);
    };
    const isMeant = (event: Event) => keyOf(event) === taken;
    const onCommit = (event: Event) => void (isMeant(event) && resolve(true));
    // What could not be had becomes a page of the browser's that says so.
    const onError = (event: Event & { readonly error: string }) => void (isMeant(event) && resolve(event.error !== 'net::ERR_ABORTED'));
    const timer = setTimeout(resolve, LONGEST_ARRIVAL, null);
    onBeforeNavigate.addListener(onBegin);
    onCommitted.addListener(onCommit);
    onErrorOccurred.addListener(onError);
    const hasArrived = promise.finally(() => {
      clearTimeout(timer);
      if (taken !== null) this.#taken.delete(taken);
      onBeforeNavigate.removeListener(onBegin);
      onCommitted.removeListener(onCommit);
      onErrorOccurred.removeListener(onError);
    });
    return { hasArrived, stop: () => resolve(null) };
  }
}
