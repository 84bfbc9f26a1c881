/**
 * Hears of responses with webRequest, in single tabs and only for as long as somebody needs it: the browser tells us of every response
 * that it has a listener for, which takes time.
 */

import { LISTENS } from '../../protocol/limits';

/** How long we go on listening in a tab after the last need, in milliseconds: what a page sends while it counts on it takes its time. */
export const LINGER = 2 * LISTENS;

export type HeadersReceived = chrome.webRequest.OnHeadersReceivedDetails;

/** Requests that no tab's document makes: a service worker's, and those that outlive their document. Only a listener to all hears of them. */
export const NO_TAB = -1;

interface Listener {
  needs: number;
  lingering: ReturnType<typeof setTimeout> | undefined;
  readonly remove: () => void;
}

export interface Listening {
  /** Ends it, a moment later. */
  stop(): void;
  /** Whoever sent the request has gone: unless it is over, the responses belong to no tab any more. */
  leaveTab(): void;
}

export class TabResponses {
  readonly #heard: (details: HeadersReceived) => undefined;
  readonly #listeners = new Map<number, Listener>();

  /** `heard` may be told of one response twice, as of one of a tab and as of one of all. */
  constructor(heard: (details: HeadersReceived) => undefined) {
    this.#heard = heard;
    // The browser remembers the listeners of a worker that was stopped, and would wake us for them. Adding one makes it forget them.
    this.#add(NO_TAB)();
  }

  /** Listens in the tab from the call on. */
  listen(tabId: number): Listening {
    let release: (() => void) | null = this.#need(tabId);
    return {
      stop: () => {
        release?.();
        release = null;
      },
      leaveTab: () => {
        if (!release) return;
        const releaseTab = release;
        release = this.#need(NO_TAB);
        releaseTab();
      },
    };
  }

  /** The function that it returns is to be called once. */
  #need(tabId: number): () => void {
    const listener = this.#listeners.get(tabId) ?? { needs: 0, lingering: undefined, remove: this.#add(tabId) };
    this.#listeners.set(tabId, listener);
    clearTimeout(listener.lingering);
    listener.needs++;
    return () => {
      listener.needs--;
      if (listener.needs > 0) return;
      listener.lingering = setTimeout(() => {
        this.#listeners.delete(tabId);
        listener.remove();
      }, LINGER);
    };
  }

  #add(tabId: number): () => void {
    // The browser would take the same function for the same listener, whatever its filter is.
    const heard = (details: HeadersReceived): undefined => this.#heard(details);
    // A marked request may be redirected anywhere, so that its URL is no filter.
    const filter = { urls: ['<all_urls>'], ...(tabId === NO_TAB ? {} : { tabId }) };
    chrome.webRequest.onHeadersReceived.addListener(heard, filter, ['responseHeaders', 'extraHeaders']);
    return () => chrome.webRequest.onHeadersReceived.removeListener(heard);
  }
}
