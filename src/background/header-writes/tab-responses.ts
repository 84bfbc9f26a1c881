/**
 * Hears of responses with webRequest, in single tabs and only for as long as somebody needs it: the browser tells us of every response
 * that it has a listener for, which takes time.
 */

import { LISTENS } from '../../protocol/limits';
import { sessionKey } from '../browser/session';

/** How long we go on listening in a tab after the last need, in milliseconds: what a page sends while it counts on it takes its time. */
export const LINGER = 2 * LISTENS;

export type HeadersReceived = chrome.webRequest.OnHeadersReceivedDetails;

/** Requests that no tab's document makes: a service worker's, and those that outlive their document. Only a listener to all hears of them. */
export const NO_TAB = -1;

/** In the storage of the session, while there are listeners. */
const MARK = 'response listeners';

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
    void this.#forgetEarlier();
  }

  /**
   * The browser remembers the listeners of a worker that was stopped while it listened, and would wake us for them. Adding one makes it forget them, and
   * drop all pages that it keeps to go back to.
   */
  async #forgetEarlier(): Promise<void> {
    const mark = sessionKey(MARK);
    const { [mark]: isRemembered } = await chrome.storage.session.get(mark);
    if (!isRemembered) return;
    if (this.#listeners.size === 0) this.#add(NO_TAB)();
    this.#note();
  }

  /** Leaves word for the next worker. */
  #note(): void {
    const mark = sessionKey(MARK);
    const noted = this.#listeners.size > 0 ? chrome.storage.session.set({ [mark]: true }) : chrome.storage.session.remove(mark);
    noted.catch((error: unknown) => console.error('listeners', error));
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
    const known = this.#listeners.get(tabId);
    const listener = known ?? { needs: 0, lingering: undefined, remove: this.#add(tabId) };
    this.#listeners.set(tabId, listener);
    if (!known) this.#note();
    clearTimeout(listener.lingering);
    listener.needs++;
    return () => {
      listener.needs--;
      if (listener.needs > 0) return;
      listener.lingering = setTimeout(() => {
        this.#listeners.delete(tabId);
        listener.remove();
        this.#note();
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
